"""Attack 33: terminal escapes, direction marks and unseen characters in logs, names and answers."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from types import SimpleNamespace

import pytest
from aiohttp import ClientSession
from fastapi import FastAPI

from lionrock.api.app import create_app
from lionrock.cli import output
from tests.attacks.conftest import Taken
from tests.attacks.doors import discard, fetch, get, raw, upload
from tests.attacks.test_30_model_output_as_markup import answered
from tests.serving import served

DECEIVING = {
    "a terminal escape": "\x1b[2J\x1b[31mgone", "a bell": "a\x07b", "a title": "\x1b]0;owned\x07",
    "an override": "invoice\u202efdp.exe", "an isolate": "a\u2066b\u2069", "a zero width": "pay\u200bpal",
    "a mark": "\ufeffx", "a C1 control": "a\x9b31mb", "a carriage return": "safe\rEVIL",
}  # fmt: skip
UNSEEN = set("\x1b\x07\u202e\u2066\u2069\u200b\ufeff\x9b\r")


@pytest.mark.parametrize("what", DECEIVING)
async def test_a_documents_name_comes_out_without_them(client: ClientSession, what: str) -> None:
    text = DECEIVING[what].replace("\r", "").replace("\n", "")
    added = await upload(client, f"{text}.txt", what.encode())
    await discard(client, added)
    assert added.status == 202
    assert not UNSEEN & set(json.loads(added.text)["name"])


async def test_a_documents_words_come_out_without_them(
    client: ClientSession, taken_in: Taken
) -> None:
    # A plain text with terminal controls in it is not taken for text at all.
    unseen = [text for text in DECEIVING.values() if not any(c < " " or c == "\x9b" for c in text)]
    text = " and ".join(unseen)
    document = await taken_in("deceiving.txt", f"Records {text} are kept.".encode())
    assert document["state"] == "ready"
    page = json.loads((await fetch(client, "GET", f"/v1/documents/{document['id']}/pages/1")).text)
    assert not UNSEEN & set(page["text"] + document["title"])


async def test_a_question_with_a_control_character_is_refused(client: ClientSession) -> None:
    for text in ("\x1b[2Jx", "a\x07", "a\x00b"):
        reply = await fetch(client, "POST", "/v1/ask", json={"question": text})
        assert reply.status == 422 and "\x1b" not in reply.text


@pytest.mark.parametrize("what", ["a terminal escape", "a title", "a C1 control", "an override"])
def test_what_the_command_line_prints_cannot_drive_the_terminal(what: str) -> None:
    """An answer that a hostile engine or document wrote, printed as `lionrock ask` prints it."""
    told = io.StringIO()
    with redirect_stdout(told):
        output.say(answered(DECEIVING[what]).plain())
        output.emit({"answer": DECEIVING[what]})
    assert not UNSEEN & set(told.getvalue())
    assert json.loads(told.getvalue()[told.getvalue().index("{") :])["answer"] == DECEIVING[what]


async def test_a_refused_upload_does_not_repeat_the_name_as_it_came(client: ClientSession) -> None:
    reply = await upload(client, "\x1b[31mred\u202e.txt", b"")
    assert reply.status == 422 and not UNSEEN & set(reply.text)


async def test_a_line_break_in_a_path_makes_no_line_in_the_log(log: io.StringIO) -> None:
    house = SimpleNamespace(
        settings=SimpleNamespace(host="127.0.0.1", url=""), database=None,
        runs=SimpleNamespace(watch=SimpleNamespace(on_wake=[])),
    )  # fmt: skip
    app: FastAPI = create_app(house)  # type: ignore[arg-type]

    @app.get("/broken/{rest}")
    async def broken(rest: str) -> None:
        raise RuntimeError("a fault of ours")

    async with served(app) as url:
        await raw(url, get("/broken/x%0aERROR%20forged%20line%1b%5b2J"))
    assert "/broken/x" in log.getvalue()
    assert not any(line.startswith("ERROR forged") for line in log.getvalue().splitlines())
    assert "\x1b" not in log.getvalue()
