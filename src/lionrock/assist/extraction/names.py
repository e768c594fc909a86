"""Names of people and businesses, the Latin and the Chinese writing kept apart."""

from __future__ import annotations

import re
from typing import Final

from lionrock.assist.extraction.folding import readable
from lionrock.assist.extraction.kinds import Normal

_HAN: Final = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·．（）()]*"
)
_TITLES: Final = re.compile(r"(?:先生|女士|小姐|太太|博士)$")
_HONORIFIC: Final = re.compile(r"^(?:Mr|Mrs|Ms|Miss|Dr|Prof|Madam)\b\.?\s*", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
_ROLE: Final = re.compile(r"\s*(?:,\s+(?=[A-Z][a-z]+ [a-z])|\((?=[^)]*\d)).*$")
"""What follows a name: ", Branch manager", "(staff no. 3108)"."""
_EDGES: Final = " ,;:-–—*>#_"


def normal(text: str) -> Normal | None:
    """The name that `text` is; None where it holds no two letters or characters."""
    written = readable(text).strip(_EDGES)
    han = _HAN.search(written)
    chinese = _TITLES.sub("", _balanced(han[0])) if han else ""
    rest = [
        part for part in _HAN.split(written) if _LETTERS.search(part) and part.strip()[:1] != "("
    ]
    latin = _HONORIFIC.sub("", _ROLE.sub("", rest[0]).strip(_EDGES)) if rest else ""
    both = " ".join(filter(None, (latin, chinese)))
    return Normal(text=both, latin=latin, han=chinese) if len(both) > 1 else None


def _balanced(text: str) -> str:
    """Without a bracket at its end that opens or closes nothing."""
    closed = all(text.count(a) == text.count(b) for a, b in ("()", "（）"))
    return text if closed else text.rstrip("()（）")
