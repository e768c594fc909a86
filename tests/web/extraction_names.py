"""What the pages of extraction call by name: faults, ways of finding, how sure."""

from __future__ import annotations

from collections.abc import Iterator

from lionrock.assist.extraction.schemas import Fault, How, Sure
from lionrock.web.i18n import Key


def by_name() -> Iterator[Key]:
    yield from (("fault", name) for name in map(str, Fault))
    yield from (("found", name) for name in map(str, How))
    yield from (("sure", name) for name in map(str, Sure))
