"""One segment's translation, from the cheapest way that holds to the dearest.

The other script by table; the model with the terms in a list; where a check that binds or a term fails, a
term stands there less often than in the source, or parts were left untranslated or out, the model once
more with the terms put into the source; where a term still fails, the better of the two to be corrected,
and then an answer that only fits with the term, from engines that keep patterns. The best of what was
written is taken: the most whole, then fewest faults that bind, then fewest terms missed, then fewest
faults, then fewest terms said less often. What fails then is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from lionrock.assist.checks import Check, CheckName
from lionrock.assist.model import written
from lionrock.assist.translate import prompting, termbase
from lionrock.assist.translate.checking import BINDING, checks, failed
from lionrock.assist.translate.mending import mended
from lionrock.assist.translate.schemas import Match, Origin, Segment
from lionrock.assist.translate.script import in_script
from lionrock.assist.translate.termbase import Term, Termbase
from lionrock.documents.language import HAN, Language
from lionrock.documents.sentences import sentences
from lionrock.errors import EngineRefused
from lionrock.kernel.capabilities import RunContext
from lionrock.models.engines import ChatRequest

CLOSE_MATCH: Final = 0.75
"""From this likeness on the memory's nearest is the model's example."""
_LONGEST_ASKED: Final = 700
"""Characters given to the model at once; more is asked for in parts."""
_LETTERS: Final = re.compile(r"[^\W\d_]")
_NO_TRANSLATION: Final = frozenset({CheckName.LENGTH, CheckName.SCRIPT})
"""Parts left in the source's language, or left out."""
_SCRIPTS: Final = frozenset({"zh-Hant", "zh-Hans"})


@dataclass(frozen=True, slots=True)
class Direction:
    language: Language
    into: Language
    termbase: Termbase

    @property
    def by_table(self) -> bool:
        """Only the script changes."""
        return self.language != self.into and {self.language, self.into} == _SCRIPTS


@dataclass(frozen=True, slots=True)
class Try:
    text: str
    checks: list[Check]
    shortfall: int
    """How many times more often terms stand in the source."""

    @property
    def faults(self) -> tuple[int, int, int, int, int]:
        """Is it no translation at all, binding checks that fail, terms missed, all checks that fail, terms
        said less often."""
        names = failed(self.checks)
        missed = sum(len(c.faults) for c in self.checks if c.name is CheckName.TERMS)
        return (
            len(names & _NO_TRANSLATION),
            len(names & BINDING),
            missed,
            len(names),
            self.shortfall,
        )

    @property
    def enough(self) -> bool:
        """Nothing is wrong that asking again is known to help with."""
        return self.faults[:3] == (0, 0, 0) and not self.shortfall and bool(self.text)


def without_model(one: Segment, way: Direction) -> Segment | None:
    """The segment translated where no model is needed for it; None where one is."""
    if not _LETTERS.search(one.source) or way.language == way.into:
        return checked(one, one.source, Origin.COPIED, way)
    if way.into != "en" and not HAN.search(one.source) and way.language != "en":
        return checked(one, one.source, Origin.COPIED, way)
    if way.by_table:
        return checked(one, in_script(one.source, way.into), Origin.SCRIPT, way)
    return None


def checked(one: Segment, target: str, origin: Origin, way: Direction) -> Segment:
    """The segment with this translation and its checks."""
    terms = way.termbase.terms(one.source)
    found = checks(one.source, target, way.language, way.into, terms)
    return one.model_copy(update={"target": target, "origin": origin, "checks": found})


async def with_model(run: RunContext, one: Segment, way: Direction) -> Segment:
    """Raises what the gateway raises."""
    parts, texts = _parts(one.source), []
    for part in parts:
        texts.append(await _part(run, part, way, one.match if len(parts) == 1 else None))
    joint = " " if way.into == "en" else ""
    return checked(one, joint.join(texts), Origin.MODEL, way)


async def _part(run: RunContext, source: str, way: Direction, match: Match | None) -> str:
    terms = way.termbase.terms(source)
    near = match if match and match.score >= CLOSE_MATCH else None
    best: Try | None = None
    async for one in _tries(run, source, way, terms, near):
        if best is None or one.faults < best.faults or not best.text:
            best = one
        if best.enough:
            break
    return best.text if best else ""


async def _tries(
    run: RunContext, source: str, way: Direction, terms: Sequence[Term], match: Match | None
) -> AsyncIterator[Try]:
    def judged(text: str) -> Try:
        # A term's form is put where its own words were left, then the script is seen to.
        mend = in_script(mended(in_script(text, way.into, source), terms), way.into, source)
        found = checks(source, mend, way.language, way.into, terms)
        return Try(mend, found, termbase.shortfall(terms, mend))

    def asked(**how: object) -> ChatRequest:
        return prompting.request(source, way.language, way.into, terms, match=match, **how)  # type: ignore[arg-type]

    first = judged((await written(run, asked()))[0])
    yield first
    second = judged((await written(run, asked(way="replaced")))[0])
    yield second
    least = min(first, second, key=lambda t: t.faults)
    if least.text and (missed := termbase.missing(terms, least.text)):
        correction = prompting.correction(source, least.text, way.language, way.into, missed)
        third = judged((await written(run, correction))[0])
        yield third
        least = min(least, third, key=lambda t: t.faults)
    if missed := termbase.missing(terms, least.text):
        schema = prompting.form_with(missed)
        try:
            answer, whole = await written(run, asked(way="replaced", schema=schema))
        except EngineRefused:  # it keeps no patterns
            return
        if whole:
            yield judged(_of_form(answer))


def _of_form(answer: str) -> str:
    """The text in a form's answer; "" where the engine did not keep to the form."""
    try:
        found = json.loads(answer)
        return " ".join(str(found["translation"]).split())
    except (ValueError, TypeError, KeyError):
        return ""


def _parts(source: str) -> list[str]:
    """What is asked for at once, each in one line."""
    line = " ".join(source.split())
    if len(line) <= _LONGEST_ASKED:
        return [line]
    return [line[a:b] for a, b in sentences(line)]
