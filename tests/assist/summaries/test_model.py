"""Summarise and rewrite with the real small model: whatever it writes, only what holds is shown as its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.assist.rewriting.schemas import RewriteRequest, Rewriting
from lionrock.assist.schemas import Origin
from lionrock.assist.summaries.readings import unfounded_dates, unfounded_figures
from lionrock.assist.summaries.schemas import SummariseRequest, Summary
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find
from lionrock.kernel.database import Database
from lionrock.models.embeddings import LocalEmbedder
from tests.assist.summaries.test_summarise import REPORT
from tests.building import house_of, taught
from tests.small_engine import small_engine


@pytest.mark.model
async def test_the_small_model_states_no_figure_that_its_sources_do_not(
    database: Database,
    actor: Actor,
    tmp_path: Path,
    small_model_weights: Path,
    embedder: LocalEmbedder,
) -> None:
    async with (
        small_engine(small_model_weights) as engine,
        house_of(database, actor, tmp_path, engine=engine, embedder=embedder) as house,
    ):
        document = await taught(house, actor, "report.md", REPORT)
        request = SummariseRequest(documents=[document.id], length="short")  # type: ignore[arg-type]
        run = await house.runs.begin(house.context(actor), find("summarise"), request)
        made = [update async for update in run.follow()][-1]
        assert isinstance(made, Summary) and len(made.lines) == 3
        for line in made.lines:
            sources = "\n".join(made.citations[i].quote for i in line.cites)
            assert not unfounded_figures(line.text, sources)
            assert not unfounded_dates(line.text, sources)
            assert line.origin is Origin.QUOTED or not line.failed

        text = RewriteRequest(text="Applicants must submit form BR-1 prior to 14 May 2026.")
        run = await house.runs.begin(house.context(actor), find("rewrite"), text)
        rewriting = [update async for update in run.follow()][-1]
        assert isinstance(rewriting, Rewriting)
        assert "BR-1" in rewriting.paragraphs[0] and "2026" in rewriting.paragraphs[0]
