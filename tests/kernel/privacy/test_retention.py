from __future__ import annotations

from datetime import date

import asyncpg
import pytest

from lionrock.errors import InvalidInput
from lionrock.kernel import purposes
from lionrock.kernel.privacy.clock import months_after
from lionrock.kernel.privacy.holds import Target
from lionrock.kernel.purposes import RetentionClass
from tests.building import taught
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.test_holds import collection_of, paper

LATER = date(2040, 1, 1)


def a_class(**parts: object) -> RetentionClass:
    return RetentionClass(code="letters", title_en="Letters", title_zh="信件", **parts)  # type: ignore[arg-type]


async def classed(office: Office, kept: RetentionClass) -> None:
    """The only collection takes this class."""
    database = office.house.database
    await purposes.add_retention_class(database, office.officer, kept)
    async with database.tenant_session(office.administrator) as db:
        await db.execute("UPDATE collections SET retention_class = $1", kept.code)


async def test_what_is_past_its_longest_time_is_listed_and_stays(office: Office) -> None:
    await classed(office, a_class(maximum_months=12))
    document = await paper(office)
    retention = office.privacy.retention
    assert await retention.due(office.officer) == []
    (due,) = await retention.due(office.officer, today=LATER)
    assert (due.target_id, due.retention_class, due.hold) == (document, "letters", None)
    assert due.due_on == months_after(due.started_on, 12)
    await office.privacy.keep_time()
    await office.house.documents.get(office.administrator, document)


async def test_a_period_nobody_has_started_has_not_begun(office: Office) -> None:
    await classed(office, a_class(maximum_months=1, starts="relationship-end"))
    document, retention = await paper(office), office.privacy.retention
    assert await retention.due(office.officer, today=LATER) == []
    ended = date(2026, 1, 31)
    await retention.start(office.officer, "document", document, "relationship-end", ended)
    (due,) = await retention.due(office.officer)
    assert due.due_on == date(2026, 2, 28)
    assert "retention:start:set" in await office.events()


async def test_a_documents_own_day_goes_before_its_collections(office: Office) -> None:
    await classed(office, a_class(maximum_months=1, starts="decision"))
    document, retention = await paper(office), office.privacy.retention
    whole, own = date(2025, 1, 1), date(2025, 6, 1)
    collection = await collection_of(office)
    await retention.start(office.officer, "collection", collection, "decision", whole)
    assert [d.started_on for d in await retention.due(office.officer)] == [whole]
    await retention.start(office.officer, "document", document, "decision", own)
    assert [d.started_on for d in await retention.due(office.officer)] == [own]


async def test_use_puts_off_the_end_where_the_class_says_so(office: Office) -> None:
    await classed(office, a_class(maximum_months=1, starts="last-use"))
    document, database = await paper(office), office.house.database
    async with database.tenant_session(office.administrator) as db:
        await db.execute("UPDATE documents SET created_at = now() - interval '1 year'")
    (before,) = await office.privacy.retention.due(office.officer)
    await office.house.documents.get(office.administrator, document)
    from lionrock.assist.schemas import AskRequest
    from lionrock.kernel.capabilities import find

    context = office.house.context(office.administrator)
    live = await office.house.runs.begin(
        context, find("ask"), AskRequest(question="Who wrote? 陳大文 wrote.")
    )
    [u async for u in live.follow()]
    async with database.tenant_session(office.administrator) as db:
        used = await db.fetchval(
            "SELECT count(*) FROM run_sources WHERE document_id = $1", document
        )
    after = await office.privacy.retention.due(office.officer)
    assert (used, before.target_id, after) == (1, document, [])


async def test_only_a_class_that_says_so_goes_by_itself_and_not_what_is_held(
    office: Office,
) -> None:
    await classed(office, a_class(maximum_months=0, automatic=True))
    gone = await paper(office)
    held = (await taught(office.house, office.administrator, "held.md", "# Held\n\nKept.")).id
    await office.privacy.holds.place(
        office.officer, "H", "r", [Target(kind="document", id=held)]
    )  # fmt: skip
    await office.privacy.keep_time()
    there = {d.id for d in await office.house.documents.list(office.administrator)}
    assert there == {held}
    (erasure,) = await office.privacy.erasures.listing(office.officer)
    assert (erasure.state, erasure.proposed_by, erasure.targets[0].id) == ("done", None, gone)


@pytest.mark.parametrize(("months", "starts"), [(59, "relationship-end"), (60, "added")])
async def test_money_laundering_records_are_not_kept_shorter_than_five_years(
    office: Office, months: int, starts: str
) -> None:
    changed = RetentionClass(
        code="aml-due-diligence", title_en="A", title_zh="甲", minimum_months=months,
        starts=starts,  # type: ignore[arg-type]
    )  # fmt: skip
    database = office.house.database
    with pytest.raises(InvalidInput, match=r"Cap\. 615"):
        await purposes.change_retention_class(database, office.officer, changed)
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.tenant_session(office.officer) as db:
            await db.execute(
                "UPDATE retention_classes SET minimum_months = $1, starts = $2 WHERE code = $3",
                *(months, starts, changed.code),
            )


async def test_seeded_classes_of_money_laundering_records_hold_five_years(office: Office) -> None:
    kept = {
        k.code: k for k in await purposes.retention_classes(office.house.database, office.officer)
    }
    assert all(k.minimum_months >= 60 for c, k in kept.items() if c.startswith("aml-"))
    assert not any(k.automatic for k in kept.values())
