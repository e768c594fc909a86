"""Use of models on its page: by day as plots, by model, member and key; one's own for others."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.gateway.ledger.report import Line
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.web.gateway_plots import by_day
from lionrock.web.i18n import LANGUAGES, translator
from tests.gateway.ledger.making import Hands, call, new_key, used
from tests.web.client import Client
from tests.web.test_sections import become

SUMS = st.integers(0, 10**12)
FIRST = date(2026, 3, 2)
PATH = "/admin/usage?since=2026-03-01&until=2026-03-04"


def line(day: date, tokens_in: int, tokens_out: int, cost: int = 0, currency: str = "HKD") -> Line:
    return Line(
        member=None, key=None, model=None, day=day, currency=currency, calls=1, under_way=0,
        failed=0, tokens_in=tokens_in, tokens_out=tokens_out, cost=cost,
    )  # fmt: skip


@pytest.fixture
async def used_up(database: Database, actor: Actor) -> Actor:
    """Two members used HKD 1.00 and 0.40; the second's was with a key, of another model, a day later."""
    key, clock = await new_key(database, actor), Hands()
    colleague = replace(actor, id=uuid4())
    async with Ledger(database, clock=clock) as ledger:
        await ledger.settle(await ledger.admit(call(actor)), used(100))
        clock.move(days=1)
        other = replace(call(colleague, key=key), model="large")
        await ledger.settle(await ledger.admit(other), used(40))
    return colleague


async def test_the_institutions_use_is_shown_by_day_model_member_and_key(
    reader: Client, used_up: Actor
) -> None:
    text = (await reader.get(PATH, accept_language="en")).text
    assert "Tokens by day" in text and "Cost by day, HKD" in text
    assert "2 Mar 2026: 50 in, 50 out" in text and "3 Mar 2026: HK$0.40" in text
    assert "70 tokens in and 70 out; most on 2 Mar 2026" in text
    assert "By model" in text and "large" in text and str(used_up.id)[:8] in text
    assert "without a key" in text and "HK$1.40" in text
    assert "style=" not in text
    assert "每日詞元用量" in (await reader.get(PATH, accept_language="zh-HK")).text


async def test_who_may_only_call_models_sees_their_own(
    reader: Client, database: Database, actor: Actor, used_up: Actor
) -> None:
    await become(database, actor, Role.ANALYST)
    text = (await reader.get(PATH, accept_language="en")).text
    assert "What you used" in text and "large" not in text and "By member" not in text
    assert "HK$1.00" in text and "HK$1.40" not in text


async def test_days_without_use_and_days_that_are_none_are_said(reader: Client) -> None:
    text = (await reader.get("/admin/usage", accept_language="en")).text
    assert "No model was called" in text and "The last 90 days" in text
    assert (await reader.get("/admin/usage?since=2026-03-04&until=2026-03-01")).status == 422
    assert (await reader.get("/admin/usage?since=yesterday")).status == 422


def test_the_whole_of_a_day_stands_behind_what_was_sent_in() -> None:
    plot, cost = by_day([line(FIRST, 300, 100, 5_000)], FIRST, FIRST, translator("en"))
    behind, front = plot.bars
    assert (behind.look, front.look) == ("out", "in")
    assert front.height == pytest.approx(behind.height * 0.75, abs=0.2)
    assert cost.title == "Cost by day, HKD" and cost.told.startswith("HK$0.005 in all")


def test_currencies_are_not_added_up_and_free_calls_have_no_cost() -> None:
    lines = [line(FIRST, 1, 1, 7, "HKD"), line(FIRST, 1, 1, 9, "USD"), line(FIRST, 5, 5)]
    plots = by_day(lines, FIRST, FIRST, translator("en"))
    assert [p.id for p in plots] == ["tokens", "cost-HKD", "cost-USD"]
    assert [p.id for p in by_day([line(FIRST, 5, 5)], FIRST, FIRST, translator("en"))] == ["tokens"]
    assert by_day([], FIRST, FIRST, translator("en")) == []


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.dictionaries(st.integers(0, 399), st.tuples(SUMS, SUMS, SUMS), min_size=1, max_size=20))
def test_every_bar_stands_within_the_plot_at_its_day(
    language: str, used: dict[int, tuple[int, int, int]]
) -> None:
    until = FIRST + timedelta(days=max(used))
    lines = [line(FIRST + timedelta(days=n), *sums) for n, sums in used.items()]
    for plot in by_day(lines, FIRST, until, translator(language)):
        assert len(plot.xs) <= 6 and all(re.search(r"\d", t.text) for t in plot.ys)
        for bar in plot.bars:
            assert plot.left <= bar.x and bar.x + bar.width <= plot.right + 0.5
            assert plot.top - 0.1 <= bar.y <= plot.bottom
