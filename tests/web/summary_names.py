"""What the pages of summaries and rewriting call by name."""

from __future__ import annotations

from collections.abc import Iterator

from lionrock.assist.rewriting.schemas import Style
from lionrock.assist.summaries.choices import Length, Reader, Shape, Wanted
from lionrock.web.i18n import Key

CHOICES = {
    "shape": Shape, "length": Length, "reader": Reader, "summary_language": Wanted, "style": Style,
}  # fmt: skip


def by_name() -> Iterator[Key]:
    for field, kinds in CHOICES.items():
        yield from ((field, str(kind)) for kind in kinds)
