"""Customers on pages: found, shown with what the reader may know, added, changed, imported, ended."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.screening.entities import (
    Address,
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Schema,
)
from lionrock.web import screening_customer_forms as forms
from lionrock.web.faults import Filled
from lionrock.web.i18n import LANGUAGES, translator
from tests.web.client import Answer, Client
from tests.web.conftest import House
from tests.web.screening_office import fields, imported, member, send_file

PATH = "/screening/customers"
CHAN = {
    "reference": "CIF-000271", "names": "CHAN Tai Man\n陳大文", "type": "pep", "schema": "Person",
    "births": "1962-03-04", "countries": "hk", "kind-0": "hkid", "number-0": "A123456(3)",
}  # fmt: skip
FILE = (
    "CIF no,客戶姓名,DOB,Nationality,Segment\n"
    "CIF-1,CHAN Tai Man,1962-03-04,hk,pep\n"
    "CIF-2,Wong Siu Fong,3 March,hk,\n"
    ",Nobody,,,\n"
    "CIF-3,李美玲,,,Retail banking\n"
).encode()


@pytest.fixture
async def analyst(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Wong Ka-yan", Role.ANALYST)


@pytest.fixture
async def reviewer(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Lam Chi Fai", Role.REVIEWER)


@pytest.fixture
async def auditor(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "何國輝", Role.AUDITOR)


async def added(client: Client, **changed: str) -> str:
    """The address of the customer's page."""
    answer = await client.post(PATH, CHAN | changed)
    assert answer.status == 303, answer.text
    return answer.headers["location"]


async def search(client: Client, words: str, **more: str) -> Answer:
    return await client.post(f"{PATH}/find", {"words": words, **more})


async def settled(house: House, actor: Actor) -> None:
    await house.screening.registry.continuous.settle(actor.tenant_id)


async def count(database: Database, actor: Actor, table: str) -> int:
    async with database.tenant_session(actor) as db:
        return int(await db.fetchval(f"SELECT count(*) FROM {table}"))


async def test_an_empty_book_says_what_belongs_in_it(analyst: Client, auditor: Client) -> None:
    text = (await analyst.get(PATH)).text
    assert "There is no customer yet" in text and f"{PATH}/import" in text
    text = (await auditor.get(PATH)).text
    assert "There is no customer yet" in text and f"{PATH}/import" not in text


async def test_a_customer_is_added_by_hand_and_shown(analyst: Client) -> None:
    page = (await analyst.get(await added(analyst))).text
    for told in ("CHAN Tai Man", "陳大文", "CIF-000271", "pep", "1962-03-04", "A123456(3)"):
        assert told in page, told
    assert "Hong Kong" in page and "To be screened" in page
    for language, told in (("zh-HK", "待篩查"), ("zh-CN", "待筛查")):
        assert told in (await analyst.get(PATH, accept_language=language)).text


async def test_a_screened_customer_says_against_which_versions(
    analyst: Client, reviewer: Client, house: House, actor: Actor
) -> None:
    made = await imported(reviewer)
    address = await added(analyst, names="Zebediah Quux", **{"number-0": ""})
    waiting = await analyst.get(f"{address}/standing")
    assert "every 2s" in waiting.text and "hx-refresh" not in waiting.headers
    await settled(house, actor)
    done = await analyst.get(f"{address}/standing")
    assert done.headers["hx-refresh"] == "true" and "every 2s" not in done.text
    page = (await analyst.get(address)).text
    assert "Whatever changed up to" in page and f"/screening/lists/{made}" in page
    assert "Watch list" in page and "0.50" in page


