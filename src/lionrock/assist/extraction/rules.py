"""Values by rule: a label and what stands beside, under or in its column; forms that speak for themselves.

No model, and the same on each run. What is found is a range of the page's text and how it was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lionrock.assist.extraction import amounts, letterheads, reading
from lionrock.assist.extraction.asked import Field
from lionrock.assist.extraction.kinds import FREE, Kind, Normal
from lionrock.assist.extraction.labelled import Place, places
from lionrock.assist.extraction.labels import Wording, is_label, wording, words
from lionrock.assist.extraction.schemas import How
from lionrock.assist.extraction.sheets import Piece, Sheet
from lionrock.documents.tables import Table

MOST: Final = 8
"""Candidates that are kept of a field in a document."""
_ANOTHER: Final = re.compile(
    r"(?<=\w)(?:\s{2,}|(?:\s|[,;；，])\s*(?:(?:[A-Z][\w.]{0,14}\s?){1,3}|[\u3400-\u9fff]{1,10})[:：])"
)
"""Where another field begins on the same line: "… Date: "."""
_UNITS: Final = re.compile(r"[(（][^()（）]{1,12}[)）]")
"""A unit in a label: "(RM)", （美元）."""
_EDGES: Final = " \t,;:：|*"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value: text [start, end) of the sheet. `normal` None where it is not of the field's kind."""

    sheet: Sheet
    start: int
    end: int
    normal: Normal | None
    how: How
    label: str = ""
    rank: int = 0
    """Which of the field's labels it was found by; 0 is the surest."""
    rows: int = 1
    """How many values its column has: with several, none of them is the field's alone."""

    @property
    def written(self) -> str:
        return self.sheet.page.text[self.start : self.end]

    @property
    def place(self) -> tuple[int, int, int]:
        return self.sheet.page.number, self.start, self.end

    @property
    def order(self) -> tuple[bool, int, int, int, int, int]:
        """Of labels of one rank the longer says more: "Total incl. tax" before "Total"."""
        surest = (self.normal is None, _ORDER[self.how], self.rank, -len(words(self.label)))
        return (*surest, self.sheet.page.number, self.start)


_ORDER: Final = {how: place for place, how in enumerate(How)}


def candidates(field: Field, sheets: Sequence[Sheet], others: Sequence[Field]) -> list[Candidate]:
    """What the rules find, best first, each place once. `others`: all fields asked for, whose labels are
    no values."""
    worded = wording(field.labels)
    known = frozenset(words(label) for other in others for label in other.labels)
    found = [c for sheet in sheets for c in _labelled(field, worded, sheet, known)]
    if not any(c.normal for c in found) and worded.alone:
        found += [c for sheet in sheets for c in _alone(field, worded, sheet)]
    elif field.kind is Kind.CHOICE and not found:
        found += [c for sheet in sheets for c in _by_form(field, sheet)]
    found.sort(key=lambda c: c.order)
    kept: list[Candidate] = []
    for one in found:
        if not any(_told_by(k, one) for k in kept):
            kept.append(one)
    return kept[:MOST]


def _told_by(kept: Candidate, one: Candidate) -> bool:
    """Whether `one` stands in the place of `kept`, or says the same."""
    there = kept.sheet is one.sheet and kept.start < one.end and one.start < kept.end
    return there or (one.normal is not None and one.normal == kept.normal)


def _labelled(
    field: Field, worded: Wording, sheet: Sheet, known: frozenset[tuple[str, ...]]
) -> Iterator[Candidate]:
    for place in places(worded, sheet):
        if field.kind in FREE and not place.colon and _within_a_row(place):
            continue
        said = list(_beside(field, place, known)) or list(_under(field, place, known))
        yield from (_in_currency(field, one) for one in said)
    for table in sheet.tables:
        yield from (_in_currency(field, one) for one in _columns(field, worded, sheet, table))


def _columns(field: Field, worded: Wording, sheet: Sheet, table: Table) -> list[Candidate]:
    """The cells under a heading that is one of the labels."""
    found = []
    for cell in table.cells:
        said = words(_UNITS.sub("", cell.heading))
        rank = next((i for i, name in enumerate(worded.names) if said == name), None)
        if rank is not None and (normal := reading.whole(field, cell.text)):
            told = (normal, How.CELL, cell.heading, rank)
            found.append(Candidate(sheet, cell.start, cell.end, *told))
    return [replace(one, rows=len(found)) for one in found]


def _within_a_row(place: Place) -> bool:
    """Whether the words are a cell of a table whose rows are no pairs of a label and a value."""
    for table in place.sheet.tables:
        for cell in table.cells:
            if cell.start <= place.piece.start < cell.end:
                odd = len({c.column for c in table.row(cell.row)}) % 2 == 1
                return cell.column % 2 == 1 or (table.columns > 2 and odd)
    return False


def _in_currency(field: Field, one: Candidate) -> Candidate:
    """An amount without a currency, in the one that its label names: 金額（美元）, "Total (RM)"."""
    if field.kind is not Kind.AMOUNT or one.normal is None or one.normal.unit:
        return one
    unit = amounts.currency("".join(_UNITS.findall(one.label)))
    return replace(one, normal=one.normal.model_copy(update={"unit": unit})) if unit else one


