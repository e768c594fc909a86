"""What of a page is handed over to a person, and what of it is black."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lionrock.documents.parsed import ParsedPage
from lionrock.kernel.privacy.forms import Match
from lionrock.kernel.privacy.redaction import MARK, Redactor, blacked
from lionrock.kernel.privacy.sources import Wanted

if TYPE_CHECKING:
    import asyncpg

Range = tuple[int, int]


class Cut:
    """What of a page is handed over: ranges of its text, and spans in them that are black."""

    def __init__(
        self, page: ParsedPage, shown: list[Range], hidden: list[Range], *, whole: bool,
        redactors: list[Redactor],
    ) -> None:  # fmt: skip
        self.page, self.shown, self.hidden = page, shown, hidden
        self.whole, self.redactors = whole, redactors

    @classmethod
    def of(cls, page: ParsedPage, wanted: Sequence[Wanted]) -> Cut:
        whole = any(w.whole or w.first is None for w in wanted)
        ranges = [(w.first, w.last) for w in wanted if w.first is not None and w.last is not None]
        shown = [(0, len(page.text))] if whole else _joined(ranges)
        hidden = _joined([s for w in wanted for s in w.redactor.spans(page.text)])
        return cls(page, shown, hidden, whole=whole, redactors=[w.redactor for w in wanted])

    def text(self) -> str:
        parts = []
        for start, end in self.shown:
            inside = [
                (max(a, start) - start, min(b, end) - start)
                for a, b in self.hidden if a < end and b > start
            ]  # fmt: skip
            parts.append(blacked(self.page.text[start:end], inside))
        return f"\n{MARK * 3}\n".join(parts) + "\n"

    def mask(self) -> dict[str, list[list[float]] | None]:
        return {
            "show": None if self.whole else self._boxes(self.shown),
            "hide": self._boxes(self.hidden),
        }

    def _boxes(self, ranges: Sequence[Range]) -> list[list[float]]:
        return [list(box) for a, b in ranges for box in self.page.boxes(a, b)]


def ranges_on(passages: Sequence[asyncpg.Record], number: int) -> Iterator[Range]:
    """Paragraphs on page `number`, as ranges of its text."""
    for row in passages:
        flat = row["slices"]
        for i in range(0, len(flat), 3):
            if flat[i] == number:
                yield flat[i + 1], flat[i + 2]


def by_paragraph(
    text: str, ranges: Sequence[Range], matches: Sequence[Match]
) -> dict[Range, list[Match]]:
    """Matches by the paragraph they stand in; outside of any, by their lines."""
    found: dict[Range, list[Match]] = {}
    for match in matches:
        around = [r for r in ranges if r[0] < match.end and match.start < r[1]]
        if around:
            place = (min(r[0] for r in around), max(r[1] for r in around))
        else:
            end = text.find("\n", match.end)
            place = (text.rfind("\n", 0, match.start) + 1, end if end >= 0 else len(text))
        found.setdefault(place, []).append(match)
    return found


def _joined(ranges: Sequence[Range]) -> list[Range]:
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
