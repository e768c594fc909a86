"""The child's side of unpacking: a container's members on the pipe, one after the other.

For each member a line `M` and {path, size, reason} as JSON; if it is taken in, its bytes follow as
lines `D length` each with so many bytes, then `Z`, or `X` and a reason if it cannot be unpacked to
its end. Members before the one asked for are counted and not sent: the parent has them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

from lionrock.documents.parsing.confine import confine
from lionrock.documents.parsing.detect import detect
from lionrock.documents.parsing.members import Member
from lionrock.documents.parsing.readers import members_reader
from lionrock.errors import UnreadableDocument


def unpack(request: dict[str, Any], output: BinaryIO) -> tuple[bytes, bytes]:
    """Send the members of the request's file from number `first` on, counted from 0."""
    path = Path(request["path"])
    read = members_reader(detect(path, request["name"]))
    confine()
    for number, member in enumerate(read(path) if read else ()):
        if number >= request["first"]:
            _send(member, output)
    return b"", b""


def _send(member: Member, output: BinaryIO) -> None:
    told = {"path": member.path, "size": member.size, "reason": member.reason}
    output.write(b"M " + json.dumps(told).encode() + b"\n")
    if member.reason:
        return
    try:
        for chunk in member.chunks():
            output.write(b"D %d\n" % len(chunk))
            output.write(chunk)
        output.write(b"Z\n")
    except UnreadableDocument as refusal:
        output.write(b"X " + json.dumps(refusal.detail).encode() + b"\n")
