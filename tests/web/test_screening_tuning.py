"""The page of the tuning report: asked for in a form, followed while it is made, read, taken out."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID, uuid4
from xml.etree import ElementTree

import pytest

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.tuning.facts import Facts, Wanted
from lionrock.screening.tuning.progress import Tell
from lionrock.screening.tuning.service import Tuning
from lionrock.web.i18n import translator
from lionrock.web.plots import Plot
from lionrock.web.screening_tuning_plots import curves, distributions, share, tenth, threshold
from tests.web.client import Answer, Client
from tests.web.conftest import House
from tests.web.screening_office import LIST, imported, member, send_file

PATH = "/screening/tuning"
FORM = {"entries": "20", "customers": "10", "pairs": "5", "seed": "1"}


@pytest.fixture
async def analyst(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Wong Ka-yan", Role.ANALYST)


@pytest.fixture
async def reviewer(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Lam Chi Fai", Role.REVIEWER)


async def ask(client: Client, lists: Sequence[str], form: dict[str, str] = FORM) -> Answer:
    sent = [*form.items(), *(("lists", one) for one in lists)]
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return await client.send("POST", PATH, urlencode(sent).encode(), kind)


async def reported(client: Client, house: House, lists: Sequence[str]) -> str:
    """The address of a report, once it is there."""
    answer = await ask(client, lists)
    assert answer.status == 303, answer.text
    place = answer.headers["location"]
    task = house.screening.tunings._runs[UUID(place.rpartition("/")[2])].task
    assert task is not None
    await task
    return place


async def facts_at(client: Client, place: str) -> Facts:
    return Facts.model_validate(
        json.loads((await client.get(f"{place}/report.json")).text)["facts"]
    )


def allowed(actor: Actor) -> Actor:
    return replace(actor, roles=frozenset({Role.REVIEWER}))


async def at_threshold(house: House, actor: Actor, made: str, value: float) -> None:
    lists = house.screening.registry.lists
    found = await lists.get(allowed(actor), UUID(made))
    await lists.change(allowed(actor), found.id, name=found.name, threshold=value)


async def customers(house: House, actor: Actor, *names: str) -> None:
    for n, name in enumerate(names):
        entity = Entity(f"C-{n}", Schema.PERSON, (Name(name),))
        await house.screening.registry.customers.put(allowed(actor), entity)


def svgs(page: str) -> dict[str, ElementTree.Element]:
    """The plots of a page, by their id."""
    found = {}
    for part in page.split('<svg viewBox="0 0 360 ')[1:]:
        tree = ElementTree.fromstring(
            '<svg viewBox="0 0 360 ' + part.partition("</svg>")[0] + "</svg>"
        )
        found[tree.attrib["aria-labelledby"].partition("-title")[0]] = tree
    return found


async def test_the_form_says_what_it_will_do_and_with_which_lists(reviewer: Client) -> None:
    assert "There is no list to measure" in (await reviewer.get(PATH)).text
    made = await imported(reviewer)
    text = (await reviewer.get(PATH)).text
    assert "Nothing is changed, no alert is raised" in text
    assert f'value="{made}" checked' in text and "Watch list" in text and "0.50" in text
    for name, value in (("entries", 200), ("customers", 500), ("pairs", 25), ("seed", 1)):
        assert f'name="{name}" type="number" value="{value}"' in text


async def test_who_may_not_measure_sees_neither_the_page_nor_its_link(
    analyst: Client, reviewer: Client, house: House
) -> None:
    made = await imported(reviewer)
    place = await reported(reviewer, house, [made])
    assert f'href="{PATH}"' not in (await analyst.get("/screening/desk")).text
    for path in (PATH, place, f"{place}/report.json", f"{place}/report.pdf"):
        assert (await analyst.get(path)).status == 403, path
    assert (await ask(analyst, [made])).status == 403
    assert (await analyst.post(f"{place}/stop")).status == 403


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("entries", "0", "Write a whole number from 1 to 1,000."),
        ("customers", "2001", "Write a whole number from 0 to 2,000."),
        ("pairs", "many", "Write a whole number from 0 to 200."),
        ("seed", "-1", "Write a whole number from 0 to 2,147,483,647."),
        ("entries", "", "Fill this in."),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    reviewer: Client, house: House, name: str, value: str, fault: str
) -> None:
    made = await imported(reviewer)
    answer = await ask(reviewer, [made], {**FORM, name: value})
    assert answer.status == 422
    assert f'<p class="fault" id="e-{name}">{fault}</p>' in answer.text
    assert answer.text.count('class="fault"') == 1
    assert 'name="seed" type="number" value="1"' in answer.text or name == "seed"
    assert not house.screening.tunings._runs


async def test_a_list_at_least_is_chosen_and_none_that_is_not_in_use(
    reviewer: Client, house: House
) -> None:
    await imported(reviewer)
    for lists in ([], [str(uuid4())]):
        answer = await ask(reviewer, lists)
        assert answer.status == 422 and "Choose one list at least." in answer.text
    assert (await ask(reviewer, ["soon"])).status == 422
    assert not house.screening.tunings._runs


async def test_a_run_is_followed_until_its_report_is_there(
    reviewer: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, measure, go = await imported(reviewer), Tuning._measured, asyncio.Event()

    async def waiting(tuning: Tuning, actor: Actor, wanted: Wanted, tell: Tell) -> Facts:
        await go.wait()
        return await measure(tuning, actor, wanted, tell)

    monkeypatch.setattr(Tuning, "_measured", waiting)
    answer = await ask(reviewer, [made])
    place = answer.headers["location"]
    running = (await reviewer.get(place)).text
    assert "every 1s" in running and "Preparing the lists" in running
    assert (await reviewer.get(f"{place}/report.pdf")).status == 404
    assert (await ask(reviewer, [made])).status == 409
    run = house.screening.tunings._runs[UUID(place.rpartition("/")[2])]
    run.tell(run.stage.NAMES, 50, 200)
    assert "Screening altered names · 50 of 200" in (await reviewer.get(place)).text
    go.set()
    assert run.task is not None
    await run.task
    text = (await reviewer.get(place)).text
    assert "every 1s" not in text and "Tuning report of" in text
    assert place in (await reviewer.get(PATH)).text


async def test_a_run_can_be_stopped(reviewer: Client, house: House) -> None:
    made = await imported(reviewer)
    place = (await ask(reviewer, [made])).headers["location"]
    assert (await reviewer.post(f"{place}/stop")).headers["location"] == PATH
    task = house.screening.tunings._runs[UUID(place.rpartition("/")[2])].task
    assert task is not None
    await task
    text = (await reviewer.get(place)).text
    assert "Stopped" in text and "report.pdf" not in text


async def test_the_files_are_those_that_the_log_vouches_for(
    reviewer: Client, house: House, database: Database, actor: Actor
) -> None:
    place = await reported(reviewer, house, [await imported(reviewer)])
    answer = await reviewer.get(f"{place}/report.json")
    sha256 = hashlib.sha256(answer.text.encode()).hexdigest()
    assert f'filename="tuning-report-{sha256[:8]}.json"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    text = (await reviewer.get(place)).text
    async with database.tenant_session(actor) as db:
        row = await db.fetchrow(
            "SELECT e.id, p.payload FROM events e JOIN event_payloads p"
            " ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id) WHERE event = 'screening:tuning:run'"
        )
    details = json.loads(row["payload"])["details"]
    assert details["sha256"] == sha256
    assert sha256 in text and details["pdf_sha256"] in text and str(row["id"]) in text
    report = house.screening.tunings._runs[UUID(place.rpartition("/")[2])].found
    assert report is not None and hashlib.sha256(report.pdf).hexdigest() == details["pdf_sha256"]
    assert (await reviewer.get(f"{place}/report.pdf")).text.startswith("%PDF")
    assert (await reviewer.get(f"{place}/report.exe")).status == 422


async def test_a_report_is_a_page_that_is_not_there_for_everyone_else(
    visitor: Client, reviewer: Client, house: House, actor: Actor
) -> None:
    place = await reported(reviewer, house, [await imported(reviewer)])
    other = await member(visitor, house, actor, "Ho Kwok Fai", Role.REVIEWER)
    for path in (place, f"{place}/report.json", f"{PATH}/{uuid4()}"):
        assert (await other.get(path)).status == 404
    assert place not in (await other.get(PATH)).text


async def test_the_numbers_of_the_plots_are_those_of_the_report(
    reviewer: Client, house: House, actor: Actor
) -> None:
    made = await imported(reviewer)
    await customers(house, actor, "CHAN Tai Man", "Wong Siu Wing", "Maria Lopez")
    place = await reported(reviewer, house, [made])
    facts, speak = await facts_at(reviewer, place), translator("en")
    drawn = svgs((await reviewer.get(place)).text)
    assert list(drawn) == ["trade-off", "found", "alarms", "scores-variants", "scores-customers"]
    for id, value in (
        ("found", lambda p: share(p.recall, speak)),
        ("alarms", lambda p: tenth(p.customers_per_1000, speak)),
    ):
        told = [t.text for t in drawn[id].findall(".//circle/title")]
        assert told == [f"{threshold(p.threshold)}: {value(p)}" for p in facts.curve]
    bars = {t.text for t in drawn["scores-variants"].findall(".//rect/title")}
    assert bars == {f"{b.least:.2f}–{b.least + 0.05:.2f}: {b.variants}" for b in facts.bins if b.variants}  # fmt: skip
    for plot in (*curves(facts, speak), *distributions(facts, speak)):
        assert_drawn(plot, drawn[plot.id])


def assert_drawn(plot: Plot, svg: ElementTree.Element) -> None:
    """Every point and bar is where the scale puts it, and the plot says in words what it shows."""
    for line, polyline in zip(plot.lines, svg.findall(".//polyline"), strict=True):
        assert polyline.attrib["points"] == line.points
    heights = [float(r.attrib["height"]) for r in svg.findall(".//rect")]
    assert heights == [b.height for b in plot.bars]
    assert (svg.findtext("title"), svg.findtext("desc")) == (plot.title, plot.told)
    assert svg.attrib["role"] == "img"


async def test_a_value_stands_at_its_height_on_the_scale(
    reviewer: Client, house: House, actor: Actor
) -> None:
    """Recomputed from the facts and the ticks that are drawn, not by the code under test."""
    made = await imported(reviewer)
    place = await reported(reviewer, house, [made])
    facts = await facts_at(reviewer, place)
    found = svgs((await reviewer.get(place)).text)["found"]
    labels = {t.text: float(t.attrib["y"]) - 4 for t in found.findall("g[@class='grid']/text")}
    zero, whole = labels["0%"], labels["100%"]
    for point, dot in zip(facts.curve, found.findall(".//circle"), strict=True):
        assert point.recall is not None
        assert float(dot.attrib["cy"]) == pytest.approx(
            zero + (whole - zero) * point.recall, abs=0.2
        )
    marked = [d for d in found.findall(".//circle") if d.attrib.get("class") == "marked"]
    assert [d.findtext("title", "").partition(":")[0] for d in marked] == ["0.50"]
    assert [t.text for t in found.findall("g[@class='mark']/text")] == ["0.50"]


async def test_the_thresholds_in_use_are_marked_with_their_lists(
    reviewer: Client, house: House, actor: Actor
) -> None:
    first = await imported(reviewer)
    await at_threshold(house, actor, first, 0.625)
    fields = {"name": "Second list", "list": "", "kind": ""}
    answer = await send_file(reviewer, "/screening/lists", "second.csv", LIST, fields)
    second = answer.headers["location"].split("/")[3]
    place = await reported(reviewer, house, [first, second])
    text = (await reviewer.get(place)).text
    marks = [t.text for t in svgs(text)["found"].findall("g[@class='mark']/text")]
    assert marks == ["0.50", "0.625"]
    assert f'href="/screening/policy/lists/{first}"' in text
    facts = await facts_at(reviewer, place)
    assert facts.wanted.lists is None, "all that are in use"
    one = await facts_at(reviewer, await reported(reviewer, house, [second]))
    assert one.wanted.lists == [UUID(second)]


async def test_misses_and_samples_are_shown_with_both_names(
    reviewer: Client, house: House, actor: Actor
) -> None:
    made = await imported(reviewer)
    await at_threshold(house, actor, made, 0.999999)
    await customers(house, actor, "CHAN Tai Man")
    place = await reported(reviewer, house, [made])
    text, facts = (await reviewer.get(place)).text, await facts_at(reviewer, place)
    assert facts.misses and facts.below.pairs
    for miss in facts.misses:
        assert miss.screened in text and miss.listed in text
    assert "C-0" in text and "陳大文" in text
    assert f"<strong>{len(facts.misses)}</strong>" in text


async def test_without_customers_nothing_is_said_of_false_alarms(
    reviewer: Client, house: House
) -> None:
    place = await reported(reviewer, house, [await imported(reviewer)])
    text = (await reviewer.get(place)).text
    assert "No customer was drawn" in text
    assert set(svgs(text)) == {"found", "scores-variants"}


async def test_the_report_is_told_in_three_languages(reviewer: Client, house: House) -> None:
    place = await reported(reviewer, house, [await imported(reviewer)])
    for language, said in (
        ("en", ("Tuning report of", "What other thresholds would do", "Reverse order")),
        ("zh-HK", ("調校報告", "改用其他門檻會如何", "倒序")),
        ("zh-CN", ("调校报告", "改用其他阈值会如何", "倒序")),
    ):
        text = (await reviewer.get(place, accept_language=language)).text
        assert all(words in text for words in said), language
        assert 'style="' not in text and "<script>" not in text


async def test_names_of_a_list_cannot_write_markup(reviewer: Client, house: House) -> None:
    listed = b"Ref,Name\nW-1,<b>Ivan</b> Petrov Smirnov\n"
    text = (
        await reviewer.get(await reported(reviewer, house, [await imported(reviewer, listed)]))
    ).text
    assert "<b>" not in text
