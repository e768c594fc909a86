"""Files that the pages take: the one of a form, within the server's limit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from lionrock.doors import FORM_BYTES, house
from lionrock.errors import InvalidInput, TooLarge
from lionrock.web.rendering import translator

_CHUNK: Final = 2**20


def refuse_too_large(request: Request) -> None:
    """`TooLarge` before the body is read, in the reader's language. `doors.Bounded` counts what comes."""
    most = house(request).settings.max_upload_bytes
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most + FORM_BYTES:
        speak = translator(request)
        raise TooLarge(
            speak.gettext(
                "The file is larger than %(most)s, the limit of this server.", most=speak.size(most)
            )
        )


def chosen_file(request: Request, sent: FormData) -> tuple[UploadFile, str]:
    """The file that was chosen, and its name. `InvalidInput` for none."""
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput(translator(request).gettext("Choose a file first."))
    return file, file.filename


async def chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK):
        yield chunk
