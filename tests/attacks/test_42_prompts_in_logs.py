"""Attack 42: words of a prompt, a document or an answer in a log, an event, an error or a setting."""

from __future__ import annotations

import io

import pytest
from aiohttp import ClientSession

from lionrock.errors import EngineRefused
from tests.attacks.conftest import Taken
from tests.attacks.doors import discard, fetch, upload
from tests.matrix.world import World

CANARY = "Kwaichung9931"


async def test_a_question_a_document_and_an_answer_leave_no_word_in_the_log_or_events(
    world: World, client: ClientSession, taken_in: Taken, log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await taken_in(f"{CANARY}.txt", f"{CANARY} keeps records for seven years.".encode())
    monkeypatch.setattr(world.house.gateway._engine, "_say", f"{CANARY} keeps them [1].")
    body = {"question": f"How long does {CANARY} keep records?"}
    assert CANARY in (await fetch(client, "POST", "/v1/ask", json=body)).text
    assert CANARY not in log.getvalue()
    events = await world.admin.fetch("SELECT e::text FROM events e")
    assert events and not any(CANARY in row[0] for row in events)


@pytest.mark.parametrize("fault", ["of the engine", "of ours", "of the database"])
async def test_a_failure_leaves_no_word_in_the_log(
    world: World,
    client: ClientSession,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    body = {"question": f"How long are due diligence records of {CANARY} kept?"}
    if fault == "of the engine":
        monkeypatch.setattr(world.house.gateway._engine, "_error", EngineRefused("It is full."))
    if fault == "of ours":

        async def broken(*_: object, **__: object) -> None:
            raise ValueError(f"cannot read {CANARY}")

        monkeypatch.setattr(world.house.search, "find", broken)
    if fault == "of the database":

        async def refused(*_: object, **__: object) -> None:
            async with world.house.database.tenant_session(world.ours.actor) as db:
                await db.fetch("SELECT $1::text::int", CANARY)

        monkeypatch.setattr(world.house.search, "find", refused)
    reply = await fetch(client, "POST", "/v1/ask", json=body)
    assert CANARY not in log.getvalue()
    if fault != "of the engine":
        assert reply.status == 500 and CANARY not in reply.text
        assert "lionrock" in log.getvalue()


async def test_an_error_repeats_nothing_that_was_sent(
    client: ClientSession, log: io.StringIO
) -> None:
    for reply in (
        await fetch(client, "POST", "/v1/ask", json={"question": [CANARY]}),
        await fetch(client, "POST", "/v1/ask", json={"question": CANARY * 300}),
        await fetch(client, "POST", "/v1/ask", data=f'{{"question": "{CANARY}'),
        await fetch(client, "GET", f"/v1/documents/{CANARY}"),
        await fetch(client, "GET", "/v1/search", params={"q": "x", "limit": CANARY}),
    ):
        assert reply.status in (400, 422)
        assert CANARY not in reply.text
    assert CANARY not in log.getvalue()


async def test_a_failed_upload_names_the_file_to_its_owner_and_to_no_log(
    client: ClientSession, log: io.StringIO
) -> None:
    await discard(client, await upload(client, f"{CANARY}.pdf", b"%PDF-1.4 broken"))
    assert (await upload(client, f"{CANARY}.txt", b"")).status == 422
    assert CANARY not in log.getvalue()


async def test_the_database_logs_no_statement_and_no_value(world: World) -> None:
    shown = dict(
        await world.admin.fetch(
            "SELECT name, setting FROM pg_settings WHERE name = ANY($1)",
            ["log_statement", "log_min_messages", "log_min_error_statement", "log_error_verbosity",
             "log_parameter_max_length", "log_parameter_max_length_on_error", "log_min_duration_statement"],
        )
    )  # fmt: skip
    assert shown == {
        "log_statement": "none", "log_min_messages": "log", "log_min_error_statement": "panic",
        "log_error_verbosity": "terse", "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0", "log_min_duration_statement": "-1",
    }  # fmt: skip
