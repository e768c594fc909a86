"""The report as a whole: what it finds, that it repeats, that the log vouches for it, who may have it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

import pypdfium2
import pytest

from lionrock.errors import Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Entity, Identifier, IdentifierKind, Name, Schema
from lionrock.screening.registry.registry import Registry
from lionrock.screening.tuning.facts import Wanted
from lionrock.screening.tuning.service import Tuning
from tests.screening.alerts.making import desk_of, hit
from tests.screening.registry.small import Listed, person

LISTED = [
    Entity("1", Schema.PERSON, (Name("Saddam Hussein Al-Tikriti"),)),
    Entity("2", Schema.PERSON, (Name("Daniel Tai-man Chan"), Name("陳大文"))),
    Entity("3", Schema.COMPANY, (Name("Golden Harbour Company Limited"),)),
]


@dataclass
class Office:
    registry: Registry
    reviewer: Actor
    database: Database
    un: UUID

    @property
    def tuning(self) -> Tuning:
        return Tuning(self.database, self.registry)


@pytest.fixture
async def office(
    database: Database, actor: Actor, vault: Vault, tmp_path: Path
) -> AsyncIterator[Office]:
    reviewer = replace(actor, roles=frozenset({Role.REVIEWER}))
    registry = Registry.open(database, vault, tmp_path)
    made = await registry.lists.create(reviewer, "UN", "un")
    await registry.imports.take(reviewer, made, Listed(LISTED))
    yield Office(registry, reviewer, database, made)
    await registry.close()


async def test_listed_names_are_found_however_they_are_altered(office: Office) -> None:
    facts = (await office.tuning.run(office.reviewer)).facts
    kinds = {c.kind: c for c in facts.classes}
    assert kinds["exact"].found == kinds["exact"].tried == 4
    assert kinds["romanised"].found == kinds["other-characters"].found == 1
    assert kinds["reverse"].tried == 3 and kinds["abbreviated"].tried == 3
    assert sum(c.tried - c.found for c in facts.classes) == len(facts.misses)
    (un,) = facts.lists
    assert (un.sampled, un.newest, un.newest_sampled, un.newest_found) == (3, 3, 3, 3)
    assert (un.threshold, un.published) == (0.5, "2026-11-01")


async def test_what_is_not_found_is_listed(office: Office) -> None:
    """Against a threshold that nothing reaches."""
    await office.registry.lists.change(office.reviewer, office.un, name="UN", threshold=0.999999)
    facts = (await office.tuning.run(office.reviewer)).facts
    assert all(c.found == 0 for c in facts.classes) and facts.lists[0].newest_found == 0
    missed = {m.screened: m for m in facts.misses}
    assert missed["陈大文"].listed == "Daniel Tai-man Chan" and missed["陈大文"].entry == "2"
    assert 0 < missed["陈大文"].compared < missed["陈大文"].threshold


async def test_newly_designated_names_are_those_of_the_version_in_use(office: Office) -> None:
    again = [replace(LISTED[0], gender="male"), *LISTED[1:], person("4", "Wong Siu Ming")]
    await office.registry.imports.take(office.reviewer, office.un, Listed(again))
    (un,) = (await office.tuning.run(office.reviewer)).facts.lists
    assert (un.version, un.entries) == (2, 4)
    assert (un.newest, un.newest_sampled, un.newest_found) == (1, 1, 1)


async def test_customers_are_sampled_above_and_below_the_line(office: Office) -> None:
    for reference, name in (("A", "CHAN Tai Man"), ("B", "Chan Tai Wing"), ("C", "Maria Lopez")):
        await office.registry.customers.put(office.reviewer, person(reference, name))
    facts = (await office.tuning.run(office.reviewer)).facts
    assert (facts.customers_in_all, facts.customers_sampled, facts.customers_hit) == (3, 3, 1)
    assert [(p.customer, p.entry) for p in facts.above.pairs] == [("A", "2")]
    assert all(p.score < 0.5 and p.customer != "A" for p in facts.below.pairs)
    points = {p.threshold: p for p in facts.curve}
    assert points[0.5].customers_per_1000 == pytest.approx(333.3)
    assert points[0.999].customers_per_1000 == 0


async def test_a_threshold_is_tried_on_what_people_decided(
    office: Office, vault: Vault, postgres: str
) -> None:
    desk = await desk_of(office.database, vault, postgres, office.reviewer.tenant_id)
    for score in (0.6, 0.9):
        _, alert = await desk.raised(hit(score=score))
        await desk.decided(alert)
    await desk.raised(hit(score=0.8))  # nobody has decided on it
    facts = (await office.tuning.run(office.reviewer)).facts
    assert facts.decided == {"false-positive": 2}
    points = {p.threshold: p for p in facts.curve}
    assert (points[0.7].false_raised, points[0.7].false_saved) == (1, 1)
    assert sum(b.decided_false for b in facts.bins) == 2


async def test_the_same_seed_draws_the_same(office: Office) -> None:
    many = [person(str(n), f"Chan Tai Man {'abcdefghij'[n % 10]}son {n}") for n in range(60)]
    own = await office.registry.lists.create(office.reviewer, "Own", "table")
    await office.registry.imports.take(office.reviewer, own, Listed(many))
    wanted = Wanted(seed=7, entries=10, customers=0)
    one, two, other = [
        (await office.tuning.run(office.reviewer, w)).facts
        for w in (wanted, wanted, replace_seed(wanted, 8))
    ]
    assert same(one) == same(two) != same(other)
    assert [len(x.drawn) for x in one.lists] == [x.sampled for x in one.lists]
    assert {x.name: x.sampled for x in one.lists} == {"UN": 1, "Own": 9}


def same(facts: object) -> object:
    return facts.model_dump(exclude={"made_at", "wanted"})  # type: ignore[attr-defined]


def replace_seed(wanted: Wanted, seed: int) -> Wanted:
    return wanted.model_copy(update={"seed": seed})


async def test_the_log_vouches_for_the_report(office: Office) -> None:
    report = await office.tuning.run(office.reviewer)
    assert report.sha256 == hashlib.sha256(report.json).hexdigest()
    assert report.pdf_sha256 == hashlib.sha256(report.pdf).hexdigest()
    async with office.database.tenant_session(office.reviewer) as db:
        row = await db.fetchrow(
            "SELECT e.event, p.payload FROM events e JOIN event_payloads p"
            " ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id) WHERE e.id = $1",
            report.event,
        )
    details = json.loads(row["payload"])["details"]
    assert row["event"] == "screening:tuning:run"
    assert (details["sha256"], details["pdf_sha256"]) == (report.sha256, report.pdf_sha256)
    assert "Saddam" not in row["payload"]


async def test_the_report_is_told_in_two_languages(office: Office) -> None:
    report = await office.tuning.run(office.reviewer)
    told = json.loads(report.json)
    assert told["facts"]["lists"][0]["name"] == "UN"
    assert told["text"]["en"]["kinds"]["reverse"] == "reverse order"
    assert told["text"]["zh-Hant"]["kinds"]["reverse"] == "倒序"
    assert len(told["text"]["en"]["notes"]) == len(told["text"]["zh-Hant"]["notes"])
    assert len(told["text"]["zh-Hant"]["columns"]["curve"]) == 7
    document = pypdfium2.PdfDocument(report.pdf)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    text = "".join(c for c in text if c.isprintable() and c != "\u200b")
    assert "篩查系統" in text and "reverse order 倒序" in text and report.sha256 in text


async def test_it_is_for_reviewers_and_of_lists_in_use(
    office: Office, database: Database, stranger: Actor
) -> None:
    for role in set(Role) - {Role.REVIEWER}:
        with pytest.raises(Forbidden):
            await office.tuning.run(replace(office.reviewer, roles=frozenset({role})))
    with pytest.raises(NotFound):
        await office.tuning.run(office.reviewer, Wanted(lists=[uuid4()]))
    elsewhere = replace(stranger, roles=frozenset({Role.REVIEWER}))
    with pytest.raises(NotFound):
        await office.tuning.run(elsewhere, Wanted(lists=[office.un]))
    with pytest.raises(InvalidInput):
        await office.tuning.run(elsewhere)


async def test_newly_designated_names_are_tried_by_their_first_name_alone(office: Office) -> None:
    """A name too common to be found, which a number of its own would find."""
    number = Identifier(IdentifierKind.PASSPORT, "K0000001")
    listed = Entity("5", Schema.PERSON, (Name("Chan"),), identifiers=(number,))
    await office.registry.imports.take(office.reviewer, office.un, Listed([*LISTED, listed]))
    (un,) = (await office.tuning.run(office.reviewer)).facts.lists
    assert (un.newest, un.newest_sampled, un.newest_found) == (1, 1, 0)
