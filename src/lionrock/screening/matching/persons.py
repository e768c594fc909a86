"""Two personal names: read as Chinese and as words, by whichever says more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lionrock.screening.matching import chinese, latin
from lionrock.screening.matching.pairing import Worded
from lionrock.screening.names.forms import Form, personal
from lionrock.screening.names.syllables import LOWEST

_OR_TITLE: Final = frozenset({"hon"})
"""In front, a title or a surname: the Hon. Steven Ho, 韓 Hon."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`bits` of evidence that two names are one person's, and how it was found: one of the two is set."""

    bits: float
    chinese: chinese.Alignment | None = None
    words: Worded | None = None


@lru_cache(maxsize=16384)
def compare(a: str, b: str) -> Compared:
    """The evidence of two names as written."""
    forms_a, forms_b = forms(a), forms(b)
    found = [_compared(x, y) for x in forms_a for y in forms_b]
    return max(found, key=lambda one: one.bits, default=Compared(2 * LOWEST))


@lru_cache(maxsize=8192)
def forms(name: str) -> tuple[Form, ...]:
    """A name in two scripts is two names."""
    form = personal(name)
    if form.han and form.words:
        alone = [Form(name, form.han, ())]
        if len(form.words) > 1 or len(form.han) < 2:
            alone.append(Form(name, "", form.words, form.before_comma))
        return tuple(alone)
    if len(form.words) > 2 and form.words[0].text in _OR_TITLE:
        return form, Form(name, "", form.words[1:], max(form.before_comma - 1, 0))
    return (form,) if form.han or form.words else ()


def _compared(a: Form, b: Form) -> Compared:
    aligned = chinese.compare(a, b)
    found = [Compared(aligned.bits, chinese=aligned)] if aligned else []
    if a.words and b.words:
        words = latin.compare(a, b)
        found.append(Compared(words.bits, words=words))
    return max(found, key=lambda one: one.bits, default=Compared(2 * LOWEST))