def _beside(field: Field, place: Place, known: frozenset[tuple[str, ...]]) -> Iterator[Candidate]:
    """After the label in its piece; else what stands to the right on its line."""
    if place.rest.strip(_EDGES):
        if field.kind in FREE and not place.colon:
            return
        yield from _in_piece(field, place, place.piece, place.at)
        return
    if not place.alone and not place.colon:
        return
    read: list[Candidate] = []
    unread: list[Candidate] = []
    for piece in _to_the_right(place):
        if not re.search(r"\w", piece.text):
            continue
        if _labels(piece.text, known):
            break
        found = list(_in_piece(field, place, piece, 0))
        read += [c for c in found if c.normal]
        if field.kind in FREE or (read and field.kind is not Kind.AMOUNT):
            break
        if not unread and (place.colon or len(place.sheet.lines[piece.line]) == 2):
            unread = found
    yield from _money(read) or unread


def _money(found: list[Candidate]) -> list[Candidate]:
    """Of several figures on a line those that are written as money: a quantity is none."""
    marked = [c for c in found if any(amounts.find(c.written, recognised=c.sheet.recognised))]
    return marked or found


def _to_the_right(place: Place) -> list[Piece]:
    """What stands beside the label; beside its upper line where it is the lower line of a cell."""
    right = place.sheet.right(place.piece)
    upper = None if right or place.colon else place.sheet.upper_line(place.piece)
    return place.sheet.right(upper) if upper else right


def _in_piece(field: Field, place: Place, piece: Piece, at: int) -> Iterator[Candidate]:
    """The value that begins at `at` of the piece; what is no value of its kind is told as it stands."""
    rest, sheet, how = piece.text[at:], place.sheet, How.BESIDE
    if field.kind not in FREE:
        found = reading.leading(field, rest, recognised=sheet.recognised)
        if found:
            start = piece.start + at + found.start
            yield Candidate(
                sheet,
                start,
                piece.start + at + found.end,
                found.normal,
                how,
                place.label,
                place.rank,
            )
            return
    another = _ANOTHER.search(rest) if at else None
    rest = rest[: another.start()] if another else rest
    bare = rest.strip(_EDGES)
    if not bare or (field.kind not in FREE and not place.colon and piece is place.piece):
        return
    start = piece.start + at + rest.index(bare)
    end = start + len(bare)
    if field.kind in (Kind.ADDRESS, Kind.TEXT):
        end = letterheads.continued(field.kind, sheet, piece, place.piece, end)
    normal = reading.whole(field, sheet.page.text[start:end]) if field.kind in FREE else None
    if normal or field.kind not in FREE:
        yield Candidate(sheet, start, end, normal, how, place.label, place.rank)


def _under(field: Field, place: Place, known: frozenset[tuple[str, ...]]) -> Iterator[Candidate]:
    """What stands under a label that has nothing beside it."""
    below = place.sheet.below(place.last)
    if place.rest.strip(_EDGES) or not place.alone or below is None or _labels(below.text, known):
        return
    if field.kind in FREE:
        if place.sheet.right(below) or below.text.rstrip().endswith((":", "：")):
            return
        normal = reading.whole(field, below.text)
        end = letterheads.continued(field.kind, place.sheet, below, None, below.end)
        if normal and field.kind is Kind.ADDRESS:
            normal = reading.whole(field, place.sheet.page.text[below.start : end])
        else:
            end = below.end
        if normal:
            yield Candidate(
                place.sheet, below.start, end, normal, How.BELOW, place.label, place.rank
            )
        return
    found = reading.leading(field, below.text, recognised=place.sheet.recognised)
    if found:
        at = below.start
        yield Candidate(
            place.sheet,
            at + found.start,
            at + found.end,
            found.normal,
            How.BELOW,
            place.label,
            place.rank,
        )


def _labels(text: str, known: frozenset[tuple[str, ...]]) -> bool:
    return is_label(text) or words(re.split("[:：]", text, maxsplit=1)[0]) in known


def _alone(field: Field, worded: Wording, sheet: Sheet) -> Iterator[Candidate]:
    """Where no label stands: by the value's own form, or by its place at the head of the document."""
    if field.kind in (Kind.ADDRESS, Kind.NAME):
        head = letterheads.address if field.kind is Kind.ADDRESS else letterheads.issuer
        for start, end in head(sheet):
            normal = reading.whole(field, sheet.page.text[start:end])
            if normal:
                yield Candidate(sheet, start, end, normal, How.PLACE)
    else:
        yield from _by_form(field, sheet)


def _by_form(field: Field, sheet: Sheet) -> Iterator[Candidate]:
    for piece in sheet.pieces():
        for found in reading.find(field, piece.text, labelled=False, recognised=sheet.recognised):
            if field.kind is not Kind.AMOUNT:
                start = piece.start + found.start
                yield Candidate(sheet, start, piece.start + found.end, found.normal, How.FORM)
