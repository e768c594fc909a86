"""The two texts, cut into clauses: the paragraphs of a document, the lines of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lionrock.assist.comparing.schemas import Clause, CompareRequest
from lionrock.documents.comparing import Paragraph
from lionrock.documents.comparisons import paragraphs
from lionrock.documents.language import Language, detect, to_simplified
from lionrock.documents.parsing.numbering import label_of
from lionrock.documents.sentences import sentences
from lionrock.errors import InvalidInput
from lionrock.kernel.capabilities import RunContext

MOST_CLAUSES = 3_000
_FEW = 2
"""A text of so few lines is cut into sentences, and the other text with it."""


@dataclass(frozen=True, slots=True)
class Side:
    name: str
    language: Language
    paragraphs: list[Paragraph]
    document: UUID | None = None

    def clause(self, place: int) -> Clause:
        paragraph = self.paragraphs[place]
        page = paragraph.page if self.document else None
        return Clause(
            number=paragraph.number, heading=paragraph.heading, text=paragraph.text, page=page
        )


async def read(run: RunContext, request: CompareRequest) -> tuple[Side, Side]:
    """`InvalidInput` unless there are two sides with words in them; `NotFound`, `Conflict` as for
    `passages_of`."""
    texts = [text for text in (request.text, request.other_text) if text.strip()]
    if len(request.documents) + len(texts) != 2:
        raise InvalidInput(
            "Give two sides to compare: two documents, a document and a text, or two texts."
        )
    few = len(texts) == 2 and min(len(_lines(text)) for text in texts) <= _FEW
    sides = [await _document(run, document) for document in request.documents]
    sides += [_text(text, by_sentence=few) for text in texts]
    for side in sides:
        if len(side.paragraphs) > MOST_CLAUSES:
            raise InvalidInput(
                f"One side has {len(side.paragraphs)} paragraphs; "
                f"up to {MOST_CLAUSES} can be compared at once."
            )
    first, second = sides
    return first, second


async def _document(run: RunContext, document: UUID) -> Side:
    passages = await run.documents.passages_of(run.actor, document)
    found = list(paragraphs(passages))
    return Side(passages[0].document, _language([p.text for p in found]), found, document)


def _text(text: str, *, by_sentence: bool) -> Side:
    lines = _lines(text)
    if by_sentence:
        lines = [line[start:end] for line in lines for start, end in sentences(line)]
    return Side("", _language(lines), [_paragraph(line) for line in lines])


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _paragraph(text: str) -> Paragraph:
    label = label_of(text)
    return Paragraph(number=label.number if label else "", heading="", text=text, page=1)


def plain(text: str) -> str:
    """In one script, without the number that it starts with: another number is no other text."""
    return to_simplified(unnumbered(text))


def unnumbered(text: str) -> str:
    """A bare figure stays: "16 May" has no number."""
    label = label_of(text)
    if label is None or text[: label.length].strip().isdecimal():
        return text
    return text[label.length :].strip()


def _language(texts: Sequence[str]) -> Language:
    return detect("\n".join(texts))
