"""Escalation, and drafts for the JFIU: from evidence, for the officer alone, never a filing."""

from __future__ import annotations

import asyncio
import json

import pypdfium2
import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput
from lionrock.kernel.vault.scopes import Scope
from lionrock.screening.alerts.narrative import narrative
from lionrock.screening.alerts.policy import Policy
from lionrock.screening.alerts.report_files import rows_of
from lionrock.screening.alerts.report_models import (
    MOST_TEXT,
    NOTICE,
    Account,
    Draft,
    Indicator,
    Outcome,
    ReportSubject,
)
from tests.screening.alerts.making import OTHER_BIRTH, SAME, Desk, entry, hit


async def test_whoever_has_it_takes_it_to_the_officer_at_once(desk: Desk) -> None:
    _, alert = await desk.raised()
    content = await desk.proposed(alert)
    with pytest.raises(InvalidInput):
        await desk.alerts.escalation.escalate(desk.analyst, alert, "")
    await desk.alerts.escalation.escalate(desk.analyst, alert, "客戶要求即日轉走全部款項")
    case = await desk.case(alert)
    assert (case.alert.state, case.proposal, case.escalated_by) == (
        "escalated", None, desk.analyst.id,
    )  # fmt: skip
    with pytest.raises(Conflict):
        await desk.alerts.dispositions.approve(desk.reviewer, alert, content)
    with pytest.raises(Conflict, match="already"):
        await desk.alerts.escalation.escalate(desk.reviewer, alert, "again")


async def test_what_is_with_the_officer_is_still_decided_by_two(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    await desk.decided(alert, SAME)
    case = await desk.case(alert)
    assert (case.alert.state, case.alert.escalated) == ("decided", True)


async def test_a_true_match_can_be_taken_to_the_officer_and_a_false_positive_cannot(
    desk: Desk,
) -> None:
    _, match = await desk.raised()
    await desk.decided(match, SAME)
    await desk.alerts.escalation.escalate(desk.reviewer, match, "why")
    assert await desk.state(match) == "decided"
    _, other = await desk.raised()
    await desk.decided(other, OTHER_BIRTH)
    with pytest.raises(Conflict, match="clearance"):
        await desk.alerts.escalation.escalate(desk.reviewer, other, "why")


async def test_a_draft_says_what_matched_what_contradicts_and_who_decided(desk: Desk) -> None:
    await desk.alerts.policies.change(desk.reviewer, Policy(reporting_entity="Harbour Bank"))
    _, alert = await desk.raised()
    await desk.decided(alert, SAME)
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "同一身分證號碼")
    id = await desk.alerts.reports.prepare(desk.reviewer, alert)
    report = await desk.alerts.reports.get(desk.reviewer, id)
    draft = report.draft
    assert (report.notice, report.version, report.outcome) == (NOTICE, 1, None)
    assert (draft.reporting_entity.name, draft.reporting_entity.reference) == (
        "Harbour Bank", str(alert),
    )  # fmt: skip
    (subject,) = draft.subjects
    assert subject.names == ["陳大文", "CHAN Tai Man"]
    assert (subject.births, subject.identifiers[0].value) == (["1 March 1975"], "A123456(3)")
    assert draft.indicators == [Indicator.NAME_MATCH, Indicator.IDENTIFIER_MATCH]
    for words in (
        "Chen Dawen, entry QDi.001 of the list UN Security Council (version 3)",
        "For: 陳大文 reads *Chen Dawen* in pinyin.",
        "Against: Born 1 March 1975 against 1960.",
        f"Member {desk.analyst.id} proposed on",
        "true match. The same identifying number.",
        f"Member {desk.reviewer.id} decided on",
        "同一身分證號碼",
    ):
        assert words in draft.narrative, words


async def test_there_is_no_draft_for_an_alert_the_officer_has_not(desk: Desk) -> None:
    _, alert = await desk.raised()
    with pytest.raises(Conflict, match="escalate"):
        await desk.alerts.reports.prepare(desk.reviewer, alert)
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    await desk.alerts.assignment.assign(desk.reviewer, alert, desk.analyst.id)
    with pytest.raises(Forbidden):
        await desk.alerts.reports.prepare(desk.analyst, alert)
    first = await desk.alerts.reports.prepare(desk.reviewer, alert)
    with pytest.raises(Conflict, match="There is a draft"):
        await desk.alerts.reports.prepare(desk.reviewer, alert)
    assert await desk.alerts.reports.of_alert(desk.reviewer, alert) == [first]
    with pytest.raises(Forbidden):
        await desk.alerts.reports.get(desk.analyst, first)


