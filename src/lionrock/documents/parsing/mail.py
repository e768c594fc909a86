"""EML to blocks and members: subject and correspondents, the text, and the attachments (RFC 5322,
RFC 2045 to 2047, RFC 2231). Of alternatives the HTML one is read, as it has tables and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import Final

from lionrock.documents.naming import clean_name
from lionrock.documents.parsing.flow import Flow, FlowBlock, heading, paragraph
from lionrock.documents.parsing.html import read_html
from lionrock.documents.parsing.mail_words import filename, header, text_of
from lionrock.documents.parsing.members import (
    MOST_MEMBERS,
    Member,
    in_chunks,
    sized,
)
from lionrock.documents.parsing.plain import blocks_of
from lionrock.errors import UnreadableDocument

HEADERS: Final = ("From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Date")
_REPORTS: Final = ("message/delivery-status", "message/disposition-notification")
SMALL_PICTURE: Final = 20_000
_IN_TEXT: Final = "it is a small picture in the text, such as a logo"
_DEEPEST: Final = 50
_ENDINGS: Final = {"text/plain": "txt", "text/html": "html", "text/calendar": "ics",
                   "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg",
                   "image/gif": "gif", "image/tiff": "tif"}  # fmt: skip
_TAG: Final = re.compile(r"<[^<>]*>")
_UNSAFE: Final = re.compile(r"[/\\\r\n\t]+")


@dataclass(slots=True)
class _Found:
    """What is shown of a message, and what hangs on it."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    """Kind ("html" or "plain") and text of each part of the body, in order."""
    attached: list[Message] = field(default_factory=list)


def parse_eml(path: Path) -> Flow:
    """Read a message."""
    message = _message(path)
    found = _found(message)
    lines = [(name, header(message, name)) for name in HEADERS]
    body = [block for kind, text in found.texts for block in body_blocks(kind, text)]
    return mail_flow(header(message, "Subject"), lines, body, _members(found))


def eml_members(path: Path) -> Iterator[Member]:
    """The attachments of a message, in order."""
    yield from _members(_found(_message(path)))


def mail_flow(
    subject: str, lines: list[tuple[str, str]], body: list[FlowBlock], members: Iterator[Member]
) -> Flow:
    """A message as blocks: its subject as the heading, who wrote to whom, text, attachments."""
    blocks = heading(subject or "(no subject)", 1)
    for name, value in lines:
        blocks.extend(paragraph(f"{name}: {value}") if value else [])
    blocks.extend(body)
    attached = list(members)
    blocks.extend(heading("Attachments", 2) if attached else [])
    for member in attached:
        reason = f" (not taken in: {member.reason})" if member.reason else ""
        text = f"{member.path}, {sized(member.size)}{reason}"
        blocks.append(FlowBlock("item", f"• {text}", 1, "•"))
    return Flow(subject, blocks)


def body_blocks(kind: str, text: str) -> list[FlowBlock]:
    """The blocks of a body; none for one in which there is no text. HTML that is no tree is read as
    the words between its tags."""
    if kind != "html":
        return list(blocks_of(text))
    try:
        return read_html(text).blocks
    except UnreadableDocument:
        return list(blocks_of(_TAG.sub(" ", text)))


def _message(path: Path) -> Message:
    with path.open("rb") as file:
        return BytesParser(policy=policy.compat32).parse(file)


def _found(message: Message) -> _Found:
    found = _Found()
    _sort(message, found, 0)
    if len(found.attached) > MOST_MEMBERS:
        raise UnreadableDocument(f"it holds more than {MOST_MEMBERS:,} attachments")
    return found


def _sort(part: Message, found: _Found, depth: int) -> None:
    """Put each part where it belongs: into the text, or with the attachments."""
    if depth > _DEEPEST:
        raise UnreadableDocument(f"its parts are nested deeper than {_DEEPEST} levels")
    kind = part.get_content_type()
    inner = part.get_payload() if part.is_multipart() else None
    if kind in _REPORTS and isinstance(inner, list):
        found.texts.append(("plain", "\n".join(map(str, inner))))
    elif kind == "message/rfc822" or not isinstance(inner, list):
        if _is_body(part, kind):
            html = kind == "text/html"
            found.texts.append(("html" if html else "plain", _text(part)))
        else:
            found.attached.append(part)
    elif kind == "multipart/alternative":
        _sort_alternatives([p for p in inner if isinstance(p, Message)], found, depth)
    else:
        for child in inner:
            if isinstance(child, Message):
                _sort(child, found, depth + 1)


def _sort_alternatives(parts: list[Message], found: _Found, depth: int) -> None:
    """Of the versions of one text the last that has any; what hangs on each is kept."""
    sorted_parts = []
    for part in parts:
        one = _Found()
        _sort(part, one, depth + 1)
        sorted_parts.append(one)
        found.attached.extend(one.attached)
    with_text = [one for one in sorted_parts if any(_has_words(*text) for text in one.texts)]
    if with_text:
        found.texts.extend(with_text[-1].texts)


def _has_words(kind: str, text: str) -> bool:
    return bool(body_blocks(kind, text))


def _is_body(part: Message, kind: str) -> bool:
    if kind not in ("text/plain", "text/html"):
        return False
    return part.get_content_disposition() != "attachment" and not filename(part)


def _text(part: Message) -> str:
    charset = part.get_param("charset", "")
    if isinstance(charset, tuple):
        charset = charset[2]
    return text_of(_data(part), str(charset))


def _data(part: Message) -> bytes:
    """The bytes of a part; a message inside a message as it was, headers and all."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            return inner[0].as_bytes(policy=policy.compat32)
        return b""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else part.as_bytes()


def _members(found: _Found) -> Iterator[Member]:
    shown = "".join(text for kind, text in found.texts if kind == "html")
    for number, part in enumerate(found.attached, 1):
        name = clean_name(_name(part, number))
        try:
            data = _data(part)
        except (LookupError, ValueError, TypeError):
            yield Member(name, 0, "it is damaged: it cannot be decoded")
            continue
        identity = str(part.get("content-id", "")).strip("<> \t")
        picture = part.get_content_maintype() == "image" and identity and f"cid:{identity}" in shown
        yield attachment(name, data, small=bool(picture) and len(data) < SMALL_PICTURE)


def attachment(name: str, data: bytes, *, small: bool) -> Member:
    """An attachment; `small` for a picture that the text shows and that is too small to read."""
    reason = _IN_TEXT if small else "" if data else "it is empty (0 bytes)"
    return Member(name, len(data), reason, in_chunks(data))


def _name(part: Message, number: int) -> str:
    if name := filename(part).strip():
        return name
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = part.get_payload()
        subject = header(inner[0], "Subject") if isinstance(inner, list) and inner else ""  # type: ignore[arg-type]
        return f"{_UNSAFE.sub(' ', subject)[:80].strip() or f'message {number}'}.eml"
    return f"attachment {number}.{_ENDINGS.get(kind, 'bin')}"
