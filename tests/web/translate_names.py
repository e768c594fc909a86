"""What the pages of translation call by name."""

from __future__ import annotations

from collections.abc import Iterator

from lionrock.assist.translate.schemas import Into, Origin
from lionrock.web.i18n import Key


def by_name() -> Iterator[Key]:
    yield from (("origin", str(name)) for name in Origin)
    yield from (("into", str(name)) for name in Into)
