"""`/metrics` tells how the house does, to who holds its token, and nothing of anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import openai
import pytest
from prometheus_client.parser import text_string_to_metric_families

from lionrock.api.metrics import scrape
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.secrets import installation_secret
from lionrock.kernel.telemetry import Telemetry, attach
from tests.building import at_work, taught
from tests.gateway.door_making import SAID, Office, engine, office_of
from tests.gateway.fakes.server import FakeEngine, fake_engine
from tests.gateway.ledger.making import TENANT

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
async def fake() -> AsyncIterator[FakeEngine]:
    async with fake_engine(EngineKind.VLLM, at_once=64) as found:
        yield found


def observe(office: Office, telemetry: Telemetry | None = None) -> None:
    """As `House` does it, for the gateway that a test gave it afterwards."""
    house = office.house
    house.telemetry = telemetry or house.telemetry
    parts = office.calls, office.calls.ledger.writer, house.runs, house.search, house.ingest
    attach(house.telemetry, *parts)


@pytest.fixture
async def office(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Office]:  # fmt: skip
    monkeypatch.setattr(scrape, "_PATIENCE", 60.0)  # a busy machine is no database that is away
    async with office_of(database, actor, tmp_path, engine(fake.url)) as found:
        observe(found)
        yield found


def token(office: Office) -> str:
    return installation_secret(office.house.settings.home / "keys", "metrics")


async def asked(office: Office, given: str, **headers: str) -> tuple[int, str, str]:
    """Status, content type and text."""
    sent = {"Authorization": given, **headers} if given else headers
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{office.url}/metrics", headers=sent) as reply,
    ):
        return reply.status, reply.headers["content-type"], await reply.text()


async def scraped(office: Office) -> str:
    status, kind, text = await asked(office, f"Bearer {token(office)}")
    assert status == 200 and kind.startswith("text/plain; version=0.0.4")
    return text


async def samples(office: Office) -> Samples:
    families = text_string_to_metric_families(await scraped(office))
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def at(found: Samples, name: str, **labels: str) -> float:
    return found[name, tuple(sorted(labels.items()))]


async def chat(office: Office, **given: Any) -> None:
    await office.client.chat.completions.create(model="small", messages=SAID, **given)  # type: ignore[call-overload]


async def test_a_call_is_counted_with_its_times_and_tokens(office: Office) -> None:
    await chat(office)
    await office.rows(1)
    found = await samples(office)
    call = {"endpoint": "chat/completions", "model": "small", "engine": "one"}
    assert at(found, "lionrock_gateway_calls_total", outcome="finished", **call) == 1
    for name in ("queue_seconds", "first_byte_seconds", "call_seconds", "tokens_in", "tokens_out"):
        assert at(found, f"lionrock_gateway_{name}_count", **call) == 1
        assert at(found, f"lionrock_gateway_{name}_bucket", le="+Inf", **call) == 1
    assert at(found, "lionrock_gateway_tokens_out_sum", **call) == 0, "told in whole thousands"
    assert at(found, "lionrock_ledger_group_size_sum") >= 2, "it was admitted and settled"
    assert at(found, "lionrock_ledger_commit_seconds_count") >= 1


async def test_refusals_are_counted_by_their_reason_and_the_kind_of_limit(office: Office) -> None:
    limits = LimitService(office.house.database)
    await limits.set(office.actor, TENANT, Limits(requests_per_minute=1))
    await chat(office)
    with pytest.raises(openai.RateLimitError):
        await chat(office)
    with pytest.raises(openai.BadRequestError):
        await chat(office, extra_body={"no_such_field": 1})
    with pytest.raises(openai.NotFoundError):
        await office.client.models.retrieve("the-name-that-a-client-chose")
    stranger = openai.AsyncOpenAI(api_key="no", base_url=f"{office.url}/v1", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        await stranger.models.list()
    await stranger.close()
    found = await samples(office)
    name = "lionrock_gateway_refusals_total"
    assert at(found, name, reason="rate-limited", limit="requests") == 1
    assert at(found, name, reason="invalid-input", limit="") == 1
    assert at(found, name, reason="not-found", limit="") == 1
    assert at(found, name, reason="unauthenticated", limit="") == 1


async def test_how_the_parts_stand_is_told(office: Office, fake: FakeEngine) -> None:
    found = await samples(office)
    assert at(found, "lionrock_engine_up", engine="one") == 1
    assert at(found, "lionrock_engine_circuit", engine="one", state="closed") == 1
    assert at(found, "lionrock_engine_circuit", engine="one", state="open") == 0
    assert at(found, "lionrock_engine_places", engine="one") == 64
    assert at(found, "lionrock_engine_busy", engine="one") == 0
    assert at(found, "lionrock_engine_waiting", engine="one") == 0
    assert at(found, "lionrock_engine_draining", engine="one") == 0
    assert at(found, "lionrock_audit_state", state="starting") == 1
    assert at(found, "lionrock_audit_state", state="broken") == 0
    assert at(found, "lionrock_ledger_waiting") == 0
    assert at(found, "lionrock_ingest_waiting", state="queued") >= 0
    assert at(found, "lionrock_database_connections_most") == 20
    assert at(found, "lionrock_database_connections", state="used") >= 1, "the ledger's"
    assert at(found, "lionrock_egress_refusals_total") == 0
    assert at(found, "process_resident_memory_bytes") > 1e6
    assert at(found, "process_cpu_seconds_total") > 0
    office.calls.pool.drain("one")
    assert at(await samples(office), "lionrock_engine_draining", engine="one") == 1


async def test_without_its_token_it_is_closed_to_everybody(office: Office) -> None:
    good = token(office)
    given = [
        "", f"Bearer {office.key}", f"Bearer {good[:-1]}", f"Bearer {good}0", f"Basic {good}",
        "Bearer", "Bearer é", good,
    ]  # fmt: skip
    for one in given:
        status, _, text = await asked(office, one)
        assert status == 401 and "lionrock_" not in text, one
    status, _, _ = await asked(office, "", Cookie=f"session={good}")
    assert status == 401
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{office.url}/metrics", params={"access_token": good}) as reply,
    ):
        assert reply.status == 401


async def test_the_token_opens_nothing_else(office: Office) -> None:
    headers = {"Authorization": f"Bearer {token(office)}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        for path in ("/v1/status", "/v1/models", "/v1/gateway/usage"):
            async with http.get(office.url + path) as reply:
                assert reply.status == 401, path


async def test_a_new_token_counts_at_once(office: Office) -> None:
    old = token(office)
    (office.house.settings.home / "keys" / "metrics").unlink()
    assert (await asked(office, f"Bearer {old}"))[0] == 401
    assert token(office) != old
    assert (await asked(office, f"Bearer {token(office)}"))[0] == 200


async def test_a_token_that_others_can_read_opens_nothing(office: Office) -> None:
    good = token(office)
    (office.house.settings.home / "keys" / "metrics").chmod(0o644)
    status, _, text = await asked(office, f"Bearer {good}")
    assert status == 503 and "mode 600" in text and good not in text


async def test_the_rest_is_told_while_the_database_does_not_answer(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ConnectionError

    monkeypatch.setattr(office.house.ingest, "waiting", broken)
    found = await samples(office)
    assert at(found, "lionrock_engine_up", engine="one") == 1
    assert not [name for name, _ in found if name == "lionrock_ingest_waiting"]


async def test_what_waits_for_ingest_is_counted_over_all_tenants(
    office: Office, stranger: Actor
) -> None:
    before = await office.house.ingest.waiting()
    for who in (office.actor, stranger):
        await office.house.documents.add(who, "note.md", _chunks(f"# {uuid4()}".encode()))
    now = await office.house.ingest.waiting()
    assert now["queued"] - before["queued"] == 2


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_nothing_of_anybody_is_in_it(office: Office) -> None:
    secret = "麒麟" + uuid4().hex
    said = [{"role": "user", "content": f"Repeat exactly: {secret}"}]
    reply = await office.client.chat.completions.create(
        model="small",
        messages=said,  # type: ignore[arg-type]
        temperature=0,
    )
    with pytest.raises(openai.NotFoundError):
        await office.client.chat.completions.create(model=f"m-{secret}", messages=said)  # type: ignore[arg-type]
    with pytest.raises(openai.BadRequestError):
        await chat(office, extra_body={f"field-{secret}": secret})
    (row,) = await office.rows(1)
    text = await scraped(office)
    assert secret in str(reply.choices[0].message.content), "else it was not there to leak"
    for word in (secret, *who(office), row["id"].hex, str(row["id"])):
        assert word not in text
    labels = {
        name for f in text_string_to_metric_families(text) for s in f.samples for name in s.labels
    }
    assert labels <= {
        "endpoint", "model", "engine", "outcome", "reason", "limit", "state", "le", "version",
    }  # fmt: skip


def who(office: Office) -> list[str]:
    """All that says whose a call was."""
    actor, key = office.actor, office.key
    ids = [str(id) for id in (actor.tenant_id, actor.id)]
    names = ["Administrator", "127.0.0.1", "localhost", str(office.house.settings.home)]
    return [*ids, *(id.replace("-", "") for id in ids), key, key.partition(".")[2], *names]


async def test_two_houses_count_apart(
    office: Office, database: Database, stranger: Actor, tmp_path: Path, fake: FakeEngine
) -> None:
    async with office_of(database, stranger, tmp_path / "2", engine(fake.url)) as second:
        observe(second)
        await chat(office)
        await office.rows(1)
        found = await samples(second)
        assert not [name for name, _ in found if name == "lionrock_gateway_calls_total"]


async def test_every_metric_is_documented_with_its_labels_and_no_other(office: Office) -> None:
    """Fails when a metric is not in docs/metrics.md."""
    await chat(office)
    await office.rows(1)
    with pytest.raises(openai.BadRequestError):
        await chat(office, extra_body={"no_such_field": 1})
    told: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(await scraped(office)):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        told[name] = {label for s in family.samples for label in s.labels} - {"le"}
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")
    documented = {}
    for line in page.splitlines():
        if line.startswith("| `lionrock_") or line.startswith("| `process_"):
            name, labels = [cell.strip() for cell in line.split("|")[1:3]]
            documented[name.strip("`")] = {x.strip() for x in labels.split(",")} - {""}
    assert documented == told


async def test_a_document_and_a_search_work_as_before(office: Office) -> None:
    """What is measured around must not change what is within."""
    house, actor = office.house, office.actor
    async with at_work(house.ingest):
        document = await taught(house, actor, "note.md", "# Tide\n\nThe tide turns at noon.")
    assert document.state == "ready"
    assert await house.search.passages(actor, "When does the tide turn?")
