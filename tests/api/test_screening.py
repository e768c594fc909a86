"""Screening over HTTP: names, payments, lists, customers, files of names, alerts."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError

from lionrock.api.app import create_app
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.api.screening_desk import LIST, Desk, desk_of
from tests.building import house_of
from tests.screening.payments.messages import PACS_008
from tests.serving import served


@pytest.fixture
async def desk(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[Desk]:
    async with (
        house_of(database, actor, tmp_path, working=False) as house,
        served(create_app(house)) as url,
        desk_of(house, url, actor) as made,
    ):
        yield made


async def test_a_body_is_refused_where_it_passes_the_limit_and_not_once_all_of_it_came(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(desk.house.settings.__dict__, "max_upload_bytes", 1000)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(10_000):
            sent += 1 << 14
            yield b"x" * (1 << 14)

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for path in ("batches", "customers/files"):
        with suppress(ClientConnectionError):  # whoever goes on sending is cut off
            async with desk.analyst.post(
                f"/v1/screening/{path}", data=endless(), headers=kind
            ) as answer:
                assert answer.status == 413
    assert sent < 10_000 << 14


# -- Names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["金鐵三", "KAM Tit Sam", "Jin, Tiesan", "JIN TIE SAN"])
async def test_a_hit_says_both_names_the_list_and_why(desk: Desk, name: str) -> None:
    await desk.list()
    found = await desk.call(desk.analyst, "POST", "names", 200, {"name": name})
    (hit,) = found["hits"]
    assert hit["entry"]["id"] == "L1"
    assert hit["list"]["name"] == "Ours"
    assert hit["query_name"] == name
    assert hit["listed_name"] in ("Jin Tiesan", "金铁三")
    assert 0.5 <= hit["score"] < 1
    assert all(e["words"] and e["weight"] for e in hit["evidence"])


async def test_a_followthemoney_entity_is_screened_as_it_is(desk: Desk) -> None:
    await desk.list()
    entity = {
        "id": "x", "schema": "Person", "datasets": ["mine"],
        "properties": {"name": ["Jin Tiesan"], "birthDate": ["1971-03-11"]},
    }  # fmt: skip
    plain = {"name": "Jin Tiesan", "schema": "Person", "birth": "11 Mar 1971"}
    (one,) = (await desk.call(desk.analyst, "POST", "names", 200, entity))["hits"]
    (other,) = (await desk.call(desk.analyst, "POST", "names", 200, plain))["hits"]
    assert one["score"] == other["score"]


async def test_what_cannot_be_kept_is_refused_and_never_a_fault_of_the_servers(desk: Desk) -> None:
    made = await desk.list()
    number = 99_999_999_999
    await desk.call(desk.analyst, "GET", f"lists/{made}/versions/{number}/differences", 422)
    await desk.call(desk.reviewer, "POST", f"lists/{made}/versions/{number}/confirm", 422)
    half = {"id": "x", "schema": "Person", "properties": {"name": ["Chan \ud800"]}}
    await desk.call(desk.analyst, "PUT", "customers/C1", 422, half)
    await desk.call(desk.analyst, "POST", "names", 422, half)
    many = {"name": "Chan", "country": ["hk"] * 101}
    await desk.call(desk.analyst, "POST", "names", 422, many)
    flood = {"id": "x", "schema": "Person", "properties": {"name": ["Chan"] * 1001}}
    await desk.call(desk.analyst, "POST", "names", 422, flood)
    policy = await desk.call(desk.reviewer, "GET", "alerts/policy", 200)
    policy = policy.get("policy", policy)
    await desk.call(
        desk.reviewer, "PUT", "alerts/policy", 422, {**policy, "reporting_entity": "A\0B"}
    )
    deep = base64.urlsafe_b64encode(b"[" * 5000).decode()
    await desk.call(desk.analyst, "GET", f"alerts?after={deep}", 422)


async def test_one_list_changed_twice_at_once_keeps_both_changes(desk: Desk) -> None:
    made = await desk.list()
    await asyncio.gather(
        desk.call(desk.reviewer, "PATCH", f"lists/{made}", 200, {"name": "Theirs"}),
        desk.call(desk.reviewer, "PATCH", f"lists/{made}", 200, {"threshold": 0.7}),
        desk.call(desk.reviewer, "PATCH", f"lists/{made}", 200, {"type_thresholds": {"pep": 0.6}}),
    )
    now = await desk.call(desk.reviewer, "GET", f"lists/{made}", 200)
    assert (now["name"], now["threshold"], now["type_thresholds"]) == ("Theirs", 0.7, {"pep": 0.6})
    now = await desk.call(desk.reviewer, "PATCH", f"lists/{made}", 200, {"threshold": None})
    assert (now["name"], now["threshold"]) == ("Theirs", None)


async def test_no_lists_named_is_not_all_lists_cleared(desk: Desk) -> None:
    query = {"name": "Jin Tiesan"}
    said = await desk.call(desk.analyst, "POST", "names", 409, query)
    assert "no list to screen against" in said["detail"]
    await desk.list()
    await desk.call(desk.analyst, "POST", "names", 422, {**query, "lists": []})


async def test_another_birth_lowers_the_score(desk: Desk) -> None:
    await desk.list()
    scores = []
    for birth in (["11 Mar 1971"], [], ["1950"]):
        body = {"name": "Jin Tiesan", "birth": birth, "threshold": 0.01}
        found = await desk.call(desk.analyst, "POST", "names", 200, body)
        scores.append(found["hits"][0]["score"])
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 3


async def test_without_a_list_it_is_an_error_and_not_no_hit(desk: Desk) -> None:
    problem = await desk.call(desk.analyst, "POST", "names", 409, {"name": "Jin Tiesan"})
    assert "import one first" in problem["detail"]


@pytest.mark.parametrize(
    "body", [{}, {"name": "X", "birth": "soon"}, {"name": "X", "country": "Nowhere"}, {"nom": "X"}]
)
async def test_what_cannot_be_read_is_refused(desk: Desk, body: dict[str, str]) -> None:
    await desk.list()
    await desk.call(desk.analyst, "POST", "names", 422, body)


async def test_a_screening_is_kept_for_who_asked_alone(desk: Desk) -> None:
    await desk.list()
    made = await desk.call(desk.analyst, "POST", "names", 200, {"name": "Jin Tiesan"})
    kept = await desk.call(desk.analyst, "GET", f"names/{made['id']}", 200)
    assert kept["query"]["properties"]["name"] == ["Jin Tiesan"]
    assert kept["hits"][0]["score"] == made["hits"][0]["score"]
    await desk.call(desk.reviewer, "GET", f"names/{made['id']}", 404)


# -- Payments --------------------------------------------------------------------------------------


async def test_a_payment_is_held_for_a_listed_party_and_for_a_country(desk: Desk) -> None:
    await desk.list()
    path = "/v1/screening/payments"
    async with desk.analyst.post(path, data=PACS_008.encode()) as response:
        found = await response.json()
    assert response.status == 200 and found["decision"] == "hold"
    first, second = found["payments"]
    assert (first["decision"], second["decision"]) == ("hold", "release")
    named = [r for r in first["reasons"] if r["entry"] == "L3"]
    assert named and named[0]["written"] == "Harbour Paper Company Limited"
    kept = await desk.call(desk.analyst, "GET", f"names/{named[0]['screening_id']}", 200)
    assert kept["kind"] == "payment"
    async with desk.analyst.post(f"{path}?held_country=Macau", data=PACS_008.encode()) as response:
        rules = [r["rule"] for r in (await response.json())["payments"][0]["reasons"]]
    assert "country" in rules


async def test_what_is_no_message_is_not_answered(desk: Desk) -> None:
    await desk.list()
    async with desk.analyst.post("/v1/screening/payments", data=b"hello") as response:
        assert response.status == 422
        assert (await response.json())["type"] == "urn:lionrock:invalid-input"


# -- Lists -----------------------------------------------------------------------------------------


async def test_a_version_that_takes_much_away_waits_for_a_person(desk: Desk) -> None:
    made = await desk.list()
    shorter = "\n".join(LIST.splitlines()[:2]) + "\n"
    path = f"lists/{made}/versions"
    found = await desk.send(desk.reviewer, path, 201, "ours.csv", shorter)
    assert found["version"]["state"] == "pending"
    changed = await desk.call(desk.analyst, "GET", f"{path}/2/differences", 200)
    assert {(d["kind"], d["entry"]) for d in changed["differences"]} == {
        ("removed", "L2"),
        ("removed", "L3"),
    }
    done = await desk.call(desk.reviewer, "POST", f"{path}/2/confirm", 200)
    assert done["state"] == "applied"
    listed = await desk.call(desk.analyst, "GET", f"lists/{made}", 200)
    assert (listed["entries"], listed["current_version"]) == (1, 2)


async def test_a_patch_leaves_what_it_does_not_name(desk: Desk) -> None:
    made = await desk.list()
    await desk.call(desk.reviewer, "PATCH", f"lists/{made}", 200, {"threshold": 0.9})
    found = await desk.call(desk.reviewer, "PATCH", f"lists/{made}", 200, {"name": "Theirs"})
    assert (found["name"], found["threshold"], found["active"]) == ("Theirs", 0.9, True)
    found = await desk.call(desk.reviewer, "PATCH", f"lists/{made}", 200, {"threshold": None})
    assert found["threshold"] is None


async def test_a_mapping_is_shown_before_it_is_used(desk: Desk) -> None:
    made = await desk.list()
    text = "Who,Other\nWong Siu Ling,1\n"
    path = f"lists/{made}/preview"
    found = await desk.send(desk.reviewer, path, 200, "own.csv", text, mapping='{"Who": "name"}')
    assert (found["headers"], found["first"]) == (["Who", "Other"], ["Wong Siu Ling"])
    await desk.send(desk.reviewer, path, 422, "own.csv", text, mapping="[1]")


async def test_a_file_of_another_kind_is_refused_unless_it_is_said(desk: Desk) -> None:
    body = {"name": "United Nations", "kind": "un"}
    made = await desk.call(desk.reviewer, "POST", "lists", 201, body)
    path = f"lists/{made['id']}/versions"
    problem = await desk.send(desk.reviewer, path, 422, "ours.csv", LIST)
    assert "kind" in problem["detail"]
    await desk.send(desk.reviewer, path, 201, "ours.csv", LIST, kind="table")


# -- Customers and files of names ------------------------------------------------------------------


async def test_a_customer_is_put_found_by_reference_and_ended(desk: Desk) -> None:
    body = {"name": "Wong Siu Ling", "type": "person"}
    await desk.call(desk.analyst, "PUT", "customers/A%2F1", 200, body)
    found = await desk.call(desk.analyst, "GET", "customers/A%2F1", 200)
    assert (found["reference"], found["pending"], found["active"]) == ("A/1", True, True)
    await desk.call(desk.analyst, "DELETE", "customers/A%2F1", 204)
    page = await desk.call(desk.analyst, "GET", "customers", 200)
    assert [c["active"] for c in page["customers"]] == [False]


async def test_a_customer_raises_an_alert_once_screened(desk: Desk) -> None:
    await desk.list()
    text = "reference,name\nC-1,Kam Tit Sam\nC-2,\n"
    taken = await desk.send(desk.analyst, "customers/files", 200, "c.csv", text)
    assert (taken["added"], taken["refused"], taken["faults"][0]["row"]) == (1, 1, 2)
    await desk.house.screening.registry.continuous.settle(desk.analyst_actor.tenant_id)
    queue = await desk.call(desk.reviewer, "GET", "alerts", 200)
    assert [a["name"] for a in queue["alerts"]] == ["Kam Tit Sam"]


async def test_a_file_of_names_is_screened_in_the_background(desk: Desk) -> None:
    await desk.list()
    text = '{"id": "C-1", "name": "Kam Tit Sam"}\n{"id": "C-2", "name": "Wong Siu Ling"}\n'
    batch = await desk.send(desk.analyst, "batches", 202, "n.jsonl", text)
    await desk.house.screening.registry.batches.work(desk.analyst_actor.tenant_id)
    done = await desk.call(desk.analyst, "GET", f"batches/{batch['id']}", 200)
    assert (done["state"], done["total"], done["hits"]) == ("done", 2, 1)
    path = f"/v1/screening/batches/{batch['id']}/results"
    async with desk.analyst.get(path) as response:
        lines = (await response.text()).splitlines()
    assert "C-1" in lines[1] and "hit" in lines[1] and "no hit" in lines[2]
    await desk.call(desk.analyst, "DELETE", f"batches/{batch['id']}", 204)
    await desk.call(desk.analyst, "GET", f"batches/{batch['id']}", 404)
