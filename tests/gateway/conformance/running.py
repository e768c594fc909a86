"""Ways to run a check against a fake."""

from __future__ import annotations

from contextlib import aclosing

from lionrock.gateway.conformance import CHECKS, Finding, Target, Verdict, check
from lionrock.gateway.conformance.probe import Patience, Probe
from lionrock.gateway.conformance.verdicts import Fault, Outcome, failed
from lionrock.gateway.conformance.wire import Wire
from lionrock.gateway.fields.kinds import EngineKind
from tests.gateway.fakes.ills import Ill
from tests.gateway.fakes.kinds import CONTEXT
from tests.gateway.fakes.server import KEY, MODEL, FakeEngine, fake_engine

UNHURRIED = Patience(silence=60, freed=20, stuck=30, queued=0.2, poll=0.02)
"""For engines that do well: a busy machine is no fault of theirs."""
CURT = Patience(silence=60, freed=0.05, stuck=0.3, queued=0.2, poll=0.02)


async def findings(fake: FakeEngine, **told: object) -> dict[str, Finding]:
    """Of a whole run, by check."""
    target = Target(fake.url, **({"key": KEY, "at_once": 1} | told))  # type: ignore[arg-type]
    return {found.check: found async for found in check(target, patience=UNHURRIED)}


async def outcome(
    name: str,
    kind: EngineKind,
    *ills: Ill,
    context: int | None = CONTEXT,
    patience: Patience = UNHURRIED,
    metrics: bool = True,
    behind_proxy: bool = True,
    key: str | None = KEY,
) -> Outcome:
    """Of one check against a fake."""
    async with fake_engine(kind, *ills, behind_proxy=behind_proxy) as fake:
        fake.metrics = metrics
        wire = Wire(fake.url, key=key, silence=patience.silence)
        try:
            return await CHECKS[name](Probe(wire, kind, MODEL, context, 1, patience))
        except Fault as fault:
            return failed(f"it {fault}")
        finally:
            await wire.close()


def verdicts(found: dict[str, Finding], verdict: Verdict) -> set[str]:
    return {name for name, finding in found.items() if finding.verdict is verdict}


async def introduced(fake: FakeEngine, **told: object) -> Finding:
    """The first finding alone."""
    target = Target(fake.url, key=KEY, **told)  # type: ignore[arg-type]
    async with aclosing(check(target, patience=UNHURRIED)) as found:
        return await anext(found)
