"""The documents as they are summarised: passages, candidates with their scores, what was kept out."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from lionrock.assist.reading import Piece, cited
from lionrock.assist.summaries.candidates import Candidate, candidates, divided
from lionrock.assist.summaries.choices import Reader
from lionrock.assist.summaries.salience import Vector, rank
from lionrock.assist.summaries.wording import Source
from lionrock.documents.citations import Citation
from lionrock.documents.language import Language
from lionrock.kernel.capabilities import Progress, RunContext


@dataclass(slots=True)
class Material:
    """By document, in the order asked for; `pieces` without those that speak to a model."""

    names: list[str] = field(default_factory=list)
    pieces: list[list[Piece]] = field(default_factory=list)
    candidates: list[list[Candidate]] = field(default_factory=list)
    vectors: dict[Candidate, Vector] = field(default_factory=dict)
    kept_out: list[Citation] = field(default_factory=list)

    @property
    def language(self) -> Language:
        """Most of the text's."""
        length: Counter[str] = Counter()
        for piece in (p for pieces in self.pieces for p in pieces):
            length[piece.passage.language] += len(piece.text)
        return max(_LANGUAGES, key=lambda k: length[k])

    def uncovered(self, used: Sequence[Candidate]) -> list[str]:
        """Sections with sentences of which none is used, in order: a whole chapter by its own heading.
        With several documents, named."""
        several = len(self.candidates) > 1
        left: dict[str, None] = {}
        for found in self.candidates:
            mine = [c for c in used if c in found]
            have = {c.section for c in mine} | {c.chapter for c in mine} | {""}
            for candidate in found:
                if candidate.section not in have:
                    whole = candidate.chapter not in have
                    heading = candidate.chapter if whole else candidate.section
                    document = candidate.piece.passage.document
                    left[f"{document}: {heading}" if several else heading] = None
        return list(left)


_LANGUAGES: tuple[Language, ...] = ("en", "zh-Hant", "zh-Hans", "yue")


async def material(
    run: RunContext, documents: Sequence[UUID], reader: Reader
) -> AsyncIterator[Progress | Material]:
    """Progress, then the material. `NotFound`, `Conflict` as for `passages_of`."""
    made = Material()
    wanted = list(dict.fromkeys(documents))
    for done, document in enumerate(wanted):
        yield Progress(stage="reading", done=done, total=len(wanted))
        every = await run.documents.passages_of(run.actor, document)
        kept, out = divided(every)
        made.kept_out += [c for piece in out if (c := await cited(run, piece))]
        found = candidates(kept)
        made.names.append(every[0].document)
        made.pieces.append(kept)
        made.candidates.append(found)
        made.vectors |= rank(found, reader)
    yield made


async def stand(run: RunContext, groups: Sequence[Sequence[Candidate]]) -> list[list[Source]]:
    """The groups' sentences that stand on their page as they are; groups without any fall away."""
    made = []
    for group in groups:
        found = [(c, await cited(run, c.piece)) for c in group]
        if sources := [Source(c, citation) for c, citation in found if citation is not None]:
            made.append(sources)
    return made
