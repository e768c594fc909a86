"""Names in Latin letters: by title, label or salutation; Chinese names by their syllables; Western ones
by a given name that is no word and a surname."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from lionrock.gateway.guards.kinds import Finding, Kind
from lionrock.gateway.guards.tables import words

_PART: Final = r"[A-ZÀ-Þ](?:[A-Za-zÀ-ɏ'-]{0,30}+\.?)"
_RUN: Final = re.compile(
    rf"[A-ZÀ-Þ](?<![A-Za-z0-9@_/.-].)(?:[A-Za-zÀ-ɏ'-]{{0,30}}+\.?)(?:,? {_PART}){{0,40}}+"
)
_TOKEN: Final = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-ɏ'-]*+\.?")
_TITLES: Final = frozenset(
    "mr mrs ms miss mdm madam mister dr prof professor sir dame rev messrs".split()
)
_OPENERS: Final = frozenset("dear hi hello attn attention regards sincerely".split())
_LABELS: Final = (
    *(
        f"{label}{gap}{sign}{blank}"
        for label in (
            "name customer client beneficiary payee payer applicant holder patient guarantor employee remitter "
            "sender by"
        ).split()
        for gap in ("", " ")
        for sign in ":="
        for blank in ("", " ")
    ),
    "my name is ", "name is ", "named ", "dear ", "regards, ", "regards,", "regards,\n", "i am ", "i'm ", "signed by ",
)  # fmt: skip
_REACH: Final = 24
_MOST: Final = 5


def find(text: str) -> Iterator[Finding]:
    """People's names of the folded `text`: two words at least, unless a title or label announces one."""
    clues = _clues()
    for match in _RUN.finditer(text):
        tokens = list(_TOKEN.finditer(text, *match.span()))
        bare = [_bare(token) for token in tokens]
        if not clues.isdisjoint(bare) or _labelled(text, match.start()) or _hyphened(bare):
            yield from _run(text, tokens, bare)


@cache
def _clues() -> frozenset[str]:
    """One of these is in every name that nothing but its own words announces."""
    return words("given_western") | words("surnames_latin") | _TITLES | _OPENERS


def _hyphened(bare: Sequence[str]) -> bool:
    return any("-" in word for word in bare)


def _run(text: str, tokens: Sequence[re.Match[str]], bare: Sequence[str]) -> Iterator[Finding]:
    at = 0
    while at < len(tokens):
        size = _name(text, tokens, bare, at)
        if size:
            yield Finding(Kind.NAME, tokens[at].start(), _end(tokens[at + size - 1]))
        at += max(size, 1)


def _end(last: re.Match[str]) -> int:
    """Without the full stop that ends a sentence, and without a possessive."""
    word = last.group()
    cut = 1 if word.endswith(".") and len(word) > 2 else 0
    bare = word[: len(word) - cut]
    cut += 2 if bare.endswith("'s") else len(bare) - len(bare.rstrip("'-"))
    return last.end() - cut


def _name(text: str, tokens: Sequence[re.Match[str]], bare: Sequence[str], at: int) -> int:
    """How many tokens from `at` are a name; none, then 0."""
    following = bare[at : at + _MOST]
    following = following[: _sentence(text, tokens, at, len(following))]
    never = words("not_names")
    if _announced(text, tokens, bare, at):
        size = next((i for i, word in enumerate(following) if word in never), len(following))
        return min(size, 4)
    if len(following) < 2 or following[0] in never:
        return 0
    size = max(_chinese(following), _western(following))
    if not size or _is_place(following[:size]) or _is_place(following[:2]):
        return 0
    after = bare[at + size : at + size + 1]
    return 0 if after and after[0] in words("organised") else size


def _is_place(words_: Sequence[str]) -> bool:
    return "-".join(words_) in words("places")


def _bare(token: re.Match[str]) -> str:
    word = token.group().rstrip(".'-").lower()
    return word.removesuffix("'s").replace("'", "")


def _sentence(text: str, tokens: Sequence[re.Match[str]], at: int, most: int) -> int:
    """How many of the tokens from `at` stand in one sentence, blanks only between them; after the first
    a comma may stand when it is a surname in capitals."""
    for i in range(1, most):
        before = tokens[at + i - 1]
        gap = text[before.end() : tokens[at + i].start()]
        ended = before.group().endswith(".") and len(before.group()) > 4
        comma = gap == ", " and i == 1 and before.group().isupper()
        if ended or (gap != " " and not comma):
            return i
    return most


def _announced(text: str, tokens: Sequence[re.Match[str]], bare: Sequence[str], at: int) -> bool:
    """By a title before it, or by a label or salutation if one of its words is known from names."""
    if bare[at] in _TITLES:
        return False
    if at and bare[at - 1] in _TITLES:
        return True
    if at and bare[at - 1] not in _OPENERS:
        return False
    return _labelled(text, tokens[at].start()) and _like_name(bare[at : at + 3])


def _labelled(text: str, start: int) -> bool:
    return text[max(0, start - _REACH) : start].lower().endswith(_LABELS)


def _like_name(bare: Sequence[str]) -> bool:
    tables = ("given_western", "surnames_western", "surnames_latin")
    return any(word in words(table) for word in bare for table in tables)


def _chinese(words_: Sequence[str]) -> int:
    """A surname and two or more syllables of a given name, either way round; Western names may follow."""
    surnames = words("surnames_latin")
    if words_[0] in surnames and (used := _given(words_[1:])):
        return 1 + used + _western_after(words_[1 + used :])
    used = _given(words_)
    if used and used < len(words_) and words_[used] in surnames:
        return used + 1
    if words_[0] in words("given_western") and words_[1] in surnames:
        used = _given(words_[2:])
        return 2 + used
    if words_[0] in words("given_western") and (used := _given(words_[1:])):
        last = 1 + used
        return last + 1 if last < len(words_) and words_[last] in surnames else 0
    return 0


def _given(words_: Sequence[str]) -> int:
    """How many words are a given name of two syllables: "Tai Man", "Tai-man", "Xiaoming"."""
    if words_ and "-" in words_[0]:
        return int(all(part in words("syllables") for part in words_[0].split("-")))
    if len(words_) > 1 and words_[0] in words("syllables") and words_[1] in words("syllables"):
        return 2
    if words_ and words_[0] not in words("not_names") and _joined(words_[0]):
        return 1
    return 0


def _joined(word: str) -> bool:
    """Two syllables written as one word, which is no Western name: "Xiaoming"."""
    if len(word) < 5 or word in words("given_western") or word in words("surnames_western"):
        return False
    syllables = words("syllables")
    return any(word[:i] in syllables and word[i:] in syllables for i in range(2, len(word) - 1))


def _western_after(words_: Sequence[str]) -> int:
    return int(bool(words_) and words_[0] in words("given_western"))


def _western(words_: Sequence[str]) -> int:
    """A given name that is no word, then initials or given names, then a surname."""
    if words_[0] not in words("given_western"):
        return 0
    at = 1
    while at < len(words_) - 1 and (len(words_[at]) == 1 or words_[at] in words("given_western")):
        if words_[at] in words("surnames_western") and words_[at + 1] not in words(
            "surnames_western"
        ):
            break
        at += 1
    return (
        at + 1
        if words_[at] in words("surnames_western") or words_[at] in words("surnames_latin")
        else 0
    )
