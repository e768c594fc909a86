"""Repairs of the reading order where a PDF's own order is clearly broken.

Most producers write a page in reading order, which no geometry beats; so the order is touched only
where it jumps back up over text that stands in the same column.
"""

from __future__ import annotations

from collections.abc import Sequence

from lionrock.documents.parsing.layout import Line, Visual

_MANY_JUMPS = 0.15


def in_reading_order(visuals: Sequence[Visual]) -> list[Visual]:
    """The visual lines of a page in the order a person reads them."""
    segments = _segments(visuals)
    if len(segments) == 1:
        return list(visuals)
    if len(segments) > 4 and len(segments) > _MANY_JUMPS * len(visuals):
        return _cut(list(visuals))
    ordered = segments[0]
    for segment in segments[1:]:
        at = _place_for(ordered, segment)
        ordered[at:at] = segment
    return ordered


def _segments(visuals: Sequence[Visual]) -> list[list[Visual]]:
    """Stretches without a jump back up over the same column."""
    segments: list[list[Visual]] = [[]]
    above: Visual | None = None
    for visual in visuals:
        if above is not None and _jumps_back(above, visual):
            segments.append([])
        segments[-1].append(visual)
        above = visual
    return segments


def _jumps_back(above: Visual, visual: Visual) -> bool:
    first, last = visual[0], above[-1]
    return (
        first.y1 < above[0].y0 + 0.3 * first.size
        and first.x0 < last.x1
        and visual[-1].x1 > above[0].x0
    )


def _place_for(ordered: Sequence[Visual], segment: Sequence[Visual]) -> int:
    """Where a stretch that was written late belongs: above what stands wholly below it, if all
    that comes before is above it; else at the end, where it was written."""
    top = min(visual[0].y0 for visual in segment)
    foot = max(visual[0].y1 for visual in segment)
    at = len(ordered)
    while at and ordered[at - 1][0].y0 >= foot - 0.3 * ordered[at - 1][0].size:
        at -= 1
    clean = all(visual[0].y1 <= top + 0.5 * visual[0].size for visual in ordered[:at])
    return at if clean else len(ordered)


def _cut(visuals: list[Visual]) -> list[Visual]:
    """Recursive XY cut: columns where a gutter runs through, else from top to bottom."""
    boxes = [line for visual in visuals for line in visual]
    gutter = _gutter(visuals, boxes)
    if gutter is not None:
        left = [visual for visual in visuals if visual[-1].x1 <= gutter]
        right = [visual for visual in visuals if visual[-1].x1 > gutter]
        return [*_cut(left), *_cut(right)]
    split = _widest_break(boxes)
    if split is not None:
        upper = [visual for visual in visuals if visual[0].middle < split]
        lower = [visual for visual in visuals if visual[0].middle >= split]
        return [*_cut(upper), *_cut(lower)]
    return sorted(visuals, key=lambda visual: (round(visual[0].y0), visual[0].x0))


def _gutter(visuals: Sequence[Visual], boxes: Sequence[Line]) -> float | None:
    """The x of an empty strip with at least three lines on either side, none across."""
    for x, width in _empty([(line.x0, line.x1) for line in boxes]):
        sides = sum(visual[-1].x1 <= x for visual in visuals)
        if width > boxes[0].size and 3 <= sides <= len(visuals) - 3:
            return x
    return None


def _widest_break(boxes: Sequence[Line]) -> float | None:
    """The y of the widest empty strip from margin to margin, if it is wider than a line's lead."""
    breaks = _empty([(line.y0, line.y1) for line in boxes])
    y, width = max(breaks, key=lambda strip: strip[1], default=(0.0, 0.0))
    return y if width > 0.5 * boxes[0].size else None


def _empty(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Middle and width of each stretch that no span covers."""
    strips = []
    reach = min(start for start, _ in spans)
    for start, end in sorted(spans):
        if start > reach:
            strips.append(((start + reach) / 2, start - reach))
        reach = max(reach, end)
    return strips