FILLED = Draft(
    urgent=True, subjects=[ReportSubject(names=["陳大文"])],
    accounts=[Account(number="012-345678-001", balance="HKD 1,000,000")],
    indicators=[Indicator.TERRORIST_PROPERTY], narrative="他昨天要求轉走全部存款。",
)  # fmt: skip


async def test_a_draft_is_edited_one_after_the_other_and_sealed(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    id = await desk.alerts.reports.prepare(desk.reviewer, alert)
    results = await asyncio.gather(
        *(desk.alerts.reports.edit(desk.reviewer, id, FILLED, 1) for _ in range(3)),
        return_exceptions=True,
    )
    assert sorted(map(str, (r for r in results if not isinstance(r, Conflict)))) == ["2"]
    assert (await desk.alerts.reports.get(desk.reviewer, id)).draft == FILLED
    (row,) = await desk.fetch("SELECT content FROM screening_reports WHERE id = $1", id)
    assert "陳大文".encode() not in row["content"] and b"012-345678" not in row["content"]


async def test_an_export_says_that_it_is_a_draft(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    id = await desk.alerts.reports.prepare(desk.reviewer, alert)
    await desk.alerts.reports.edit(desk.reviewer, id, FILLED, 1)
    told = json.loads(await desk.alerts.reports.export(desk.reviewer, id, "json"))
    assert told["notice"].startswith("Draft, not a filing")
    assert told["draft"]["accounts"][0]["number"] == "012-345678-001"
    pdf = pypdfium2.PdfDocument(await desk.alerts.reports.export(desk.reviewer, id, "pdf"))
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    for words in ("Draft, not a filing", "012-345678-001", "他昨天要求轉走全部存款"):
        assert words in text.replace("\r\n", "").replace("\u200b", ""), words
    assert (await desk.events("screening:report")) == [
        "screening:report:prepare", "screening:report:change", "screening:report:export",
        "screening:report:export",
    ]  # fmt: skip


async def test_what_became_of_a_draft_is_noted_once(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    id = await desk.alerts.reports.prepare(desk.reviewer, alert)
    outcome = Outcome(outcome="reported", words="STREAMS 2, 22 November 2026")
    await desk.alerts.reports.conclude(desk.reviewer, id, outcome)
    report = await desk.alerts.reports.get(desk.reviewer, id)
    assert (report.outcome, report.outcome_words, report.concluded_by) == (
        "reported", outcome.words, desk.reviewer.id,
    )  # fmt: skip
    for sent in (
        desk.alerts.reports.edit(desk.reviewer, id, FILLED, 1),
        desk.alerts.reports.conclude(desk.reviewer, id, outcome),
    ):
        with pytest.raises(Conflict, match="concluded"):
            await sent
    assert await desk.alerts.reports.prepare(desk.reviewer, alert) != id


def test_a_file_has_a_row_for_every_field_that_holds_something() -> None:
    rows = dict(rows_of(FILLED))
    assert rows["Urgent"] == "yes" and rows["Relationship ends"] == "no"
    assert rows["Subject 1: names"] == "陳大文"
    assert rows["Account 1: balance"] == "HKD 1,000,000"
    assert rows["Indicator"] == Indicator.TERRORIST_PROPERTY.meaning
    assert "Property" not in rows


async def test_evidence_whose_key_was_destroyed_reads_as_erased(desk: Desk) -> None:
    customer, alert = await desk.raised(hit())
    vault = desk.alerts.cases._vault
    await asyncio.to_thread(vault.destroy, desk.tenant, Scope("alerts", customer.hex))
    case = await desk.case(alert)
    assert (case.alert.name, case.hits[0].evidence) == ("", None)


async def test_a_narrative_that_is_cut_says_so(desk: Desk) -> None:
    many = [hit(entry(n)) for n in range(150)]
    _, alert = await desk.raised(*many)
    case = await desk.case(alert)
    whole = narrative(case.model_copy(update={"hits": case.hits[:5]}), {})
    cut = narrative(case, {})
    assert "[Cut here" not in whole
    assert len(cut) == MOST_TEXT and cut.endswith("Read on in the case.]")
