"""The names of companies, bodies and vessels, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from lionrock.screening.names.characters import fold
from lionrock.screening.names.forms import only_codes
from lionrock.screening.names.terms import LEGAL, STOP, chinese_terms, number, term
from lionrock.screening.names.text import plain, script, visible

Kind = Literal["core", "term", "number", "legal"]
_LONGEST: Final = 400
_VESSEL: Final = re.compile(
    r"^\s*(?:m/[vt]\s*|(?:m[vt]|s/?s|m\.[vt]\.)(?:\s+|(?-i:(?=[A-Z][a-z]))))", re.I
)


@dataclass(frozen=True, slots=True)
class Part:
    """A word, or one Chinese character of the core; `text` plain, folded, or a meaning's id."""

    text: str
    kind: Kind
    written: str
    han: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str
    parts: tuple[Part, ...]

    @property
    def han(self) -> bool:
        return any(p.han for p in self.parts)

    def of(self, *kinds: Kind) -> list[Part]:
        return [p for p in self.parts if p.kind in kinds]


@lru_cache(maxsize=8192)
def organisation(name: str) -> Organisation:
    given = visible(name[:_LONGEST])
    text = _VESSEL.sub("", only_codes(given) or given)
    han = "".join(c for c in text if script(c) == "han")
    parts = _chinese(han) if len(han) >= 2 else _latin(text)
    return Organisation(name, tuple(parts))


def _chinese(han: str) -> list[Part]:
    folded = "".join(fold(c) for c in han)
    parts: list[Part] = []
    at = 0
    while at < len(folded):
        found = next(
            (
                (h, t)
                for h, t in chinese_terms()
                if folded.startswith(h, at) and _fits(h, at, folded)
            ),
            None,
        )
        if found is None:
            parts.append(Part(folded[at], "core", han[at], True))
            at += 1
            continue
        written, meaning = found
        kind: Kind = "legal" if meaning == "legal" else "term"
        parts.append(Part(meaning, kind, han[at : at + len(written)], True))
        at += len(written)
    return parts


def _fits(term_han: str, at: int, whole: str) -> bool:
    """One character means something of its own only at the end (行) or not at all (新, 大, 總)."""
    return len(term_han) > 1 or (at + 1 == len(whole) and term_han in "行社")


def _latin(text: str) -> list[Part]:
    mixed = any(script(c) == "latin" for c in text)
    parts: list[Part] = []
    for written in _pieces(text):
        word = plain(written, mixed)
        if not word or word in STOP:
            continue
        digits = number(word)
        if digits:
            parts.append(Part(digits, "number", written))
        elif word in LEGAL:
            parts.append(Part(word, "legal", written))
        elif term(word):
            parts.append(Part(term(word), "term", written))
        else:
            parts.append(Part(word, "core", written))
    return _two_worded(parts) or [Part(plain(w), "core", w) for w in _pieces(text) if plain(w)]


def _pieces(text: str) -> list[str]:
    """Words; letters with points or blanks between them are one: A.B.C., O.O.O."""
    text = re.sub(r"(?<=\w)['’ʼ`‘ʿʾ´]s\b", "", text)
    text = re.sub(r"(?<=\w)['’ʼ`‘ʿʾ´](?=\w)", "", text)
    text = re.sub(
        r"\b((?:\w[./]\s?){1,}\w?)(?=\W|$)", lambda m: re.sub(r"[./\s]", "", m[0]) + " ", text
    )
    return "".join(c if script(c) else " " for c in text).split()


def _two_worded(parts: list[Part]) -> list[Part]:
    """Hong Kong and Real Estate are one term each."""
    found: list[Part] = []
    for part in parts:
        pair = (found[-1].text, part.text) if found else ("", "")
        if pair in (("hong", "kong"), ("real", "estate")):
            joined = f"{found.pop().written} {part.written}"
            found.append(Part("".join(pair), "term", joined))
        else:
            found.append(part)
    return found
