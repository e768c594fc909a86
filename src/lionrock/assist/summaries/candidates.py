"""Which sentences of a document may stand in a summary: whole statements, not tables, captions, notes,
what is printed again and again, or what speaks to a language model instead of the reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lionrock.assist.reading import Piece, pieces
from lionrock.documents.language import HAN
from lionrock.documents.schemas import Passage
from lionrock.search.tokens import terms

_LEAST_WORDS, _LEAST_HAN = 7, 12
_MOST_CHARACTERS = 600
_MOST_FIGURES = 0.3
"""Of a sentence's characters that are digits or signs, above which it is a table or a list run flat."""
_PRINTED_AGAIN = 3
_LABEL = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,3})+\.?|\d{1,2}[.)]|\([a-z\d]{1,4}\)|[•●▪–—-]|第[一二三四五六七八九十百\d]+[條条]|[一二三四五六七八九十]+、"
    r"|[(（][一二三四五六七八九十]+[)）])\s+"
)
_ENDS = re.compile(r"[.!。！…][”’\"'」』）)\]]*$")
_CAPTION = re.compile(
    r"^(?:(?:chart|table|figure|box|annex|note|source|diagram)s?\b\s*[\d:：]|[圖图表]\s*\d|附?[註注]\s*[\d:：]|資料來源|资料来源)",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"all rights reserved|\bcopyright\b|版權所有|版权所有|https?://|www\.|\S+@\S+\.\w",
    re.IGNORECASE,
)
_TO_A_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|preceding|all|any|your)\b"
    r".{0,30}\b(?:instruction|prompt|rule|direction|guideline|command)s?\b"
    r"|\b(?:system|hidden|initial) prompt\b|<\|im_(?:start|end)\|>|\[/?INST\]|^\s*#*\s*(?:system|assistant)\s*:"
    r"|\byou are (?:now )?(?:an? )?(?:AI|chatbot|language model|assistant|DAN)\b"
    r"|\b(?:as|dear) an? (?:AI|language model|assistant)\b"
    r"|\bwhen (?:you )?summari[sz]\w+\b.{0,60}\b(?:say|state|write|include|omit|output)\b"
    r"|(?:忽略|無視|无视|不要理會|不要理会|忘記|忘记|唔好理).{0,12}(?:指示|指令|提示|命令|規則|规则)"
    r"|你(?:現在|现在|而家)?(?:是|係)(?!否).{0,10}(?:AI|人工智能|語言模型|语言模型|助手)|系統提示|系统提示",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)


@dataclass(eq=False, slots=True)
class Candidate:
    """A sentence that may stand; `place` counts among those of its document, `first` among those of its
    section, both from 0."""

    piece: Piece
    place: int
    first: int = 0
    terms: Counter[str] = field(default_factory=Counter)
    score: float = 0.0

    @property
    def text(self) -> str:
        return self.piece.text

    @property
    def section(self) -> str:
        """The headings above, but for those deeper than the second."""
        return " › ".join(self._path[:2])

    @property
    def chapter(self) -> str:
        return self._path[0]

    @property
    def _path(self) -> list[str]:
        return self.piece.passage.heading.split(" › ")


def divided(passages: Sequence[Passage]) -> tuple[list[Piece], list[Piece]]:
    """The pieces of a document to be summarised, and those kept out: from the first in a passage that
    speaks to a language model to the passage's end; of a passage under such a heading, all.

    A heuristic: what passes it is still data, and what a model makes of it is checked.
    """
    kept: list[Piece] = []
    out: list[Piece] = []
    for passage in passages:
        speaks = to_a_model(passage.heading)
        for piece in pieces(passage):
            speaks = speaks or to_a_model(piece.text)
            (out if speaks else kept).append(piece)
    return kept, out


def to_a_model(text: str) -> bool:
    """Does it speak to a language model ("ignore previous instructions")?"""
    return bool(_TO_A_MODEL.search(text))


def candidates(found: Sequence[Piece]) -> list[Candidate]:
    """Those of one document in order. Where no sentence is whole, whatever sentences there are; where
    all is tables, their rows."""
    every = [_bare(piece) for piece in found]
    printed = Counter(p.text for p in every)
    once = [p for p in every if printed[p.text] < _PRINTED_AGAIN and p.text.strip()]
    prose = [p for p in once if p.passage.kind not in ("row", "footnote")]
    whole = [p for p in prose if _whole(p.text)]
    return _placed(whole or prose or once)


def _bare(piece: Piece) -> Piece:
    """The piece without the number of its paragraph ("6.2.1"), which says nothing away from it."""
    label = _LABEL.match(piece.text)
    if label is None or piece.passage.kind == "row":
        return piece
    return Piece(piece.passage, piece.start + label.end(), piece.end)


def _placed(found: Sequence[Piece]) -> list[Candidate]:
    seen: Counter[str] = Counter()
    made = []
    for place, piece in enumerate(found):
        candidate = Candidate(piece, place, terms=Counter(terms(piece.text)))
        made.append(candidate)
        candidate.first = seen[candidate.section]
        seen[candidate.section] += 1
    return made


def _whole(text: str) -> bool:
    """A statement that can be read alone."""
    if len(text) > _MOST_CHARACTERS or not _ENDS.search(text) or text[0].islower():
        return False
    if _CAPTION.search(text) or _LEGAL.search(text):
        return False
    signs = sum(not (c.isalpha() or c.isspace()) for c in text)
    han = len(HAN.findall(text))
    # A Chinese character says what two letters do.
    if signs > _MOST_FIGURES * (len(text) + han):
        return False
    return len(text.split()) >= _LEAST_WORDS or han >= _LEAST_HAN