async def test_alerts_on_a_customer_are_told_to_whom_they_concern_and_to_nobody_else(
    analyst: Client, reviewer: Client, auditor: Client, house: House, actor: Actor,
    visitor: Client,
) -> None:  # fmt: skip
    await imported(reviewer)
    address = await added(analyst)
    quiet = await added(analyst, reference="CIF-2", names="Zebediah Quux")
    await settled(house, actor)
    page = (await reviewer.get(address)).text
    alert = page.partition("/screening/alerts/")[2].partition('"')[0]
    assert UUID(alert) and "No hit has raised" not in page
    assert "No hit has raised an alert" in (await reviewer.get(quiet)).text
    # To others a customer with an alert reads as one without.
    for one in (analyst, auditor):
        pages = [(await one.get(a)).text for a in (address, quiet)]
        told = [p.partition(">Alerts</h2>")[2].partition("<h2>")[0] for p in pages]
        assert told[0] == told[1] and "does not mean that there is none" in told[0]
        assert "/screening/alerts/" not in told[0]
    await analyst.post(f"/screening/alerts/{alert}/take")
    assert f"/screening/alerts/{alert}" in (await analyst.get(address)).text
    colleague = await member(visitor, house, actor, "張偉明", Role.ANALYST)
    assert alert not in (await colleague.get(address)).text


async def test_looking_at_alerts_on_a_customer_is_on_record(
    reviewer: Client, house: House, database: Database, actor: Actor
) -> None:
    await imported(reviewer)
    address = await added(reviewer)
    await settled(house, actor)

    async def views() -> int:
        async with database.tenant_session(actor) as db:
            return int(
                await db.fetchval(
                    "SELECT count(*) FROM events WHERE event = 'screening:alerts:view'"
                )
            )

    before = await views()
    await reviewer.get(address)
    assert await views() == before + 1


async def test_a_customer_is_found_by_reference_and_by_name(analyst: Client) -> None:
    address = await added(analyst)
    await added(analyst, reference="CIF-9", names="Wong Siu Fong\n王小芳")
    answer = await search(analyst, "CIF-000271")
    assert (answer.status, answer.headers["location"]) == (303, address)
    for words in ("tai man chan", "陈大文", "CHAN, Tai"):
        text = (await search(analyst, words)).text
        assert address in text and "CIF-9" not in text, words
        assert "1 customer found" in text and "names of 2 customers were looked through" in text
    text = (await search(analyst, "cif-00027")).text
    assert "Nobody of this name so far" in text
    assert (await search(analyst, "  ")).headers["location"] == PATH


