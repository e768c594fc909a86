"""Terms put right in a translation without asking the model again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from lionrock.assist.translate.termbase import Term, missing, present
from lionrock.documents.language import HAN

_CLOSE_HAN: Final = 75.0
_CLOSE_WORDS: Final = 88.0
"""Likeness in per cent from which words are taken for a form that is slightly off: 資本緩衝 for 資本緩衝額,
"stress test" for "stress tests"."""
_SHORTEST: Final = 4
_BRACKETS: Final = re.compile("[《》〈〉「」『』]")


def mended(target: str, terms: Sequence[Term]) -> str:
    """`target` with its missing terms put right where it is plain what stands for them: the source's own
    words left as they were, or words that are nearly a required form."""
    for term in terms:
        target = _left(_dressed(target, term.forms[0]), term)
    for term in missing(terms, target):
        target = _nearly(target, term, terms) or target
    return target


def _dressed(target: str, form: str) -> str:
    """The form wherever it stands without its brackets: 《銀行業條例》 for 銀行業條例."""
    bare = _BRACKETS.sub("", form)
    if bare == form or len(bare) < _SHORTEST:
        return target
    return form.join(part.replace(bare, form) for part in target.split(form))


def _left(target: str, term: Term) -> str:
    """The source's words stand in the translation: the form in their place, wherever they do. In brackets
    they may stand beside the form: 《巴塞爾協定三》流動性覆蓋比率（LCR）."""
    if present(term.words, term.forms[0]):
        return target
    pattern = re.escape(term.words)
    if not HAN.search(term.words):
        pattern = rf"(?<![A-Za-z]){pattern}(?![A-Za-z])"
    for found in reversed(list(re.finditer(pattern, target, re.IGNORECASE))):
        beside = target[found.start() - 1 : found.start()] in ("(", "（")
        if not beside or not term.met(target):
            target = _put(target, found.start(), found.end(), term.forms[0])
    return target


def _nearly(target: str, term: Term, terms: Sequence[Term]) -> str:
    form = term.forms[0]
    if len(form) < _SHORTEST:
        return ""
    place = _near_han(form, target) if HAN.search(form) else _near_words(form, target)
    if place is None:
        return ""
    changed = _put(target, *place, form)
    # What it stood for may have been another term.
    before = {t.forms for t in missing(terms, target)}
    return changed if {t.forms for t in missing(terms, changed)} < before else ""


def _near_han(form: str, target: str) -> tuple[int, int] | None:
    """The stretch with most of the form's characters, in whatever order: 資本緩衝 for 緩衝資本."""
    wanted, best = Counter(form), (_CLOSE_HAN, 0, 0)
    for length in range(len(form) - 1, len(form) + 2):
        for start in range(len(target) - length + 1):
            shared = (wanted & Counter(target[start : start + length])).total()
            best = max(best, (200 * shared / (len(form) + length), -start, -start - length))
    return (-best[1], -best[2]) if best[2] else None


def _near_words(form: str, target: str) -> tuple[int, int] | None:
    near = fuzz.partial_ratio_alignment(form.lower(), target.lower(), score_cutoff=_CLOSE_WORDS)
    return _whole_words(target, near.dest_start, near.dest_end) if near else None


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end


def _put(text: str, start: int, end: int, form: str) -> str:
    """`form` in place of `text[start:end]`, with blanks between it and what is not Chinese."""
    before, after = text[:start], text[end:]
    if not HAN.search(form):
        before += " " if before and (before[-1].isalnum() and before[-1].isascii()) else ""
        after = f" {after}" if after and after[0].isalnum() and after[0].isascii() else after
    else:
        before = (
            before.rstrip(" ") if before and HAN.match(before.rstrip(" ")[-1:] or " ") else before
        )
        after = after.lstrip(" ") if HAN.match(after.lstrip(" ")[:1] or " ") else after
    return before + form + after
