"""What the pages of drafts call by a name."""

from __future__ import annotations

from collections.abc import Iterator

from lionrock.assist.drafting.template import Genre
from lionrock.web.i18n import Key


def by_name() -> Iterator[Key]:
    yield from (("genre", name) for name in map(str, Genre))