async def test_a_search_looks_through_so_many_and_offers_to_go_on(
    analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.web.screening_customers.MOST", 2)
    for number in range(5):
        await added(analyst, reference=f"CIF-{number}", names=f"Customer {number}")
    found, answer = set(), await search(analyst, "customer")
    while True:
        found |= {n for n in range(5) if f"<code>CIF-{n}</code>" in answer.text}
        form = fields(answer)
        if not form.get("after"):
            break
        assert "Look through the next 2" in answer.text
        answer = await search(analyst, form["words"], after=form["after"], before=form["before"])
    assert len(found) == 5
    assert "names of 5 customers were looked through" in answer.text


async def test_pages_of_the_list_hold_everyone_once(
    analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.web.screening_customers.ON_A_PAGE", 2)
    for number in range(5):
        await added(analyst, reference=f"CIF-{number}")
    seen, address, pages = [], PATH, 0
    while address:
        text = (await analyst.get(address)).text
        seen += [n for n in range(5) if f"<code>CIF-{n}</code>" in text]
        address = text.partition('rel="next" href="')[2].partition('"')[0]
        pages += 1
    assert sorted(seen) == list(range(5)) and pages == 3


async def test_every_fault_stands_beside_its_field_and_nothing_is_lost(
    analyst: Client, database: Database, actor: Actor
) -> None:
    wrong = CHAN | {
        "reference": "", "names": " ", "type": "VIP!", "births": "1962\nsoon", "countries": "Atlantis",
        "where-0": "Nowhere", "addresses": "九龍彌敦道 1 號",
    }  # fmt: skip
    answer = await analyst.post(PATH, wrong)
    assert answer.status == 422
    for name in ("reference", "names", "type", "births", "countries", "where-0"):
        assert f'id="e-{name}"' in answer.text and f'href="#f-{name}"' in answer.text, name
    assert "Line 2: “soon” is no date that can be read." in answer.text
    kept = fields(answer)
    assert {k: kept[k].strip() for k in wrong} == {k: v.strip() for k, v in wrong.items()}
    assert await count(database, actor, "screening_customers") == 0


async def test_a_reference_that_is_taken_changes_nobody(analyst: Client) -> None:
    address = await added(analyst)
    answer = await analyst.post(PATH, CHAN | {"names": "Somebody Else"})
    assert answer.status == 422 and "There is a customer of this reference already." in answer.text
    assert address in answer.text and "Somebody Else" in answer.text
    assert "Somebody Else" not in (await analyst.get(address)).text


async def test_a_customer_is_changed_from_what_the_form_showed(analyst: Client) -> None:
    address = await added(analyst)
    form = fields(await analyst.get(f"{address}/edit"))
    answer = await analyst.post(f"{address}/edit", form | {"aliases": "Peter Chan"})
    assert (answer.status, answer.headers["location"]) == (303, address)
    assert "Peter Chan (alias)" in (await analyst.get(address)).text
    late = await analyst.post(f"{address}/edit", form | {"aliases": "Paul Chan"})
    assert late.status == 409 and "Someone changed this customer" in late.text
    assert "Paul Chan" in late.text
    assert "Paul Chan" not in (await analyst.get(address)).text
    again = await analyst.post(f"{address}/edit", fields(late))
    assert again.status == 303 and "Paul Chan" in (await analyst.get(address)).text


async def test_a_form_from_before_their_end_revives_nobody(analyst: Client) -> None:
    address = await added(analyst)
    form = fields(await analyst.get(f"{address}/edit"))
    await analyst.post(f"{address}/end")
    late = await analyst.post(f"{address}/edit", form | {"aliases": "Paul Chan"})
    assert late.status == 409 and "Someone changed this customer" in late.text
    assert "No customer any more" in (await analyst.get(address)).text


async def test_a_change_while_the_form_is_being_taken_is_not_overwritten(
    analyst: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await added(analyst)
    form, customers = (
        fields(await analyst.get(f"{address}/edit")),
        house.screening.registry.customers,
    )
    put = customers.put

    async def late(actor: Actor, entity: Entity, **more: Any) -> UUID:
        await customers.end(actor, entity.id)
        return await put(actor, entity, **more)

    monkeypatch.setattr(customers, "put", late)
    answer = await analyst.post(f"{address}/edit", form | {"aliases": "Paul Chan"})
    assert answer.status == 409 and "Paul Chan" in answer.text
    assert "No customer any more" in (await analyst.get(address)).text


async def test_who_is_not_said_to_be_a_person_is_person_or_organisation(analyst: Client) -> None:
    form = fields(await analyst.get(f"{PATH}/new"))
    assert form["schema"] == "LegalEntity"
    text = (await send_file(analyst, f"{PATH}/preview", "c.csv", FILE)).text
    assert "Person or organisation" in text


async def test_two_columns_of_names_are_both_taken(analyst: Client) -> None:
    file = "id,name,english_name\nK1,陳大文,CHAN Tai Man\n".encode()
    assert "CHAN Tai Man" in (await send_file(analyst, f"{PATH}/preview", "c.csv", file)).text
    await send_file(analyst, f"{PATH}/file", "c.csv", file)
    found = await search(analyst, "K1")
    page = (await analyst.get(found.headers["location"])).text
    assert "陳大文" in page and "CHAN Tai Man (alias)" in page
    twice = "id,name,name\nK1,陳大文,CHAN Tai Man\n".encode()
    answer = await send_file(analyst, f"{PATH}/preview", "c.csv", twice, accept_language="zh-HK")
    assert answer.status == 422 and "「name」" in answer.text


async def test_a_customer_is_ended_after_a_question_and_can_be_had_back(
    analyst: Client, reviewer: Client, house: House, actor: Actor
) -> None:
    await imported(reviewer)
    address = await added(analyst)
    await settled(house, actor)
    question = (await analyst.get(f"{address}/end")).text
    assert "Screen CHAN Tai Man no more?" in question
    assert (await analyst.post(f"{address}/end")).status == 303
    await settled(house, actor)
    page = (await analyst.get(address)).text
    assert "Screened no more since" in page and "Have them back" in page
    assert "Withdrawn" in (await reviewer.get(address)).text
    assert "No customer any more" in page and "Changed; this is version" not in page
    await analyst.post(f"{address}/back")
    assert "To be screened" in (await analyst.get(address)).text


async def test_an_auditor_reads_and_changes_nothing(analyst: Client, auditor: Client) -> None:
    address = await added(analyst)
    page = (await auditor.get(address)).text
    assert "CHAN Tai Man" in page and f"{address}/edit" not in page and f"{address}/end" not in page
    assert f"/admin/audit?subject={address.rpartition('/')[2]}" in page
    for path in ("/new", "/import", f"{address.removeprefix(PATH)}/edit"):
        assert (await auditor.get(PATH + path)).status == 403, path
    for path in (PATH, f"{address}/edit", f"{address}/end", f"{address}/back", f"{PATH}/file"):
        assert (await auditor.post(path, CHAN)).status == 403, path


async def test_columns_are_guessed_shown_and_put_right(
    analyst: Client, database: Database, actor: Actor
) -> None:
    text = (await send_file(analyst, f"{PATH}/preview", "c.csv", FILE)).text
    assert 'name="column-cif_no"' in text and '<option value="reference" selected>' in text
    assert '<option value="birth_date" selected>' in text and "CHAN Tai Man" in text
    assert "The date of birth is none of" in text and "Left out" in text
    text = (
        await send_file(analyst, f"{PATH}/preview", "c.csv", FILE, {}, accept_language="zh-HK")
    ).text
    assert "出生日期不是 YYYY" in text
    wrong = {"column-cif_no": "ignore"}
    text = (await send_file(analyst, f"{PATH}/preview", "c.csv", FILE, wrong)).text
    assert "Say which column holds the reference" in text
    put_right = {"column-segment": "type", "column-dob": "ignore"}
    text = (await send_file(analyst, f"{PATH}/preview", "c.csv", FILE, put_right)).text
    assert "pep" in text and "1962" not in text and "The type is not up to 40" in text
    assert await count(database, actor, "screening_customers") == 0


async def test_a_file_is_taken_with_its_columns_and_faulty_rows_are_told(
    analyst: Client, house: House, actor: Actor
) -> None:
    chosen = {"column-segment": "type"}
    answer = await send_file(analyst, f"{PATH}/file", "customers.csv", FILE, chosen)
    assert answer.status == 200 and "customers.csv has been taken in" in answer.text
    assert (
        "<strong>1</strong> Added" in answer.text
        and "<strong>3</strong> Rows left out" in answer.text
    )
    for row, why in (
        (2, "The date of birth"),
        (3, "There is no reference"),
        (4, "The type is not"),
    ):
        assert f'data-label="Row">{row}</td><td>{why}' in answer.text
    again = await send_file(analyst, f"{PATH}/file", "customers.csv", FILE, chosen)
    assert "<strong>1</strong> As they were" in again.text
    found = await search(analyst, "CIF-1")
    assert "pep" in (await analyst.get(found.headers["location"])).text


async def test_a_workbook_is_taken_alike(analyst: Client, house: House) -> None:
    house.settings = house.settings.model_copy(update={"max_upload_bytes": 1_000_000})
    book, content = openpyxl.Workbook(), BytesIO()
    for cells in (
        ["Customer ID", "Name", "Alias", "AKA"],
        ["K1", "Lee Mei Ling", None, "Mary Lee"],
    ):
        book.active.append(cells)  # type: ignore[union-attr]
    book.save(content)
    answer = await send_file(analyst, f"{PATH}/preview", "c.xlsx", content.getvalue())
    assert 'name="column-alias"' in answer.text, "also a column that begins empty"
    answer = await send_file(analyst, f"{PATH}/file", "c.xlsx", content.getvalue())
    assert "<strong>1</strong> Added" in answer.text
    found = await search(analyst, "K1")
    assert "Mary Lee (alias)" in (await analyst.get(found.headers["location"])).text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("c.pdf", b"%PDF", "Choose a CSV, XLSX or JSON lines"),
        ("c.csv", "名".encode("big5"), "The file is not UTF-8"),
        ("c.csv", b"reference,name\n", "There is no row in the file"),
        ("c.xlsx", b"PK", "The file is not readable as XLSX"),
        ("c.csv", b"reference,colour\n1,red\n", "Say which column holds the name"),
    ],
)
async def test_a_file_that_cannot_be_taken_says_why(
    analyst: Client, database: Database, actor: Actor, name: str, content: bytes, told: str
) -> None:
    answer = await send_file(analyst, f"{PATH}/file", name, content)
    assert answer.status == 422 and told in answer.text
    assert await count(database, actor, "screening_customers") == 0


async def test_neither_name_nor_reference_stands_in_an_address(analyst: Client) -> None:
    address = await added(analyst)
    text = (await analyst.get(PATH)).text + (await search(analyst, "chan")).text
    text += (await analyst.get(address)).text
    for attribute in ("href", "action", "hx-get", "hx-post"):
        for part in text.split(f'{attribute}="')[1:]:
            place = part.partition('"')[0]
            assert "CIF-000271" not in place and "CHAN" not in place.upper(), place


async def test_another_tenants_customer_is_not_there(
    analyst: Client, stranger: Actor, house: House
) -> None:
    entity = Entity("S-1", Schema.PERSON, (Name("Chan Tai Man"),))
    theirs = await house.screening.registry.customers.put(
        Actor(
            stranger.tenant_id, stranger.id, stranger.kind, frozenset({Role.REVIEWER}), "general"
        ),
        entity,
    )
    for path in ("", "/edit", "/end", "/standing"):
        assert (await analyst.get(f"{PATH}/{theirs}{path}")).status == 404, path
    assert "Nobody of this name" in (await search(analyst, "S-1")).text


WORDS = st.sampled_from(["Chan Tai Man", "陳大文", "Peter", "O'Neill-Smith", "王小芳"])
BIRTHS = st.tuples(st.dates(), st.dates(), st.booleans()).map(
    lambda d: Birth(min(d[:2]), max(d[:2]), d[2])
)
CODES = st.sampled_from(["hk", "cn", "gb", "sg", ""])
NUMBERS = st.builds(Identifier, st.sampled_from(IdentifierKind), st.just("A1"), CODES)
ENTITIES = st.builds(
    Entity, id=st.just("C-1"), schema=st.sampled_from(Schema),
    names=st.lists(
        st.builds(Name, WORDS, st.sampled_from(NameKind), family=WORDS), unique_by=lambda n: (n.kind, n.text),
    ).map(lambda names: (Name("Chan Siu Ming"), *sorted(names, key=lambda n: list(NameKind).index(n.kind)))),
    births=st.lists(BIRTHS, max_size=3, unique_by=forms._born).map(tuple),
    gender=st.sampled_from(["", "male", "female"]),
    countries=st.lists(CODES.filter(bool), unique=True).map(tuple),
    birth_places=st.lists(WORDS, max_size=1).map(tuple),
    identifiers=st.lists(NUMBERS, max_size=3).map(tuple),
    addresses=st.lists(st.builds(Address, WORDS, CODES), unique_by=lambda a: a.text).map(tuple),
    positions=st.lists(WORDS, max_size=1).map(tuple), notes=WORDS,
)  # fmt: skip


@settings(deadline=None)  # the first reads the names of countries
@given(ENTITIES, st.sampled_from(sorted(LANGUAGES)))
def test_a_customer_comes_back_from_the_form_as_they_were(entity: Entity, language: str) -> None:
    speak = translator(language)
    sent = Filled(forms.values_of(entity, "pep", speak))
    assert forms.entity_of(sent, entity, speak) == entity and not sent.faults
    assert forms.type_of(sent, speak) == "pep"
