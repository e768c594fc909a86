"""MSG to blocks and members: an Outlook message, MAPI properties in an OLE file (MS-OXMSG).

A message inside a message has no file of its own; it becomes one here, an EML of its properties.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

import olefile

from lionrock.documents.naming import clean_name
from lionrock.documents.parsing.encoding import decoded
from lionrock.documents.parsing.flow import Flow, FlowBlock
from lionrock.documents.parsing.mail import SMALL_PICTURE, attachment, body_blocks, mail_flow
from lionrock.documents.parsing.members import DEEPEST, MOST_MEMBERS, Member
from lionrock.documents.parsing.rtf import text_of_rtf, unpacked
from lionrock.errors import UnreadableDocument

Folder = tuple[str, ...]
_PROPERTIES: Final = "__properties_version1.0"
_HEAD: Final = {"top": 32, "inner": 24, "part": 8}
"""What stands before the fixed properties: of the message, of one inside it, of its parts."""
_SUBJECT, _BODY, _HTML, _RTF = 0x0037, 0x1000, 0x1013, 0x1009
_SENDER, _SENDER_SMTP, _FROM, _FROM_SMTP = 0x0C1A, 0x5D01, 0x0042, 0x5D02
_TO, _CC, _BCC = 0x0E04, 0x0E03, 0x0E02
_SENT, _DELIVERED, _CODE_PAGE, _STRING_PAGE = 0x0039, 0x0E06, 0x3FDE, 0x3FFD
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _DATA, _METHOD = 0x3707, 0x3704, 0x3001, 0x3701, 0x3705
_IDENTITY, _SMTP, _ADDRESS, _KIND = 0x3712, 0x39FE, 0x3003, 0x0C15
_EMBEDDED: Final = 5
_INNER: Final = "__substg1.0_3701000D"
_CODE_PAGES: Final = {936: "gb18030", 950: "big5hkscs", 951: "big5hkscs", 54936: "gb18030",
                      65001: "utf-8", 20127: "ascii", 28591: "cp1252"}  # fmt: skip
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


def parse_msg(path: Path) -> Flow:
    """Read a message."""
    with _opened(path) as ole:
        message = _Message(ole, ())
        members = (_member(ole, part, number) for number, part in enumerate(message.parts(), 1))
        return mail_flow(message.text(_SUBJECT), message.lines(), message.blocks(), members)


def msg_members(path: Path) -> Iterator[Member]:
    """The attachments of a message, in order."""
    with _opened(path) as ole:
        for number, part in enumerate(_Message(ole, ()).parts(), 1):
            yield _member(ole, part, number)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with olefile.OleFileIO(str(path)) as ole:
            yield ole
    except (OSError, struct.error, IndexError) as error:
        raise UnreadableDocument("it is damaged: not a complete Outlook message") from error


class _Properties:
    """The properties kept in one folder of the file."""

    def __init__(self, ole: Any, folder: Folder, head: int) -> None:
        self.ole, self.folder = ole, folder
        self._fixed = dict(self._fixed_ones(head))
        self._codec = _codec(self.number(_STRING_PAGE) or self.number(_CODE_PAGE))

    def _fixed_ones(self, head: int) -> Iterator[tuple[int, bytes]]:
        data = self._stream(_PROPERTIES)
        for at in range(head, len(data) - 15, 16):
            yield struct.unpack_from("<H", data, at + 2)[0], data[at + 8 : at + 16]

    def _stream(self, name: str) -> bytes:
        place = [*self.folder, name]
        if not self.ole.exists(place) or self.ole.get_type(place) != olefile.STGTY_STREAM:
            return b""
        return bytes(self.ole.openstream(place).read())

    def number(self, tag: int) -> int:
        return int.from_bytes(self._fixed.get(tag, b"")[:4], "little")

    def when(self, tag: int) -> datetime | None:
        ticks = int.from_bytes(self._fixed.get(tag, b""), "little")
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None

    def text(self, tag: int) -> str:
        """A string property, in Unicode or in the message's code page."""
        if wide := self._stream(f"__substg1.0_{tag:04X}001F"):
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self._stream(f"__substg1.0_{tag:04X}001E")
        return decoded(narrow, self._codec).rstrip("\0")

    def data(self, tag: int) -> bytes:
        return self._stream(f"__substg1.0_{tag:04X}0102")

    def folders(self, beginning: str) -> list[Folder]:
        """Folders inside this one whose names begin so, in the order of their numbers."""
        found = {
            tuple(place[: len(self.folder) + 1])
            for place in self.ole.listdir(streams=True, storages=True)
            if len(place) > len(self.folder) and tuple(place[: len(self.folder)]) == self.folder
            and place[len(self.folder)].startswith(beginning)
        }  # fmt: skip
        return sorted(found)


