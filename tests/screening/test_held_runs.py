"""What is held of a run is its owner's, bounded, and goes with its time, whatever the run finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

import pytest

from lionrock.errors import LionrockError, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.documents.runs import DocumentRuns
from lionrock.screening.held_runs import KEPT, HeldRun, HeldRuns
from lionrock.screening.tuning.runs import TuningRuns


class Stage(StrEnum):
    WORK = "work"


class Over:
    """A watch that sees nothing."""

    @contextmanager
    def over(self, actor: Actor, end: Callable[[], Any], *, door: bool) -> Iterator[None]:
        yield


@pytest.fixture
def actor() -> Actor:
    return Actor(uuid4(), uuid4(), ActorKind.MEMBER, frozenset({Role.ANALYST}), "general")


@pytest.fixture
def runs() -> HeldRuns[HeldRun[Stage, int]]:
    return HeldRuns(P.SCREENING_NAME_SCREEN, 2)


async def ended(
    runs: HeldRuns[HeldRun[Stage, int]], actor: Actor, found: int = 1
) -> HeldRun[Stage, int]:
    async def work() -> int:
        if not found:
            raise RuntimeError("broken")
        return found

    run = runs._start(HeldRun(actor=actor, stage=Stage.WORK), work, Over())  # type: ignore[arg-type]
    assert run.task is not None
    await run.task
    return run


async def test_the_newest_are_held(runs: HeldRuns[HeldRun[Stage, int]], actor: Actor) -> None:
    made = [await ended(runs, actor, n) for n in (1, 2, 3)]
    assert [r.found for r in runs.mine(actor)] == [3, 2]
    with pytest.raises(NotFound):
        runs.get(actor, made[0].id)


async def test_what_is_past_its_time_is_let_go_of(
    runs: HeldRuns[HeldRun[Stage, int]], actor: Actor
) -> None:
    run = await ended(runs, actor)
    assert run.ended_at is not None
    run.ended_at -= KEPT - timedelta(minutes=1)
    assert runs.get(actor, run.id) is run
    run.ended_at -= timedelta(minutes=1)
    with pytest.raises(NotFound):
        runs.get(actor, run.id)
    assert runs._runs == {}, "not only hidden"


async def test_what_breaks_is_told_without_its_words(
    runs: HeldRuns[HeldRun[Stage, int]], actor: Actor
) -> None:
    run = await ended(runs, actor, 0)
    assert isinstance(run.error, LionrockError) and "broken" not in str(run.error)


async def test_what_is_dropped_is_held_no_longer(
    runs: HeldRuns[HeldRun[Stage, int]], actor: Actor
) -> None:
    run = await ended(runs, actor)
    runs.drop(run)
    assert runs.mine(actor) == []


def test_documents_and_tuning_hold_their_runs_alike() -> None:
    shared = {"get", "mine", "stop", "close", "drop", "_work", "_own", "_forget"}
    for one in (DocumentRuns, TuningRuns):
        assert issubclass(one, HeldRuns) and not shared & vars(one).keys()
