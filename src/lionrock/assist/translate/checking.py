"""All that is checked of a segment's translation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lionrock.assist.checks import Check, CheckName
from lionrock.assist.docx.marks import bare, lost_marks
from lionrock.assist.translate import negation, numbers, references, script, termbase
from lionrock.assist.translate.termbase import Term
from lionrock.documents.language import HAN, Language

BINDING: Final = frozenset({CheckName.FIGURES, CheckName.DATES, CheckName.REFERENCES})
"""Without these a segment is not accepted, unless a person gives the reason for the difference."""

_ACRONYM: Final = re.compile(
    r"\b(?:[A-Z]{2,}[A-Za-z0-9]*(?:[-/][A-Z0-9]+)*|[A-Z0-9]*\d+[A-Z]{2,}\w*)\b(?!\$)"
)
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9@._&'’-]*(?: [A-Z][A-Za-z0-9@._&'’-]*)*")
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+")
_PER_HAN: Final = 3.2
"""English characters that one of Chinese comes to (paragraphs of official bilingual reports: 3.0 to 3.8)."""
_SHORT, _LONG = 0.4, 2.5
_LEAST: Final = 24
"""Below so many English characters' worth of source, lengths tell nothing."""


def checks(
    source: str, target: str, language: Language, into: Language, terms: Sequence[Term]
) -> list[Check]:
    """Every check of one segment, in a fixed order; of marks and terms only where there are any. Marks of
    a Word document (⟦1⟧) may stand in both texts."""
    lost, marked = lost_marks(target, source), source != bare(source)
    source, target = bare(source), bare(target)
    found = [
        Check(name=CheckName.FIGURES, faults=numbers.wrong(source, target)),
        Check(name=CheckName.DATES, faults=numbers.wrong_dates(source, target)),
        Check(name=CheckName.REFERENCES, faults=references.missing(source, target)),
        Check(name=CheckName.NAMES, faults=lost_names(source, target, terms)),
        Check(name=CheckName.NEGATION, faults=negation.unlike(source, target)),
        Check(name=CheckName.LENGTH, faults=_length(source, target)),
        Check(name=CheckName.SCRIPT, faults=script.foreign(target, into, source)),
    ]
    if marked:
        found.append(Check(name=CheckName.PLACEHOLDERS, faults=lost))
    if terms:
        faults = [f"{t.words} → {' / '.join(t.forms)}" for t in termbase.missing(terms, target)]
        found.append(Check(name=CheckName.TERMS, faults=faults))
    return found


def failed(found: Sequence[Check]) -> set[CheckName]:
    return {c.name for c in found if not c.held}


def lost_names(source: str, target: str, terms: Sequence[Term]) -> list[str]:
    """Names in Latin letters that a Chinese source holds, and acronyms and addresses of any, that the
    target does not; what a term stands for is the term's business."""
    covered = " ".join(t.words for t in terms)
    pattern = _LATIN if HAN.search(source) else _ACRONYM
    names = [*_ADDRESS.findall(source), *pattern.findall(_ADDRESS.sub(" ", source))]
    low = target.casefold()
    return list(dict.fromkeys(n for n in names if n.casefold() not in low and n not in covered))


def _length(source: str, target: str) -> list[str]:
    """How much of the length to be expected there is, where that is far off."""
    expected = _weight(source)
    if expected < _LEAST:
        return [] if target.strip() or not source.strip() else ["0%"]
    share = _weight(target) / expected
    return [] if _SHORT <= share <= _LONG else [f"{share:.0%}"]


def _weight(text: str) -> float:
    han = len(HAN.findall(text))
    return han * _PER_HAN + len(re.sub(r"\s+", " ", text)) - han
