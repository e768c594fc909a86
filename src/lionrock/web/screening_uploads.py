"""Files that the pages of screening take: the one of a form, within the server's limit."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from lionrock.doors import house
from lionrock.errors import InvalidInput, TooLarge
from lionrock.web.rendering import translator

_OVERHEAD: Final = 1 << 16
"""What a form may add to the bytes of its file."""


def refuse_too_large(request: Request) -> None:
    """`TooLarge` before the body is read: its end would be refused anyway."""
    most = house(request).settings.max_upload_bytes
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most + _OVERHEAD:
        speak = translator(request)
        raise TooLarge(
            speak.gettext(
                "The file is larger than %(most)s, the limit of this server.", most=speak.size(most)
            )
        )


def file_of(request: Request, sent: FormData) -> tuple[UploadFile, str]:
    """The file that was chosen, and its name. `InvalidInput` for none."""
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput(translator(request).gettext("Choose a file first."))
    return file, file.filename
