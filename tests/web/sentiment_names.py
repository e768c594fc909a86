"""What the pages of sentiment call by name."""

from __future__ import annotations

from collections.abc import Iterator

from lionrock.assist.sentiment.schemas import CALLS, Method, Note
from lionrock.assist.sentiment.signs import SignKind, Urgency
from lionrock.assist.sentiment.words import listed
from lionrock.web.i18n import Key


def by_name() -> Iterator[Key]:
    yield from (("mood", call) for call in CALLS)
    yield from (("method", str(method)) for method in Method)
    yield from (("sentiment", str(note)) for note in Note)
    yield from (("marked", str(kind)) for kind in SignKind)
    yield from (("urgency", str(level)) for level in Urgency if level is not Urgency.NONE)
    yield from (("sign", kind.replace(".", " ")) for kind in listed("signs.en", "signs.zh"))
