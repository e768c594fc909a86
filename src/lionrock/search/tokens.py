"""Index terms: character bigrams for Chinese (folded to Simplified), stemmed words for Latin script.

Bigrams beat dictionary segmentation in every Chinese retrieval test tried (design note on search).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

import snowballstemmer

from lionrock.documents.language import HAN, to_simplified

TOKEN = re.compile(rf"(?:{HAN.pattern})+|[^\W_\u3400-\u9fff]+(?:[.,:/'’-][^\W_\u3400-\u9fff]+)*")
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴-⁹]+")
_STOP = frozenset(
    "a an and are as at be been by can do does for from had has have he how i if in into is it its"
    " may me must my no not of on or our shall should so such that the their them then there these"
    " they this to was we were what when where which who whom why will with would you your".split()
)
# Particles and question words that say nothing about what is asked.
_STOP_HAN = frozenset("的了呢吗么啊呀吧嘅咗喺啲哋咩㗎喎囉")


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def terms(text: str) -> list[str]:
    """Terms of `text` in order, with repeats. The same for documents and questions."""
    # The mark of a footnote is no part of its word: NFKC would make "metrics³" into metrics3.
    plain = _SUPERSCRIPTS.sub(" ", text)
    folded = to_simplified(unicodedata.normalize("NFKC", plain).lower())
    found: list[str] = []
    for match in TOKEN.finditer(folded):
        token = match.group()
        if HAN.match(token):
            found.extend(_bigrams(token))
        else:
            found.extend(_words(token))
    return found


def is_chinese(term: str) -> bool:
    """Whether an index term is of Chinese characters."""
    return HAN.match(term) is not None


def pairs(found: Sequence[str]) -> list[str]:
    """Neighbours among English terms, as one term each: "exit_facil". Chinese bigrams overlap, and
    gain nothing by it."""
    return [f"{a}_{b}" for a, b in pairwise(found) if not (HAN.match(a) or HAN.match(b))]


def _bigrams(run: str) -> list[str]:
    if len(run) == 1:
        return [] if run in _STOP_HAN else [run]
    pairs = (run[i : i + 2] for i in range(len(run) - 1))
    return [p for p in pairs if not (p[0] in _STOP_HAN and p[1] in _STOP_HAN)]


def _words(token: str) -> list[str]:
    """ "cross-border" → itself and its parts; "4.1.6" and "HK$8,000" keep their digits together."""
    parts = re.split(r"[.,:/'’-]", token)
    if len(parts) == 1:
        return [] if token in _STOP else [stem(token)]
    if token[0].isdigit():
        return [token.replace(",", "")]
    words = [stem(p) for p in parts if p and p not in _STOP and len(p) > 1]
    return [*words, "".join(parts)] if len(words) > 1 else words
