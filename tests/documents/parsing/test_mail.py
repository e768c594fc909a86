"""Messages as files: who wrote to whom, the text in whatever character set, what hangs on it."""

from __future__ import annotations

from base64 import b64encode
from email.message import EmailMessage
from pathlib import Path

import pytest

from lionrock.documents.parsing.mail import eml_members, parse_eml
from lionrock.documents.parsing.mail_words import words
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.packing import written

HEAD = b"From: a@example.hk\r\nTo: b@example.hk\r\nSubject: Fees\r\nMIME-Version: 1.0\r\n"


def texts(folder: Path, data: bytes) -> list[str]:
    return [b.text for b in parse_eml(written(folder, "a.eml", data)).blocks]


def members(folder: Path, data: bytes) -> list[tuple[str, bytes, str]]:
    found = eml_members(written(folder, "a.eml", data))
    return [(m.path, b"".join(m.chunks()), m.reason) for m in found]


def body(charset: str, data: bytes) -> bytes:
    return (
        HEAD + f"Content-Type: text/plain; charset={charset}\r\n".encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(data)
    )  # fmt: skip


def test_the_subject_is_the_heading_and_correspondents_stand_under_it(tmp_path: Path) -> None:
    data = HEAD + b"Date: Mon, 2 Nov 2026 09:00:00 +0800\r\n\r\nThe fee is HK$115.\r\n"
    path = written(tmp_path, "a.eml", data)
    assert parse_eml(path).title == "Fees"
    assert texts(tmp_path, data) == [
        "Fees", "From: a@example.hk", "To: b@example.hk", "Date: Mon, 2 Nov 2026 09:00:00 +0800",
        "The fee is HK$115.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("big5", "收費港幣115元，嘅咗啲。".encode("big5hkscs")),
        ("gb2312", "收费港币115元，鎔镕。".encode("gb18030")),
        ("utf-8", "收費港幣115元。".encode("big5")),
        ("us-ascii", "收費港幣115元。".encode()),
        ("x-unknown", "收費港幣115元，客戶須知。".encode("big5")),
        ("iso-2022-jp", "収費115元".encode("iso-2022-jp")),
    ],
)
def test_a_body_is_read_whatever_its_character_set_is_called(
    tmp_path: Path, charset: str, data: bytes
) -> None:
    text = texts(tmp_path, body(charset, data))[-1]
    assert "115元" in text and "\ufffd" not in text
    assert text[0] in "收収"


def test_quoted_printable_is_undone(tmp_path: Path) -> None:
    data = (
        HEAD + b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=E6=94=B6=E8=B2=BB HK=\r\n$115 =3D low\r\n"
    )
    assert texts(tmp_path, data)[-1] == "收費 HK$115 = low"


def test_of_alternatives_the_html_is_read_unless_it_is_empty(tmp_path: Path) -> None:
    made = EmailMessage()
    made["Subject"] = "S"
    made.set_content("Plain words.")
    made.add_alternative("<p>Shown <b>words</b>.</p><table><tr><td>a<td>b</table>", subtype="html")
    assert texts(tmp_path, bytes(made)) == ["S", "Shown words.", "a  b"]
    made = EmailMessage()
    made.set_content("Plain words.")
    made.add_alternative("<html><style>p {}</style><img src='x'></html>", subtype="html")
    assert texts(tmp_path, bytes(made)) == ["(no subject)", "Plain words."]


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("=?big5?B?pqy2Tw==?=", "收費"),
        ("=?utf-8?B?5pS2?= =?utf-8?B?6LK7?=", "收費"),
        ("=?utf-8?B?5pS26A==?=\r\n =?utf-8?B?srs=?=", "收費"),  # cut inside a character
        ("=?gb2312?Q?=CA=D5=B7=D1_fee?=", "收费 fee"),
        ("=?utf-8*en?q?a_b?= c", "a b c"),
        ("Re: =?utf-8?B?5pS2?= and =?utf-8?B?6LK7?=", "Re: 收 and 費"),
        ("=?utf-8?B?5pS2?=x", "收x"),
        ("=?nonsense?B?5pS2?=", "收"),
        ("收費".encode("big5").decode("ascii", "surrogateescape"), "收費"),
    ],
)
def test_encoded_words_are_decoded(raw: str, read: str) -> None:
    assert words(raw) == read


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename=\"=?big5?B?pqy2Ty5wZGY=?=\"",
        "attachment; filename*=big5'zh'%A6%AC%B6O.pdf",
        "attachment; filename*0*=utf-8''%E6%94%B6; filename*1*=%E8%B2%BB.pdf",
        "attachment; filename=\"收費.pdf\"",
        "attachment; filename=\"C:\\\\Users\\\\x\\\\收費.pdf\"",
    ],
)  # fmt: skip
def test_an_attachment_has_the_name_it_was_given(tmp_path: Path, disposition: str) -> None:
    data = (
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nText.\r\n--b\r\n'
        b"Content-Type: application/pdf\r\nContent-Disposition: " + disposition.encode("utf-8")
        + b"\r\n\r\n%PDF\r\n--b--\r\n"
    )  # fmt: skip
    assert members(tmp_path, data) == [("收費.pdf", b"%PDF", "")]
    assert texts(tmp_path, data)[-2:] == ["Attachments", "• 收費.pdf, 0.0 KB"]


def test_a_message_in_a_message_is_a_member_as_it_was(tmp_path: Path) -> None:
    inner = EmailMessage()
    inner["Subject"] = "Inner/收費"
    inner.set_content("Inner text.")
    made = EmailMessage()
    made["Subject"] = "Outer"
    made.set_content("Outer text.")
    made.add_attachment(inner)
    ((path, data, reason),) = members(tmp_path, bytes(made))
    assert (path, reason) == ("Inner 收費.eml", "")
    assert texts(tmp_path, data) == ["Inner/收費", "Inner text."]


def test_a_logo_in_the_text_is_no_member_and_an_empty_file_says_so(tmp_path: Path) -> None:
    made = EmailMessage()
    made.set_content("<p>Text <img src='cid:logo@x'></p>", subtype="html")
    made.add_related(b"\x89PNG" + bytes(99), "image", "png", cid="<logo@x>", filename="logo.png")
    made.add_attachment(b"", "application", "pdf", filename="empty.pdf")
    assert [(path, reason) for path, _, reason in members(tmp_path, bytes(made))] == [
        ("logo.png", "it is a small picture in the text, such as a logo"),
        ("empty.pdf", "it is empty (0 bytes)"),
    ]


def test_a_signed_message_is_read_and_a_report_of_failed_delivery_too(tmp_path: Path) -> None:
    data = (
        HEAD + b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n\r\nNot delivered.\r\n'
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.hk\r\n\r\n"
        b"Action: failed\r\n--b--\r\n"
    )
    assert "Not delivered." in texts(tmp_path, data)
    assert any("Action: failed" in text for text in texts(tmp_path, data))


def test_html_too_deep_to_be_read_gives_its_words(tmp_path: Path) -> None:
    made = EmailMessage()
    made.set_content("<div>" * 900 + "Deep words." + "</div>" * 900, subtype="html")
    assert texts(tmp_path, bytes(made)) == ["(no subject)", "Deep words."]


def test_parts_nested_without_end_are_refused(tmp_path: Path) -> None:
    opening = "".join(
        f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(80)
    )
    with pytest.raises(UnreadableDocument, match="nested deeper than 50"):
        parse_eml(written(tmp_path, "a.eml", HEAD + opening.encode() + b"\r\ntext"))
