"""A name taken apart: its Chinese characters, its words, without titles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lionrock.screening.names.characters import by_code
from lionrock.screening.names.text import plain, script, visible
from lionrock.screening.names.words import TITLES

_HAN_TITLES: Final = re.compile(
    "(先生|女士|小姐|太太|夫人|博士|教授|醫生|医生|議員|议员|律師|律师)$"
)
_CODES: Final = re.compile(r"^\s*\d{4}(?:[\s/-]+\d{4}){1,5}\s*$")
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Word:
    """`text` is plain (`plain`), `written` as it stood."""

    text: str
    written: str


@dataclass(frozen=True, slots=True)
class Form:
    """A personal name. A text in two scripts gives both: `han` of one, `words` of the other."""

    name: str
    han: str
    words: tuple[Word, ...]
    before_comma: int = 0
    """So many words stood before a comma: the family name, as lists write it."""


@lru_cache(maxsize=8192)
def personal(name: str) -> Form:
    """The form of a person's name as written."""
    text = visible(name[:_LONGEST])
    codes = only_codes(text)
    if codes:
        return Form(name, codes, ())
    han = _HAN_TITLES.sub("", "".join(c for c in text if script(c) == "han"))
    mixed = any(script(c) == "latin" for c in text)
    pieces = _pieces(text)
    words = [Word(plain(p, mixed), p) for p in pieces]
    kept = [w for w in words if w.text and w.text not in TITLES]
    head = text.split(",")[0] if "," in text else ""
    before = len([p for p in _pieces(head) if plain(p, mixed) not in TITLES])
    return Form(name, han, tuple(kept or [w for w in words if w.text]), min(before, len(kept)))


def _pieces(text: str) -> list[str]:
    """Words of letters and digits that are not Han; an apostrophe joins, all else parts."""
    joined = re.sub(r"(?<=\w)['’ʼ`‘ʿʾ´](?=\w)", "", text)
    spaced = "".join(
        f" {c} " if script(c) == "hangul" else c if script(c) not in ("", "han") else " "
        for c in joined
    )
    return spaced.split()


def only_codes(text: str) -> str:
    """`decoded` of a text that is nothing but codes; else empty."""
    return decoded(text) if _CODES.match(text) else ""


def decoded(codes: str) -> str:
    """The characters that Chinese commercial codes stand for; one unknown is left out as 〓."""
    return "".join(by_code().get(code, ("〓",))[0] for code in re.findall(r"\d{4}", codes))
