"""Outlook messages: correspondents, the three kinds of body, attachments, messages inside."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from lionrock.documents.parsing.mail import parse_eml
from lionrock.documents.parsing.msg import msg_members, parse_msg
from lionrock.documents.parsing.rtf import text_of_rtf, unpacked
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.packing import Tree, message, ole, written

SENT = 134_062_560_000_000_000
"""2025-10-30 00:00 UTC, in tenths of microseconds since 1601."""


def kept(folder: Path, tree: Tree) -> Path:
    return written(folder, "a.msg", ole(tree))


def texts(path: Path) -> list[str]:
    return [b.text for b in parse_msg(path).blocks]


def test_a_message_is_read_with_its_correspondents(tmp_path: Path) -> None:
    to = message({0x3001: "陳大文", 0x39FE: "chan@example.hk"}, {0x0C15: 1}, head=8)
    copy = message({0x3001: "Lee", 0x39FE: "lee@example.hk"}, {0x0C15: 2}, head=8)
    path = kept(
        tmp_path,
        message(
            {0x0037: "收費 Fees", 0x0C1A: "Wong", 0x5D01: "wong@example.hk", 0x1000: "HK$115.\r\n\r\nBye."},
            {0x0039: SENT},
            more={"__recip_version1.0_#00000000": to, "__recip_version1.0_#00000001": copy},
        ),
    )  # fmt: skip
    assert texts(path) == [
        "收費 Fees", "From: Wong <wong@example.hk>", "To: 陳大文 <chan@example.hk>",
        "Cc: Lee <lee@example.hk>", "Date: Thu, 30 Oct 2025 00:00:00 +0000", "HK$115.", "Bye.",
    ]  # fmt: skip


def test_html_is_preferred_and_read_in_its_code_page(tmp_path: Path) -> None:
    html = "<p>收費港幣115元</p><table><tr><td>甲</td><td>乙</td></tr></table>".encode("big5")
    path = kept(tmp_path, message({0x0037: "S", 0x1013: html, 0x1000: "plain"}, {0x3FDE: 950}))
    assert texts(path) == ["S", "收費港幣115元", "甲  乙"]


def test_narrow_strings_are_read_in_the_message_s_code_page(tmp_path: Path) -> None:
    tree = dict(message({}, {0x3FFD: 950}))
    tree["__substg1.0_0037001E"] = "客戶收費".encode("big5")
    tree["__substg1.0_1000001E"] = "內文。\0".encode("big5")
    assert texts(kept(tmp_path, tree)) == ["客戶收費", "內文。"]


RTF = (
    rb"{\rtf1\ansi\ansicpg950\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset136 MingLiU;}}"
    rb"{\*\generator Outlook;}\f0 Fee \u25910?\f1\'b6\'4f\f0 : HK$115\par {\b Second} line\{1\}\par}"
)


def compressed(rtf: bytes) -> bytes:
    """In packed form with letters only, no references to what came before."""
    groups = [rtf[at : at + 8] for at in range(0, len(rtf), 8)]
    data = b"".join(b"\0" + group for group in groups)
    return struct.pack("<IIII", len(data) + 12, len(rtf), 0x75465A4C, 0) + data


def test_without_another_body_the_words_of_the_rtf_are_read(tmp_path: Path) -> None:
    path = kept(tmp_path, message({0x0037: "S", 0x1009: compressed(RTF)}))
    assert texts(path) == ["S", "Fee 收費: HK$115", "Second line{1}"]


def test_packed_rtf_refers_back_to_what_it_has_written() -> None:
    # MS-OXRTFCP 4.1.1, the standard's own example.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0"
        .replace(" ", "")
    )  # fmt: skip
    assert unpacked(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_html_inside_rtf_comes_out_once() -> None:
    rtf = (
        rb"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Once "
        rb"{\*\htmltag84 <b>}only.\htmlrtf \par\par}\htmlrtf0{\*\htmltag72 </p>}}"
    )
    assert text_of_rtf(rtf).strip() == "Once only."


@pytest.mark.parametrize(
    "data", [b"", b"short", bytes(20), struct.pack("<IIII", 9, 2**31, 0x75465A4C, 0)]
)
def test_rtf_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="damaged"):
        unpacked(data)


def test_attachments_are_members_and_a_message_inside_becomes_a_mail(tmp_path: Path) -> None:
    inner_file = message({0x3707: "內.txt", 0x3701: b"inner"}, {0x3705: 1}, head=8)
    inner = message(
        {0x0037: "Inner 內", 0x1000: "Inner text.", 0x0C1A: "陳大文"}, head=24,
        more={"__attach_version1.0_#00000000": inner_file},
    )  # fmt: skip
    path = kept(
        tmp_path,
        message(
            {0x0037: "Outer", 0x1000: "Text."},
            more={
                "__attach_version1.0_#00000000": message(
                    {0x3707: "收費.pdf", 0x3701: b"%PDF" + bytes(5000)}, {0x3705: 1}, head=8
                ),
                "__attach_version1.0_#00000001": message(
                    {}, {0x3705: 5}, head=8, more={"__substg1.0_3701000D": inner}
                ),
            },
        ),
    )  # fmt: skip
    first, second = [(m.path, b"".join(m.chunks())) for m in msg_members(path)]
    assert first == ("收費.pdf", b"%PDF" + bytes(5000))
    assert second[0] == "Inner 內.eml"
    again = [b"".join(m.chunks()) for m in msg_members(path)][1]
    assert again == second[1], "made of the same properties it has the same hash"
    mail = parse_eml(written(tmp_path, "inner.eml", second[1]))
    assert [b.text for b in mail.blocks] == [
        "Inner 內", "From: 陳大文", "Inner text.", "Attachments", "• 內.txt, 0.0 KB",
    ]  # fmt: skip
    assert texts(path)[-2:] == ["• 收費.pdf, 4.9 KB", f"• Inner 內.eml, {len(again) / 1024:.1f} KB"]
