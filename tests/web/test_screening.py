from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.screening.entities import Birth, Entity, Identifier, IdentifierKind, Name, Schema
from lionrock.screening.matching.compare import compare
from lionrock.web.i18n import translator
from lionrock.web.screening_words import FEATURES, scored, worded
from tests.web.client import Client
from tests.web.conftest import House
from tests.web.screening_office import LIST, hit, imported, member, send_file


@pytest.fixture
async def analyst(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Wong Ka-yan", Role.ANALYST)


@pytest.fixture
async def reviewer(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Lam Chi Fai", Role.REVIEWER)


async def count(database: Database, actor: Actor, table: str) -> int:
    async with database.tenant_session(actor) as db:
        return int(await db.fetchval(f"SELECT count(*) FROM {table}"))


async def test_a_romanised_name_finds_the_chinese_one_with_its_evidence_in_words(
    analyst: Client, reviewer: Client
) -> None:
    assert "There is no list to screen against" in (await analyst.get("/screening/desk")).text
    await imported(reviewer)
    for language, said in (
        ("en", "大 read tai in Hong Kong romanisation"),
        ("zh-HK", "大 按香港拼音讀作 tai"),
        ("zh-CN", "大 按香港拼音读作 tai"),
    ):
        form = {"name": "CHAN Tai Man"}
        text = (await analyst.post("/screening/look", form, accept_language=language)).text
        assert "陳大文" in text and said in text and "/entries/" in text


async def test_typing_leaves_no_trace_and_screening_does(
    analyst: Client, reviewer: Client, database: Database, actor: Actor
) -> None:
    await imported(reviewer)
    before = await count(database, actor, "events")
    await analyst.post("/screening/look", {"name": "CHAN Tai Man"})
    assert await count(database, actor, "events") == before
    assert await count(database, actor, "screening_alerts") == 0
    answer = await analyst.post("/screening/desk", {"name": "CHAN Tai Man"})
    assert "On record" in answer.text
    assert await count(database, actor, "screenings") == 1
    assert await count(database, actor, "screening_alerts") == 1


async def test_without_a_list_the_desk_gives_no_answer(
    analyst: Client, database: Database, actor: Actor
) -> None:
    answer = await analyst.post("/screening/desk", {"name": "CHAN Tai Man"})
    assert answer.status == 409 and "no list to screen against" in answer.text
    assert "No hit" not in answer.text
    assert await count(database, actor, "screenings") == 0


async def test_a_name_that_nobody_has_hits_nobody(analyst: Client, reviewer: Client) -> None:
    await imported(reviewer)
    assert "No hit" in (await analyst.post("/screening/desk", {"name": "Zebediah Quux"})).text
    form = {"name": "CHAN Tai Man", "birth": "soon"}
    answer = await analyst.post("/screening/look", form, accept_language="zh-HK")
    assert answer.status == 200 and "無法理解出生日期" in answer.text
    assert (await analyst.post("/screening/desk", form)).status == 422


async def test_a_table_is_shown_with_its_columns_guessed_before_it_is_imported(
    reviewer: Client, database: Database, actor: Actor
) -> None:
    answer = await send_file(reviewer, "/screening/lists/preview", "w.csv", LIST, {"kind": ""})
    text = answer.text
    assert answer.status == 200, text
    assert 'name="column-Chinese name"' in text and "陳大文" in text
    assert '<option value="chinese_name" selected>' in text
    wrong = {"kind": "", "column-Chinese name": "ignore", "column-Name": "ignore"}
    text = (await send_file(reviewer, "/screening/lists/preview", "w.csv", LIST, wrong)).text
    assert "no column is mapped to a name" in text
    assert await count(database, actor, "screening_lists") == 0


async def test_a_file_that_cannot_be_read_makes_no_list(
    reviewer: Client, database: Database, actor: Actor
) -> None:
    fields = {"name": "Broken", "kind": "", "list": ""}
    for name, content in (("un.xml", b"<CONSOLIDATED_LIST><INDIVIDUALS>"), ("a.csv", b"")):
        answer = await send_file(reviewer, "/screening/lists", name, content, fields)
        assert answer.status == 422, answer.text
    answer = await send_file(reviewer, "/screening/lists", "a.csv", LIST, {**fields, "name": " "})
    assert answer.status == 422 and "Give the new list a name" in answer.text
    assert await count(database, actor, "screening_lists") == 0


async def test_a_version_shows_what_was_added_changed_and_removed(reviewer: Client) -> None:
    made = await imported(reviewer)
    text = (await reviewer.get("/screening/lists")).text
    assert "Watch list" in text and "+3 ~0 −0" in text and "0.50" in text
    changed = LIST.replace(b"1970", b"1971") + b"W-4,Leung Man,,,,\n"
    await imported(reviewer, changed, made)
    text = (await reviewer.get(f"/screening/lists/{made}/versions/2")).text
    assert "<del>" in text and "1970" in text and "1971" in text and "Leung Man" in text
    assert "陳大文" not in text, "what did not change is not in the report"


async def test_a_version_that_shrinks_the_list_waits_for_a_person(reviewer: Client) -> None:
    made = await imported(reviewer)
    fewer = b"\n".join(LIST.splitlines()[:3]) + b"\n"
    await imported(reviewer, fewer, made)
    page = (await reviewer.get(f"/screening/lists/{made}")).text
    assert "Version 2 waits for a person" in page and "It would take 1 of 3 entries away" in page
    assert "Petrov" in (await reviewer.get(f"/screening/lists/{made}/versions/2")).text
    question = (await reviewer.get(f"/screening/lists/{made}/versions/2/refuse")).text
    assert "Refuse version 2 of Watch list?" in question
    await reviewer.post(f"/screening/lists/{made}/versions/2/refuse")
    assert "waits" not in (await reviewer.get(f"/screening/lists/{made}")).text
    await imported(reviewer, fewer, made)
    await reviewer.post(f"/screening/lists/{made}/versions/3/confirm")
    assert "<dd>2</dd>" in (await reviewer.get(f"/screening/lists/{made}")).text


async def test_a_version_that_takes_the_names_away_says_so_and_waits(reviewer: Client) -> None:
    made = await imported(reviewer)
    garbled = b"\n".join(
        re.sub(rb"^(W-\d+),[^,]*,[^,]*", rb"\1,Qx,", line) for line in LIST.splitlines()
    )
    await imported(reviewer, garbled, made)
    place = f"/screening/lists/{made}"
    page = (await reviewer.get(place)).text
    assert "Version 2 waits for a person" in page and "3 would lose a name (100% together)" in page
    assert "失去名稱" in (await reviewer.get(place, accept_language="zh-HK")).text


async def test_a_file_of_names_is_followed_to_its_hits(
    analyst: Client, reviewer: Client, house: House, actor: Actor
) -> None:
    await imported(reviewer)
    names = b"reference,name\nC-1,CHAN Tai Man\nC-2,Zebediah Quux\n"
    answer = await analyst.upload("/screening/batches", "customers.csv", names)
    place = answer.headers["location"]
    assert "every 1s" in (await analyst.get(place)).text, "the page looks how far it is"
    await house.screening.registry.batches.work(actor.tenant_id)
    text = (await analyst.get(place)).text
    assert "every 1s" not in text and "陳大文" in text and "C-1" in text and "Quux" not in text
    results = (await analyst.get(f"{place}/results.csv")).text
    assert "C-1" in results and "no hit" in results
    assert (await analyst.get(f"{place}/results.exe")).status == 422


@pytest.mark.parametrize("path", ["/screening/batches", "/screening/lists", "/screening/lists/preview",
                                  "/screening/customers/preview", "/screening/customers/file"])  # fmt: skip
async def test_a_file_beyond_the_limit_is_refused_though_its_length_is_not_said(
    reviewer: Client, house: House, database: Database, actor: Actor, path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(house.settings.__dict__, "max_upload_bytes", 1000)
    content = b"name\n" + b"x" * 100_000
    answer = await reviewer.upload(path, "a.csv", content, content_length="")
    assert answer.status == 413, answer.text
    assert await count(database, actor, "screening_batches") == 0
    monkeypatch.setitem(house.settings.__dict__, "max_upload_bytes", 1_000_000)
    assert (await reviewer.upload(path, "a.csv", content, content_length="")).status != 413


async def test_anothers_file_shows_how_far_it_is_and_not_its_hits(
    analyst: Client, reviewer: Client, visitor: Client, house: House, actor: Actor
) -> None:
    await imported(reviewer)
    other = await member(visitor, house, actor, "Ho Man Kit", Role.ANALYST)
    names = b"reference,name\nC-1,CHAN Tai Man\n"
    place = (await analyst.upload("/screening/batches", "c.csv", names)).headers["location"]
    await house.screening.registry.batches.work(actor.tenant_id)
    answer = await other.get(place)
    assert answer.status == 200 and "C-1" not in answer.text and "/results.csv" not in answer.text
    assert "for whoever sent it" in answer.text
    assert (await other.get(f"{place}/results.csv")).status == 403
    assert (await other.post(f"{place}/remove")).status == 403
    assert "C-1" in (await reviewer.get(place)).text


@pytest.mark.parametrize("name", ["..", "a\0b.csv", "名" * 100 + ".csv", "..\\..\\w.csv"])
async def test_a_lists_file_may_be_called_anything(reviewer: Client, name: str) -> None:
    answer = await send_file(reviewer, "/screening/lists/preview", name, LIST, {"kind": "table"})
    assert answer.status in (200, 422), answer.text


async def test_a_version_that_no_list_can_have_is_not_found(reviewer: Client) -> None:
    place = f"/screening/lists/{await imported(reviewer)}/versions/99999999999"
    assert (await reviewer.get(place)).status == 404
    assert (await reviewer.post(f"{place}/confirm")).status == 404


async def test_a_file_that_is_no_table_is_refused(analyst: Client, reviewer: Client) -> None:
    await imported(reviewer)
    answer = await analyst.upload("/screening/batches", "names.pdf", b"%PDF")
    assert answer.status == 422 and "CSV, XLSX or JSON lines" in answer.text


async def test_navigation_shows_what_the_role_may_open(
    analyst: Client, reviewer: Client, reader: Client, visitor: Client, house: House, actor: Actor
) -> None:
    auditor = await member(visitor, house, actor, "何國輝", Role.AUDITOR)
    owner = await member(visitor, house, actor, "Olivia", Role.MODEL_OWNER)
    assert (await analyst.get("/screening")).headers["location"] == "/screening/desk"
    assert (await auditor.get("/screening")).headers["location"] == "/screening/alerts"
    assert (await owner.get("/screening")).status == 403
    assert 'href="/screening"' not in (await owner.get("/admin/purposes")).text
    text = (await analyst.get("/screening/lists")).text
    assert 'href="/screening/lists/import"' not in text
    assert (await analyst.get("/screening/lists/import")).status == 403


def test_every_sentence_of_evidence_is_worded_in_chinese() -> None:
    born = [Birth(day, day) for day in (date(1962, 3, 4), date(1962, 4, 3))]
    chan = Entity(
        "1", Schema.PERSON, (Name("CHAN Tai Man"), Name("陳大文")), births=(born[0],), gender="male",
        countries=("hk",), identifiers=(Identifier(IdentifierKind.HKID, "A123456(3)"),),
    )  # fmt: skip
    others = [
        Entity("2", Schema.PERSON, (Name(n),), births=(born[1],), gender="female", countries=("ru",),
               identifiers=(Identifier(IdentifierKind.HKID, "B123456(9)"),))
        for n in ("陳大文", "陈大民", "Chen Dawen", "T M Chan", "Tai Man Chen", "Dawn Chance", "黃小明")
    ]  # fmt: skip
    firms = [
        Entity("3", Schema.COMPANY, (Name(n),))
        for n in ("Hong Kong Bank Ltd", "HKB Limited", "香港銀行有限公司")
    ]
    pairs = [(chan, o) for o in (*others, replace(chan, id="4"), *firms)]
    pairs += [(a, b) for a in firms for b in firms]
    for language in ("zh-Hant", "zh-Hans"):
        speak = translator(language)
        for one, other in pairs:
            for evidence in compare(one, other).evidence:
                assert evidence.feature in FEATURES, evidence
                assert worded(evidence, speak) != evidence.words, evidence


def test_a_score_is_cut_off_and_never_shown_as_certain() -> None:
    assert scored(0.99999) == "0.999" and scored(0.5) == "0.500"


async def test_an_alert_is_proposed_on_by_one_and_decided_by_another(
    analyst: Client, reviewer: Client
) -> None:
    await imported(reviewer)
    alert = await hit(analyst)
    blind = (await analyst.get("/screening/alerts")).text
    assert "CHAN Tai Man" not in blind and "Take" in blind
    assert (await analyst.get(f"/screening/alerts/{alert}")).status == 404
    await analyst.post(f"/screening/alerts/{alert}/take")
    page = (await analyst.get(f"/screening/alerts/{alert}")).text
    assert "CHAN Tai Man" in page and "陳大文" in page and "Say what it is" in page
    form = {"reason": "different-birth", "note": "護照所載為 1975 年", "seen": "Passport, page 2"}
    await analyst.post(f"/screening/alerts/{alert}/propose", form)
    page = (await analyst.get(f"/screening/alerts/{alert}")).text
    assert "Another person decides." in page and "Decide as proposed" not in page
    page = (await reviewer.get(f"/screening/alerts/{alert}")).text
    assert "護照所載為 1975 年" in page and "Wong Ka-yan" in page and "Passport, page 2" in page
    content = page.partition('name="content" value="')[2][:64]
    missing = await reviewer.post(f"/screening/alerts/{alert}/send-back", {"note": " "})
    assert missing.status == 422
    refused = await analyst.post(f"/screening/alerts/{alert}/approve", {"content": content})
    assert refused.status in (403, 409)
    answer = await reviewer.post(f"/screening/alerts/{alert}/approve", {"content": content})
    assert answer.status == 303, answer.text
    page = (await reviewer.get(f"/screening/alerts/{alert}")).text
    assert "Cleared pairs" in page and "False positive" in page
    assert "Nothing waits" in (await analyst.get("/screening/alerts")).text
    assert await hit(analyst) == "", "a cleared pair raises nothing"


async def test_whom_an_alert_is_not_for_finds_nothing_there(
    analyst: Client, reviewer: Client, visitor: Client, house: House, actor: Actor
) -> None:
    await imported(reviewer)
    alert = await hit(analyst)
    await analyst.post(f"/screening/alerts/{alert}/take")
    for role in (Role.ANALYST, Role.AUDITOR):
        other = await member(visitor, house, actor, "Someone Else", role)
        assert (await other.get(f"/screening/alerts/{alert}")).status == 404
        assert "CHAN" not in (await other.get("/screening/alerts")).text
    chief = await member(visitor, house, actor, "Chief", Role.ADMINISTRATOR)
    assert (await chief.get(f"/screening/alerts/{alert}")).status == 403


async def test_a_clearance_is_revoked_and_the_alert_is_open_again(
    analyst: Client, reviewer: Client
) -> None:
    await imported(reviewer)
    alert = await hit(analyst)
    place = f"/screening/alerts/{alert}"
    await analyst.post(f"{place}/take")
    await analyst.post(f"{place}/propose", {"reason": "common-name"})
    content = (await reviewer.get(place)).text.partition('name="content" value="')[2][:64]
    await reviewer.post(f"{place}/approve", {"content": content})
    clearance = (await reviewer.get(place)).text.partition(f"{place}/clearances/")[2][:36]
    answer = await reviewer.post(f"{place}/clearances/{clearance}/revoke", {"note": "New papers."})
    assert answer.status == 303, answer.text
    page = (await reviewer.get(place)).text
    assert "Reopened" in page and "New papers." in page


async def test_an_escalated_alert_gives_a_draft_that_is_edited_and_taken_out(
    analyst: Client, reviewer: Client
) -> None:
    await imported(reviewer)
    alert = await hit(analyst)
    place = f"/screening/alerts/{alert}"
    await analyst.post(f"{place}/take")
    await analyst.post(f"{place}/escalate", {"note": "Funds from nowhere."})
    assert "Report drafts" not in (await analyst.get(place)).text
    answer = await reviewer.post(f"{place}/report")
    report = answer.headers["location"]
    page = (await reviewer.get(report)).text
    assert "A draft, not a filing" in page and "陳大文" in page
    form = {"version": "1", "narrative": "他自稱姓陳。", "urgent": "1", "indicators": "name-match",
            "accounts": "012-345; Lion Bank; savings"}  # fmt: skip
    assert (await reviewer.post(report, form)).status == 303
    assert (await reviewer.post(report, form)).status == 409, "somebody was quicker"
    page = (await reviewer.get(report)).text
    assert "他自稱姓陳。" in page and "012-345; Lion Bank; savings" in page and "Version 2" in page
    assert (await reviewer.get(f"{report}/draft.pdf")).text.startswith("%PDF")
    assert (await analyst.get(report)).status == 403
    done = {"outcome": "not-reported", "words": "Salary, as papers show."}
    await reviewer.post(f"{report}/conclude", done)
    page = (await reviewer.get(report)).text
    assert "Not reported" in page and "Save the draft" not in page
