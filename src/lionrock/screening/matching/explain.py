"""Evidence in words: what was read as what, and how much each part says."""

from __future__ import annotations

from collections.abc import Iterator

from lionrock.screening.matching import persons
from lionrock.screening.matching.chinese import Alignment, Unit, pair_weight
from lionrock.screening.matching.pairing import Pair, Worded
from lionrock.screening.matching.results import Evidence
from lionrock.screening.names import syllables
from lionrock.screening.names.characters import fold
from lionrock.screening.names.syllables import spellings

_HOW = {
    "same": "{a} is the same", "variant": "{a} and {b} are forms of one name", "sound": "{a} sounds like {b}",
    "misspelt": "{a} is a slip of the pen from {b}", "scan": "{a} and {b} look alike to a scanner",
    "initial": "{a} may stand for {b}", "cut": "{a} and {b} agree as far as a cut-off field goes",
    "joined": "{a} and {b} are the same without blanks", "acronym": "{a} and {b}: one is the other's first letters",
    "spelt": "{a} and {b}: one spells the other",
}  # fmt: skip


def names(by: persons.Compared | Worded, a: str, b: str) -> list[Evidence]:
    """The parts of the comparison of two names, `a` and `b`; their weights add up to its bits."""
    if isinstance(by, Worded):
        return _words(by.pairs, by.only_a, by.only_b, by.bits)
    if by.chinese:
        return list(_chinese(by.chinese))
    if by.words:
        return _words(by.words.pairs, by.words.only_a, by.words.only_b, by.words.bits)
    said = "the names cannot be compared: one has no letters, or neither spells the other"
    return [Evidence("names_apart", by.bits, a, b, said)] if by.bits else []


def _words(
    pairs: tuple[Pair, ...],
    only_a: tuple[str, ...], only_b: tuple[str, ...], bits: float,
) -> list[Evidence]:  # fmt: skip
    found = [
        Evidence(f"word_{p.how}", p.bits, p.a, p.b, _HOW[p.how].format(a=p.a, b=p.b)) for p in pairs
    ]
    rest = bits - sum(p.bits for p in pairs)
    a, b = " ".join(only_a), " ".join(only_b)
    if only_a and only_b:
        found.append(Evidence("words_differ", rest, a, b, f"{a} against {b}"))
    elif only_a or only_b:
        found.append(Evidence("words_alone", rest, a, b, f"{a or b} is on one side only"))
    elif abs(rest) > 0.05:
        said = (
            "nothing is left on either side"
            if rest > 0
            else "agreement beyond 22 bits counts a fifth"
        )
        found.append(Evidence("words_all", rest, "", "", said))
    return found


def _chinese(alignment: Alignment) -> Iterator[Evidence]:
    told = 0.0
    for i, j in alignment.pairs:
        if i is None or j is None:
            continue
        a, b = alignment.a[i], alignment.b[j]
        weight = pair_weight(a, b)
        told += weight
        feature, said = _pair(a, b, weight)
        yield Evidence(feature, weight, a.written, b.written, said)
    alone_a = " ".join(
        alignment.a[i].written for i, j in alignment.pairs if i is not None and j is None
    )
    alone_b = " ".join(
        alignment.b[j].written for i, j in alignment.pairs if j is not None and i is None
    )
    rest = alignment.bits - told
    if alone_a or alone_b:
        said = (
            f"{alone_a} against {alone_b}"
            if alone_a and alone_b
            else f"{alone_a or alone_b} is on one side only"
        )
        yield Evidence("syllables_alone", rest, alone_a, alone_b, said)
    elif abs(rest) > 0.05:
        yield Evidence("systems_mixed", rest, "", "", "the name mixes systems of spelling")


def _pair(a: Unit, b: Unit, weight: float) -> tuple[str, str]:
    if a.kind == b.kind == "character":
        return _characters(a, b)
    if "character" in (a.kind, b.kind):
        return _reading(*((b, a) if a.kind == "character" else (a, b)))
    if a.text == b.text:
        return "syllable_same", f"{a.written} is the same"
    if weight <= 0:
        return "syllable_differs", f"{a.written} against {b.written}"
    if "initial" in (a.kind, b.kind):
        return "syllable_initial", f"{a.written} may stand for {b.written}"
    shared = syllables.shared(
        a.text, b.text, "surname" if a.role == b.role == "surname" else "given"
    )
    return "syllable_bridge", f"{a.written} and {b.written} both spell {shared or 'one character'}"


def _characters(a: Unit, b: Unit) -> tuple[str, str]:
    if a.text == b.text:
        return "character_same", f"{a.text} is the same character"
    if fold(a.text) == fold(b.text):
        return "character_variant", f"{a.text} and {b.text} are forms of one character"
    return "character_differs", f"{a.text} against {b.text}"


def _reading(latin_unit: Unit, han: Unit) -> tuple[str, str]:
    found = spellings(han.text, han.role).get(latin_unit.text)
    if found:
        return (
            "character_read",
            f"{han.text} read {latin_unit.text} in {found.systems[0]} romanisation",
        )
    if latin_unit.kind == "initial":
        return "character_initial", f"{latin_unit.written} may stand for {han.text}"
    return "character_unread", f"{han.text} is not read {latin_unit.written}"
