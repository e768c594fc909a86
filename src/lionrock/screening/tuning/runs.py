"""Tuning runs that somebody follows on a page, and their reports, see `held_runs`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lionrock.errors import Conflict
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.watch import Watch
from lionrock.screening.held_runs import HeldRun, HeldRuns
from lionrock.screening.registry.registry import Registry
from lionrock.screening.tuning.facts import Wanted
from lionrock.screening.tuning.progress import Stage
from lionrock.screening.tuning.service import Report, Tuning

MOST_KEPT: Final = 3
"""Ended runs of one member; the oldest goes first."""


@dataclass(slots=True, kw_only=True)
class TuningRun(HeldRun[Stage, Report]):
    wanted: Wanted
    stage: Stage = Stage.LISTS


class TuningRuns(HeldRuns[TuningRun]):
    """Every method asks for `screening:tuning:run`, and knows the caller's own runs only."""

    def __init__(self, database: Database, registry: Registry) -> None:
        super().__init__(P.SCREENING_TUNING_RUN, MOST_KEPT)
        self._tuning = Tuning(database, registry)

    def begin(self, actor: Actor, wanted: Wanted, watch: Watch) -> TuningRun:
        """Let it run. It ends with the actor's access, as `watch` sees it.

        `Conflict` while another of theirs is under way, or if nothing of theirs is to be kept.
        """
        require(actor, P.SCREENING_TUNING_RUN)
        if actor.zero_retention:
            raise Conflict(
                "A report is held until you have taken it out; nothing of yours is kept."
                " The route under /v1 answers with the report itself."
            )
        if self._busy(actor):
            raise Conflict("A tuning report of yours is being made: wait for it, or stop it.")
        run = TuningRun(actor=actor, wanted=wanted)
        return self._start(run, lambda: self._tuning.run(actor, wanted, run.tell), watch)
