"""Other people's data taken out of a copy that is handed to one person (Cap. 486, s. 20(1)(b), (2)(b)).

Blacked out are: everyone else who is known here (data subjects, members), whom the reviewer names,
and what looks like an identifier or a name that is not the person's own. It blacks out too much
rather than too little; the reviewer sees the result and may say what to keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from lionrock.kernel.privacy.folding import fold
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.names import possible_names

MARK: Final = "▇"
Span = tuple[int, int]

_WEAK: Final = {"name in part", "initials", "hkid without check digit"}
"""Forms that keep words from being blacked out on a guess, but not where they are someone else's."""

_EMAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
_HKID: Final = re.compile(
    r"(?<![a-z0-9])[a-z]{1,2}\s?\d{6}(?:\s?[(\[【〔]?\s?[\da]\s?[)\]】〕]?)?(?![a-z0-9])"
)
"""The check digit need not fit: a misprint is someone's number all the same."""
_PHONE: Final = re.compile(r"(?<!\d)(?:\+?852[\s-]?)?[2-9]\d{3}[\s-]?\d{4}(?!\d)")
_CARD: Final = re.compile(r"(?<!\d)\d(?:[\s-]?\d){11,18}(?!\d)")
_PASSPORT: Final = re.compile(r"(?<![a-z0-9])[a-z]{1,2}\d{7,8}(?![a-z0-9])")


class Redactor:
    """What to black out of texts handed to the person whom `own` knows.

    `others` are everyone else known, `named` whom the reviewer names for this text, `keep` words
    that the reviewer says are nobody else's data.
    """

    def __init__(
        self,
        own: Iterable[Identifier],
        others: Iterable[Identifier] = (),
        *,
        named: Iterable[str] = (),
        keep: Iterable[str] = (),
    ) -> None:
        self._own = Matcher(own)
        self._literal = [n for n in named if n.strip()]
        extra = [Identifier(kind=IdentifierKind.NAME, value=n) for n in self._literal]
        self._others = Matcher([*others, *extra])
        self._keep = [k for k in keep if k.strip()]

    def spans(self, text: str) -> list[Span]:
        """Ranges of `text` to black out, in order, none touching another."""
        keep = [s for k in self._keep for s in _literal(text, k)]
        own = self._own.matches(text)
        surely = [(m.start, m.end) for m in own if m.form not in _WEAK]
        maybe = [(m.start, m.end) for m in own]
        known = _without(_merged(self.known(text)), _merged(surely + keep))
        guessed = _without(_merged(recognised(text)), _merged(maybe + keep))
        return _merged(s for s in known + guessed if any(map(str.isalnum, text[slice(*s)])))

    def known(self, text: str) -> list[Span]:
        """Where others who are known, or were named, stand in `text`."""
        found = self._others.spans(text)
        return found + [s for n in self._literal for s in _literal(text, n)]

    def leaks(self, text: str) -> bool:
        """Does a finished text still hold someone else who is known? The last check of a package."""
        surely = [(m.start, m.end) for m in self._own.matches(text) if m.form not in _WEAK]
        return bool(_without(_merged(self.known(text)), _merged(surely)))

    def own(self, text: str) -> bool:
        """Does `text` name the person whom the copy is for?"""
        return bool(self._own.matches(text))

    def redacted(self, text: str) -> str:
        return blacked(text, self.spans(text))


def blacked(text: str, spans: Sequence[Span]) -> str:
    """`text` with each range replaced by three marks: its length is not told."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], MARK * 3]
        at = end
    return "".join([*parts, text[at:]])


def recognised(text: str) -> list[Span]:
    """What looks like someone's identifier or name, whoever that may be."""
    folded = fold(text)
    found = []
    for pattern in (_HKID, _EMAIL, _PHONE, _PASSPORT):
        found += [folded.original(*m.span()) for m in pattern.finditer(folded.text)]
    found += [
        folded.original(*m.span()) for m in _CARD.finditer(folded.text) if _luhn(m.group())
    ]  # fmt: skip
    return found + possible_names(text)


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    digits = [int(c) for c in reversed(number) if c.isdigit()]
    doubled = (sum(divmod(2 * d, 10)) for d in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _literal(text: str, wanted: str) -> list[Span]:
    folded, plain = fold(text), fold(wanted.strip()).text
    hits = re.finditer(re.escape(plain), folded.text) if plain else ()
    return [folded.original(*hit.span()) for hit in hits]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(spans: Sequence[Span], kept: Sequence[Span]) -> list[Span]:
    """`spans` less what `kept` covers. Both merged."""
    left: list[Span] = []
    for start, end in spans:
        for a, b in kept:
            if b <= start or a >= end:
                continue
            if start < a:
                left.append((start, a))
            start = max(start, b)
        if start < end:
            left.append((start, end))
    return left
