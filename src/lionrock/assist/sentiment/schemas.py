"""What goes in and out: a text, a document or a file of texts; how each speaks, with the words that say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from lionrock.assist.schemas import CleanText
from lionrock.assist.sentiment.signs import Sign, SignKind, Urgency
from lionrock.documents.citations import Citation
from lionrock.kernel.capabilities import Result, RunContext
from lionrock.kernel.fields import DocumentId, FileBytes
from lionrock.kernel.tables import as_csv, as_xlsx

LONGEST_TEXT: Final = 20_000
SHOWN: Final = 100
"""Rows of a file on a page; a saved file has them all."""
_DAYS: Final = 62
"""A table over time goes by days up to so many, else by months."""


class SentimentRequest(BaseModel):
    """One of `text`, `document` and `file`."""

    model_config = ConfigDict(extra="forbid")
    text: CleanText = Field(
        default="", max_length=LONGEST_TEXT, description="The text, in any of the languages."
    )
    document: DocumentId | None = Field(default=None, description="A document to read.")
    file: FileBytes | None = Field(
        default=None, exclude=True, description="A CSV or XLSX file of many texts, one a row."
    )
    column: CleanText = Field(
        default="", max_length=100, description="The file's column that holds the texts; else text."
    )
    dates: CleanText = Field(
        default="", max_length=100, description="The file's column that holds their dates, if any."
    )
    classifier: CleanText = Field(
        default="", max_length=80, description="The name of a classifier; else the one in use."
    )
    quick: bool = Field(
        default=False, description="Leave meaning out: several times as fast, somewhat less exact."
    )
    ask: bool = Field(
        default=False, description="Ask the model about texts that stay unsure: some seconds each."
    )
    no_aspects: bool = Field(
        default=False, description="Do not ask the model what the text speaks of, and why."
    )


class Label(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Method(StrEnum):
    """What decided. `MEANING`, `QUICK`: the heads of a trained classifier. `WORDS`: lists alone. `MODEL`: its
    marks, where no classifier is trained and it was asked about every text."""

    MODEL = "model"
    MEANING = "meaning"
    QUICK = "quick"
    WORDS = "words"


class Note(StrEnum):
    """What a reader must know of a result; each is worded in the catalogues, context "sentiment"."""

    ASPECTS_FAILED = "aspects failed"
    ASPECTS_LONG = "aspects long"
    ASPECTS_NEED_MODEL = "aspects need model"
    ASKED_SOME = "asked some"
    ASK_NEEDS_MODEL = "ask needs model"
    CUT = "cut"
    NO_MEANING = "no meaning"
    WORDS_ONLY = "words only"


NOTES: Final = {
    Note.ASPECTS_FAILED: "The model's answer could not be used, so there are no aspects.",
    Note.ASPECTS_LONG: "The text is longer than the model reads; aspects are of its beginning.",
    Note.ASPECTS_NEED_MODEL: "Aspects and reasons need a language model, and none answers here.",
    Note.ASKED_SOME: "The model marked only some of what is unsure: a run asks about 500, and some got no mark.",
    Note.ASK_NEEDS_MODEL: "The model marked nothing: none answers here, or it was not measured for this.",
    Note.CUT: "The document is long: only its first sentences are listed and judged one by one.",
    Note.NO_MEANING: "Meaning could not be read here, so the quick head of the classifier decided.",
    Note.WORDS_ONLY: "No classifier is trained: listed words decided, without a measured confidence.",
}


class Judgement(BaseModel):
    """`confidence`: calibrated probability of the label; None where listed words decided. `unsure`: too
    little speaks for the label; a person should read it. `shares`: the probability of each label.
    `by_model`: the language model was asked, and its mark counted."""

    model_config = ConfigDict(frozen=True)
    label: Label
    confidence: float | None
    unsure: bool
    shares: tuple[float, float, float] | None = None
    by_model: bool = False


class SaidSentence(Judgement):
    text: str
    citation: Citation | None = None


class Aspect(BaseModel):
    """What a text speaks of, how, and why, by the model. `quote` stands in the text."""

    model_config = ConfigDict(frozen=True)
    aspect: str
    label: Label
    reason: str
    quote: str


class TextRead(Judgement):
    """`number`: the row in its file; 0 for a text of its own."""

    number: int = 0
    dated: date | None = None
    text: str
    complaint: bool
    urgency: Urgency
    care: bool
    """Something says that the customer may be vulnerable."""
    signs: list[Sign]

    @property
    def call(self) -> str:
        """The label, or that it is unsure."""
        return "unsure" if self.unsure else str(self.label)

    def words_of(self, kind: SignKind) -> list[str]:
        return list(dict.fromkeys(s.words for s in self.signs if s.kind is kind))


CALLS: Final = (*map(str, Label), "unsure")


class SentimentResult(Result):
    template: ClassVar[str] = "assist/sentiments.html"
    formats: ClassVar[tuple[str, ...]] = ("xlsx", "csv")
    texts: list[TextRead]
    """One, or the rows of a file in order."""
    many: bool
    document: str = ""
    sentences: Sequence[SaidSentence] = ()
    """Of one text that has more than one."""
    aspects: Sequence[Aspect] = ()
    dropped: int = 0
    """Aspects of the model's that quoted nothing in the text."""
    method: Method
    classifier: str = ""
    model: str | None = None
    notes: Sequence[Note] = ()

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(t.call for t in self.texts)
        return {call: counted[call] for call in CALLS}

    @property
    def asked(self) -> int:
        """Of how many texts the language model's mark counted."""
        return sum(t.by_model for t in self.texts)

    @property
    def marked(self) -> dict[str, int]:
        """How many texts complain, press, or tell of someone who may need care."""
        return {
            "complaint": sum(t.complaint for t in self.texts),
            "urgency": sum(t.urgency is not Urgency.NONE for t in self.texts),
            "care": sum(t.care for t in self.texts),
        }

    @property
    def foremost(self) -> list[TextRead]:
        """Those that need a person first: what presses, who may need care, complaints, the negative."""
        return sorted(self.texts, key=_order)[:SHOWN]

    @property
    def over_time(self) -> dict[str, dict[str, int]]:
        """Counts by day or month, in order; empty where fewer than two have one."""
        dated = [(t.dated, t.call) for t in self.texts if t.dated is not None]
        if not dated:
            return {}
        days = [day for day, _ in dated]
        length = 10 if (max(days) - min(days)).days <= _DAYS else 7
        counted = Counter((day.isoformat()[:length], call) for day, call in dated)
        periods = sorted({period for period, _ in counted})
        found = {p: {call: counted[p, call] for call in CALLS} for p in periods}
        return found if len(found) > 1 else {}

    async def file(self, run: RunContext, format: str) -> bytes:
        rows = [_cells(t) for t in self.texts]
        if format == "csv":
            return as_csv(_HEADS, rows)
        sheets: list[tuple[str, list[Sequence[object]]]] = [("texts", [_HEADS, *rows])]
        if self.sentences:
            heads = ("sentence", "sentiment", "confidence", "unsure")
            said = [(s.text, str(s.label), s.confidence, _yes(s.unsure)) for s in self.sentences]
            sheets.append(("sentences", [heads, *said]))
        if self.aspects:
            found = [(a.aspect, str(a.label), a.reason, a.quote) for a in self.aspects]
            sheets.append(("aspects", [("aspect", "sentiment", "reason", "quote"), *found]))
        sheets.append(("counts", [*self.counts.items(), *self.marked.items()]))
        if self.over_time:
            times = [(period, *counts.values()) for period, counts in self.over_time.items()]
            sheets.append(("over time", [("period", *CALLS), *times]))
        return as_xlsx(sheets)

    def plain(self) -> str:
        lines = [self._tally()] if self.many else _told(self)
        decided = {"words": "listed words", "quick": "quick head", "meaning": "with meaning",
                   "model": "the model's marks"}  # fmt: skip
        named = f"{self.classifier}, " if self.classifier else ""
        asked = [self._asked()] if self.asked and self.method is not Method.MODEL else []
        notes = (f"({NOTES[n]})" for n in self.notes)
        return "\n".join([*lines, f"(decided by: {named}{decided[self.method]})", *asked, *notes])

    def _asked(self) -> str:
        about = f" about {self.asked:,} of them" if self.many else ""
        return f"({self.model} was asked{about})"

    def _tally(self) -> str:
        counted = [f"{n:>7,} {call}" for call, n in self.counts.items()]
        signed = [f"{n:>7,} with signs of {kind}" for kind, n in self.marked.items()]
        return "\n".join([f"{len(self.texts):,} texts", *counted, *signed])


