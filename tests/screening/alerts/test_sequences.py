"""Whatever happens in whatever order: nobody is forgotten, nothing is decided on what has changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lionrock.errors import Conflict, NotFound
from lionrock.screening.alerts.models import NewProposal
from lionrock.screening.alerts.reasons import Disposition
from lionrock.screening.entities import Name
from lionrock.screening.registry.hits import Hit
from tests.screening.alerts.making import CHAN, OTHER_BIRTH, SAME, UNKNOWN, Desk, entry, hit

ENTRIES = st.integers(1, 3)
ACTS = st.one_of(
    st.tuples(st.sampled_from(["found", "changed", "gone"]), ENTRIES),
    st.tuples(st.just("propose"), st.sampled_from([OTHER_BIRTH, OTHER_BIRTH, SAME, UNKNOWN])),
    st.tuples(
        st.sampled_from(
            ["renamed", "assign", "approve", "approve", "send_back", "take_back", "give_back",
             "escalate", "expire"]
        ),
        st.none(),
    ),
)  # fmt: skip
DECIDING = [("assign", None), ("propose", OTHER_BIRTH), ("approve", None)]

_STANDING = """
SELECT h.entry_id, h.entry_digest, h.subject_digest, a.id, a.state, a.disposition,
    a.escalated_at IS NOT NULL AS escalated, EXISTS (SELECT FROM screening_clearances c
        WHERE (c.subject_id, c.list_id, c.entry_id, c.entry_digest, c.subject_digest)
            = (h.subject_id, h.list_id, h.entry_id, h.entry_digest, h.subject_digest)
          AND c.ended_at IS NULL AND c.expires_at > now()) AS cleared
FROM screening_alert_hits h JOIN screening_alerts a ON a.id = h.alert_id
WHERE h.subject_id = $1 AND h.gone_at IS NULL
"""

_ALERTS = """
SELECT a.id, a.state, a.escalated_at IS NOT NULL AS escalated, EXISTS (
    SELECT FROM screening_alert_steps s WHERE s.alert_id = a.id AND s.kind = 'assign') AS had
