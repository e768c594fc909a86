"""Plain text: paragraphs, labels, wrapped lines."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.parsing.plain import blocks_of, parse_text


def found(text: str) -> list[tuple[str, str, str]]:
    return [(b.kind, b.number, b.text) for b in blocks_of(text)]


def test_wrapped_lines_are_joined_and_blank_lines_part_paragraphs() -> None:
    text = (
        "This policy applies to every branch of the bank and it must be\n"
        "read together with the manual of the bank. Staff who do not\n"
        "follow it may be disciplined.\n\nIt is reviewed every year.\n"
    )
    assert found(text) == [
        (
            "paragraph",
            "",
            "This policy applies to every branch of the bank and it must be read together with the"
            " manual of the bank. Staff who do not follow it may be disciplined.",
        ),
        ("paragraph", "", "It is reviewed every year."),
    ]


def test_wrapped_chinese_lines_are_joined_without_a_space() -> None:
    line = "本行須在收到投訴後五個工作天內以書面方式回覆客戶並且說明理由及跟進"
    assert found(f"{line}\n{line}\n安排。\n") == [("paragraph", "", f"{line}{line}安排。")]


def test_short_lines_stand_for_themselves() -> None:
    assert [text for _, _, text in found("Dear Sir\nMr Chan\nHong Kong")] == [
        "Dear Sir",
        "Mr Chan",
        "Hong Kong",
    ]


def test_labels_begin_blocks() -> None:
    assert found(
        "第三條 定義\n本行指銀行。\n\n(a) 第一項\n(b) 第二項\n4.1 The bank keeps records."
    ) == [
        ("heading", "第三條", "第三條 定義"),
        ("paragraph", "", "本行指銀行。"),
        ("item", "(a)", "(a) 第一項"),
        ("item", "(b)", "(b) 第二項"),
        ("paragraph", "4.1", "4.1 The bank keeps records."),
    ]


def test_lines_in_capitals_are_headings_and_rules_are_not_text() -> None:
    assert found("RECORD KEEPING\n==============\n\nKeep them for five years.") == [
        ("heading", "", "RECORD KEEPING"),
        ("paragraph", "", "Keep them for five years."),
    ]


def test_short_labelled_lines_side_by_side_are_a_list_not_headings() -> None:
    assert [kind for kind, _, _ in found("一、客戶\n二、員工\n三、股東")] == ["item"] * 3
    assert [kind for kind, _, _ in found("一、客戶\n客戶指戶口持有人。")] == [
        "heading",
        "paragraph",
    ]


def test_a_big5_hkscs_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes("我哋嘅客戶喺分行開咗戶口\n".encode("big5hkscs"))
    assert [block.text for block in parse_text(path).blocks] == ["我哋嘅客戶喺分行開咗戶口"]


@given(st.text(alphabet="ab .,\n一、(a)第3條\t•"))
def test_no_visible_character_is_lost_or_moved(text: str) -> None:
    shown = "".join(block.text for block in blocks_of(text))
    assert "".join(shown.split()) == "".join(text.split())