class _Message(_Properties):
    """A message: that of the file, or one that hangs on it."""

    def __init__(self, ole: Any, folder: Folder) -> None:
        super().__init__(ole, folder, _HEAD["inner" if folder else "top"])

    def parts(self) -> list[Folder]:
        found = self.folders("__attach_version1.0_")
        if len(found) > MOST_MEMBERS:
            raise UnreadableDocument(f"it holds more than {MOST_MEMBERS:,} attachments")
        return found

    def lines(self) -> list[tuple[str, str]]:
        """Header names and values, as a mail has them."""
        addresses = self._addresses()
        sent = self.when(_SENT) or self.when(_DELIVERED)
        sender = _address(self.text(_SENDER) or self.text(_FROM),
                          self.text(_SENDER_SMTP) or self.text(_FROM_SMTP))  # fmt: skip
        return [
            ("From", sender),
            ("To", addresses.get(1, "") or self.text(_TO)),
            ("Cc", addresses.get(2, "") or self.text(_CC)),
            ("Bcc", addresses.get(3, "") or self.text(_BCC)),
            ("Date", format_datetime(sent) if sent else ""),
        ]

    def _addresses(self) -> dict[int, str]:
        """Recipients by their kind: 1 to, 2 copy, 3 blind copy."""
        found: dict[int, list[str]] = {}
        for folder in self.folders("__recip_version1.0_"):
            recipient = _Properties(self.ole, folder, _HEAD["part"])
            recipient._codec = self._codec
            smtp = recipient.text(_SMTP) or recipient.text(_ADDRESS)
            shown = _address(recipient.text(_SHOWN_NAME), smtp if "@" in smtp else "")
            if shown:
                found.setdefault(recipient.number(_KIND), []).append(shown)
        return {kind: ", ".join(names) for kind, names in found.items()}

    def body(self) -> tuple[str, str]:
        """Kind and text of the body: the HTML, else the plain text, else the words of the RTF."""
        data = self.data(_HTML)
        html = decoded(data, _codec(self.number(_CODE_PAGE))) if data else self.text(_HTML)
        if html and body_blocks("html", html):
            return "html", html
        plain = self.text(_BODY)
        if plain.strip() or not (packed := self.data(_RTF)):
            return "plain", plain
        return "plain", text_of_rtf(unpacked(packed))

    def blocks(self) -> list[FlowBlock]:
        return body_blocks(*self.body())


def _codec(page: int) -> str:
    return _CODE_PAGES.get(page, f"cp{page}" if page else "")


def _address(name: str, smtp: str) -> str:
    return f"{name} <{smtp}>" if name and smtp and name != smtp else name or smtp


def _member(ole: Any, folder: Folder, number: int) -> Member:
    part = _Properties(ole, folder, _HEAD["part"])
    part._codec = _Message(ole, folder[:-1])._codec
    name = part.text(_LONG_NAME) or part.text(_SHORT_NAME) or part.text(_SHOWN_NAME)
    if part.number(_METHOD) == _EMBEDDED:
        inner = _Message(ole, (*folder, _INNER))
        title = name or inner.text(_SUBJECT)[:80] or f"message {number}"
        name = f"{clean_name(title).removesuffix('.msg')}.eml"
        return attachment(name, _as_mail(inner, 0).as_bytes(), small=False)
    data = part.data(_DATA)
    name = clean_name(name or f"attachment {number}.bin")
    if not data and ole.exists([*folder, _INNER]):
        return Member(name, 0, "it is an object of another program, not a file")
    picture = part.text(_IDENTITY) and data[:4] in (b"\x89PNG", b"GIF8", b"\xff\xd8\xff\xe0")
    return attachment(name, data, small=bool(picture) and len(data) < SMALL_PICTURE)


def _as_mail(message: _Message, depth: int) -> Message:
    """A message of its own. Made of the same properties it is the same, byte for byte."""
    kind, text = message.body()
    body = MIMEText(text, kind, "utf-8")
    parts = message.parts() if depth < DEEPEST else []
    made: Message = MIMEMultipart("mixed", f"=_lionrock_{depth}_=") if parts else body
    for name, value in [("Subject", message.text(_SUBJECT)), *message.lines()]:
        if line := " ".join(value.split()):
            made[name] = line if line.isascii() else Header(line, "utf-8").encode()
    if parts:
        made.attach(body)
    for number, folder in enumerate(parts, 1):
        made.attach(_part(message, folder, number, depth))
    return made


def _part(message: _Message, folder: Folder, number: int, depth: int) -> Message:
    part = _Properties(message.ole, folder, _HEAD["part"])
    part._codec = message._codec
    if part.number(_METHOD) == _EMBEDDED:
        inner = _Message(message.ole, (*folder, _INNER))
        return MIMEMessage(_as_mail(inner, depth + 1))
    made = MIMEApplication(part.data(_DATA))
    name = part.text(_LONG_NAME) or part.text(_SHORT_NAME) or f"attachment {number}.bin"
    made.add_header("Content-Disposition", "attachment", filename=("utf-8", "", clean_name(name)))
    return made