def _order(one: TextRead) -> tuple[object, ...]:
    pressing = (Urgency.HIGH, Urgency.RAISED, Urgency.NONE).index(one.urgency)
    negative = one.label is not Label.NEGATIVE
    return pressing, not one.care, not one.complaint, negative, one.number


_HEADS: Final = (
    "row", "date", "text", "sentiment", "confidence", "unsure",
    "complaint", "complaint words", "urgency", "urgency words", "care", "care words",
    "model asked",
)  # fmt: skip


def _cells(one: TextRead) -> list[object]:
    signs = ("; ".join(one.words_of(kind)) for kind in SignKind)
    complaint, urgency, care = signs
    dated = one.dated.isoformat() if one.dated else ""
    return [
        one.number or "", dated, one.text, str(one.label), one.confidence, _yes(one.unsure),
        _yes(one.complaint), complaint, str(one.urgency), urgency, _yes(one.care), care,
        _yes(one.by_model),
    ]  # fmt: skip


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _told(result: SentimentResult) -> list[str]:
    one = result.texts[0]
    lines = [_judged(one)]
    for kind, there in (("complaint", one.complaint), ("care", one.care)):
        lines.append(f"{kind}: {_yes(there)}{_quoted(one, SignKind(kind))}")
    lines.insert(2, f"urgency: {one.urgency}{_quoted(one, SignKind.URGENCY)}")
    lines += [f"  {_judged(s)}: {s.text}" for s in result.sentences]
    lines += [f"  · {a.aspect}: {a.label}, {a.reason} “{a.quote}”" for a in result.aspects]
    return lines


def _judged(one: Judgement) -> str:
    sure = f" {one.confidence:.2f}" if one.confidence is not None else ""
    return f"{'unsure, ' if one.unsure else ''}{one.label}{sure}"


def _quoted(one: TextRead, kind: SignKind) -> str:
    words = one.words_of(kind)
    return f" ({', '.join(f'“{w}”' for w in words)})" if words else ""
