"""Finding a person in text: each identifier in the forms in which people write it.

Names in any order of their parts, joined or hyphenated, with initials, without their first or last
part; Chinese names in either script and letter-spaced; HKID numbers with or without brackets,
blanks and check digit; telephone numbers with or without +852. It finds too much rather than too
little: a person reviews what is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from lionrock.kernel.privacy.folding import fold
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind, canonical

_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BEFORE, _AFTER = r"(?<![a-z0-9])", r"(?![a-z0-9])"
_BETWEEN: Final = r"[\s,.\-‐-―'’·・]*"
"""Between the parts of a name, and nothing at all: "Tai-man", "TAI MAN", "Taiman"."""
_GAP: Final = r"[\s.\-‐-―()/]*"
_MOST_PERMUTED = 4


@dataclass(frozen=True, slots=True)
class Match:
    """`text[start:end]` is the identifier written in `form` ("name", "name in part", "hkid" …)."""

    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class _Written:
    """One form of one identifier. `bare` is what is left of it without separators: no text matches
    that does not hold it, which is quick to see."""

    form: str
    bare: str
    pattern: str


class Matcher:
    """Every form of some people's identifiers. Growth: linear in forms and in the text; a text in
    which none stands costs a substring search a form."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        found = {w: None for i in identifiers for w in _written(i)}
        self._forms = sorted(found, key=lambda w: (_SURENESS.index(w.form), -len(w.pattern)))

    def __bool__(self) -> bool:
        return bool(self._forms)

    def matches(self, text: str) -> list[Match]:
        """In the order of the text; of two that overlap the one found by the surer form."""
        found: list[Match] = []
        for match in self._all(text):
            if not any(m.start < match.end and match.start < m.end for m in found):
                found.append(match)
        return sorted(found, key=lambda m: m.start)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Every range of `text` that any form covers, overlaps and all."""
        return [(m.start, m.end) for m in self._all(text)]

    def _all(self, text: str) -> Iterator[Match]:
        folded = fold(text)
        bare = _bare(folded.text)
        for written in self._forms:
            if written.bare in bare:
                for hit in re.finditer(written.pattern, folded.text):
                    yield Match(*folded.original(*hit.span()), written.form)


def _bare(folded: str) -> str:
    return _SEPARATORS.sub("", folded)


_SEPARATORS: Final = re.compile(r"[\s,.\-‐-―'’·・()/\[\]{}【】〔〕+]+")


_SURENESS: Final = (
    "hkid", "email", "passport", "account", "customer", "phone", "other", "name",
    "hkid without check digit", "name in part", "initials",
)  # fmt: skip


def _written(identifier: Identifier) -> Iterator[_Written]:
    kind = identifier.kind
    if kind is IdentifierKind.NAME:
        yield from _name(fold(identifier.value).text)
        return
    plain = canonical(identifier).casefold()
    if kind is IdentifierKind.HKID:
        number = _GAP.join(map(re.escape, plain[:-1]))
        check = rf"{_GAP}[(\[{{【〔]?\s*{plain[-1]}\s*[)\]}}】〕]?"
        yield _Written(kind.value, plain, f"{_BEFORE}{number}{check}{_AFTER}")
        yield _Written("hkid without check digit", plain[:-1], f"{_BEFORE}{number}{_AFTER}")
    elif kind is IdentifierKind.EMAIL:
        pattern = rf"(?<![a-z0-9._%+\-]){re.escape(plain)}(?![a-z0-9\-]|\.[a-z0-9])"
        yield _Written(kind.value, _bare(plain), pattern)
    elif kind is IdentifierKind.PHONE:
        pattern = rf"(?<!\d)(?:\+?852{_GAP})?{_GAP.join(plain)}(?!\d)"
        yield _Written(kind.value, plain, pattern)
    else:
        pattern = _BEFORE + _GAP.join(map(re.escape, plain)) + _AFTER
        yield _Written(kind.value, plain, pattern)


def _name(folded: str) -> Iterator[_Written]:
    """A name may hold both scripts: "Chan Tai Man 陳大文". Each is a name of its own."""
    han = "".join(_HAN.findall(folded))
    if len(han) >= 2:
        yield _Written("name", han, r"\s*".join(han))
    tokens = re.findall(r"[^\W\d_]+", _HAN.sub(" ", folded))
    if not tokens:
        return
    for order in _orders(tokens):
        yield _joined("name", order)
    if len(tokens) >= 3:
        # Without the first or last part; of "Ho Chun-yin Steven" any two, as "Steven Ho" is written.
        parts = [*_orders(tokens[1:]), *_orders(tokens[:-1])]
        if len(tokens) >= 4:
            parts += permutations(tokens, 2)
        for part in parts:
            yield _joined("name in part", part)
        yield from _initials(tokens[0], tokens[1:])
        yield from _initials(tokens[-1], tokens[:-1])


def _orders(tokens: Sequence[str]) -> list[Sequence[str]]:
    if len(tokens) <= _MOST_PERMUTED:
        return list(permutations(tokens))
    return [[*tokens[i:], *tokens[:i]] for i in range(len(tokens))]


def _joined(form: str, tokens: Sequence[str]) -> _Written:
    pattern = _BEFORE + _BETWEEN.join(map(re.escape, tokens)) + _AFTER
    return _Written(form, "".join(tokens), pattern)


def _initials(surname: str, given: Sequence[str]) -> Iterator[_Written]:
    """ "Chan T. M." and "T. M. Chan"."""
    letters = [token[0] for token in given]
    initials = r"[\s.\-]*".join(letters) + r"\.?"
    bare = "".join(letters)
    after = rf"{_BEFORE}{surname}[\s,.]+{initials}{_AFTER}"
    before = rf"{_BEFORE}{initials}[\s.]+{surname}{_AFTER}"
    yield _Written("initials", surname + bare, after)
    yield _Written("initials", bare + surname, before)