FROM screening_alerts a WHERE a.subject_id = $1
"""


@dataclass
class World:
    """What a person would expect: the hits there are, and what was shown when it was proposed."""

    desk: Desk
    customer: UUID
    names: int = 0
    present: dict[int, int] = field(default_factory=dict)
    """Entry, and how often it has changed."""
    officers: set[UUID] = field(default_factory=set)
    """Alerts that were taken to the reporting officer."""
    shown: str = ""
    shown_of: frozenset[object] = frozenset()

    def hit(self, number: int) -> Hit:
        return hit(entry(number, notes=str(self.present[number])))

    async def act(self, what: str, value: object) -> None:
        await getattr(self, what)(value)

    async def found(self, number: int) -> None:
        self.present.setdefault(number, 0)
        await self.desk.found(self.customer, self.hit(number))

    async def changed(self, number: int) -> None:
        self.present[number] = self.present.get(number, 0) + 1
        await self.desk.found(self.customer, self.hit(number))

    async def gone(self, number: int) -> None:
        if number in self.present:
            went = self.hit(number)
            del self.present[number]
            await self.desk.gone(self.customer, went)

    async def renamed(self, _: object) -> None:
        self.names += 1
        names = (*CHAN.names, Name(f"CHAN {self.names}"))
        self.desk.customers[self.customer] = replace(CHAN, names=names)
        await self.desk.found(self.customer, *(self.hit(n) for n in self.present))

    async def current(self) -> tuple[UUID, frozenset[object]] | None:
        """The alert that is not at its end, and what it stands on."""
        rows = await self.desk.fetch(
            "SELECT id FROM screening_alerts WHERE subject_id = $1"
            " AND state NOT IN ('decided', 'withdrawn')", self.customer,
        )  # fmt: skip
        assert len(rows) <= 1
        if not rows:
            return None
        standing = await self.desk.fetch(_STANDING, self.customer)
        own = [r for r in standing if r["id"] == rows[0]["id"]]
        return rows[0]["id"], frozenset(
            (r["entry_id"], r["entry_digest"], r["subject_digest"]) for r in own
        )

    async def assign(self, _: object) -> None:
        if now := await self.current():
            await allowed(
                self.desk.alerts.assignment.assign(self.desk.reviewer, now[0], self.desk.analyst.id)
            )

    async def give_back(self, _: object) -> None:
        if now := await self.current():
            await allowed(self.desk.alerts.assignment.give_back(self.desk.analyst, now[0]))

    async def propose(self, proposal: NewProposal) -> None:
        if now := await self.current():
            made = await allowed(
                self.desk.alerts.dispositions.propose(self.desk.analyst, now[0], proposal)
            )
            if made is not None:
                self.shown, self.shown_of = str(made), now[1]

    async def approve(self, _: object) -> None:
        now = await self.current()
        if now is None or not self.shown:
            return
        waits = await self.desk.state(now[0]) == "proposed"
        approve = self.desk.alerts.dispositions.approve
        done = await allowed(approve(self.desk.reviewer, now[0], self.shown))
        assert (done is not None) == waits, "it is decided exactly when a proposal waits"
        assert done is None or now[1] == self.shown_of, "and then on what was shown"

    async def send_back(self, _: object) -> None:
        if now := await self.current():
            await allowed(
                self.desk.alerts.dispositions.send_back(self.desk.reviewer, now[0], "more")
            )

    async def take_back(self, _: object) -> None:
        if now := await self.current():
            await allowed(self.desk.alerts.dispositions.withdraw(self.desk.analyst, now[0]))

    async def escalate(self, _: object) -> None:
        if now := await self.current():
            await allowed(self.desk.alerts.escalation.escalate(self.desk.reviewer, now[0], "why"))
            self.officers.add(now[0])

    async def expire(self, _: object) -> None:
        await self.desk.expire(self.customer)
        await self.desk.alerts.timekeeping.end_clearances(self.desk.tenant)

    async def check(self) -> None:
        standing = await self.desk.fetch(_STANDING, self.customer)
        expected = {self.hit(n).entry_id: self.hit(n).entry_digest for n in self.present}
        assert {r["entry_id"]: r["entry_digest"] for r in standing} == expected
        assert len(standing) == len(expected)
        for row in standing:
            waits = row["state"] not in ("decided", "withdrawn")
            known = row["state"] == "decided" and row["disposition"] != Disposition.FALSE_POSITIVE
            assert waits or row["cleared"] or known, "a hit is nobody's to decide on"
        alerts = await self.desk.fetch(_ALERTS, self.customer)
        for row in alerts:
            own = [r for r in standing if r["id"] == row["id"]]
            about = any(not r["cleared"] for r in own)
            ended = row["state"] in ("decided", "withdrawn")
            assert ended or about or row["escalated"] or row["had"], "it is about nothing"
            assert row["state"] != "withdrawn" or not row["had"], "one person made it go"
        officers = {r["id"] for r in alerts if r["escalated"]}
        assert officers == self.officers, "escalated stays escalated"
        assert all(r["state"] in ("escalated", "proposed", "decided")
                   for r in alerts if r["escalated"])  # fmt: skip
        await self.check_people()

    async def check_people(self) -> None:
        same = await self.desk.fetch(
            "SELECT 1 FROM proposals WHERE state = 'used' AND decided_person = proposed_person"
        )
        pending = await self.desk.fetch(
            "SELECT p.id FROM proposals p JOIN screening_alerts a ON a.id = p.subject_id"
            " WHERE p.state IN ('pending', 'approved') AND a.state <> 'proposed'"
        )
        assert not same and not pending, "a proposal waits that nobody can decide on"


async def allowed(sent: object) -> object | None:
    """What it gives, or None where the state does not allow it."""
    try:
        done = await sent  # type: ignore[misc]
    except (Conflict, NotFound):
        return None
    return done if done is not None else True


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=st.lists(ACTS, max_size=6),
    decide=st.booleans(),
    then=st.lists(ACTS, max_size=8),
)
@example(first=[("escalate", None)], decide=True, then=[("changed", 1), ("gone", 1)])
@example(first=[("assign", None), ("give_back", None)], decide=False, then=[("gone", 1)])
async def test_every_hit_is_decided_on_by_two_or_waits(
    desk: Desk,
    first: list[tuple[str, object]],
    decide: bool,
    then: list[tuple[str, object]],
) -> None:
    world = World(desk, await desk.customer())
    await world.found(1)
    for what, value in [*first, *(DECIDING if decide else []), *then]:
        await world.act(what, value)
        await world.check()
