from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from lionrock.kernel import capabilities as declared
from lionrock.kernel.capabilities import Progress, Result, Risk, RunContext, Update, capability
from lionrock.kernel.permissions import Permission
from lionrock.web.streaming import event, with_heartbeat
from tests.web.client import Client
from tests.web.conftest import House, TrialRequest
from tests.web.test_work import run_of


def events(stream: str) -> list[tuple[str, str, str]]:
    """(event, id, data) of each, the data's lines joined as a browser joins them."""
    found = []
    for block in stream.split("\n\n"):
        if block and not block.startswith(":"):
            fields = [line.partition(": ")[::2] for line in block.splitlines()]
            data = "\n".join(v for k, v in fields if k == "data")
            found.append((dict(fields)["event"], dict(fields)["id"], data))
    return found


async def started(reader: Client, **form: str) -> str:
    answer = await reader.post(
        "/c/trial", {"text": "words", "times": "1", **form}, hx_request="true"
    )
    return run_of(answer)


def test_every_line_of_a_fragment_is_a_field_of_its_own() -> None:
    made = event("evidence", "<ol>\r\n<li>event: forged\n\nid: 9\u2028</ol>", 3)
    assert events(made)[0][:2] == ("evidence", "3")
    assert all(re.match(r"(event|id|data): ?", line) for line in made.strip().splitlines())


async def test_updates_stream_as_fragments_and_the_result_last(reader: Client, trial: str) -> None:
    stream = events((await reader.get(f"/runs/{await started(reader)}/stream")).text)
    assert [name for name, _, _ in stream] == ["progress", "trying", "result", "end"]
    assert 'value="1" max="2"' in stream[0][2] and "tried words" in stream[2][2]


async def test_after_a_lost_connection_only_the_rest_is_sent(reader: Client, trial: str) -> None:
    run = await started(reader)
    whole = events((await reader.get(f"/runs/{run}/stream")).text)
    rest = events((await reader.get(f"/runs/{run}/stream", last_event_id=whole[1][1])).text)
    assert rest == whole[2:]


async def test_a_failure_is_a_fragment_too(reader: Client, trial: str) -> None:
    run = await started(reader, fail="on")
    stream = events((await reader.get(f"/runs/{run}/stream", accept_language="zh-CN")).text)
    assert [name for name, _, _ in stream][-2:] == ["failure", "end"]
    assert "未设置模型。" in stream[-2][2]


@pytest.fixture
def endless() -> object:
    """A capability that works until it is stopped."""

    @capability(id="web.trial", risk=Risk.LOW, permission=Permission.ASSIST_ASK_RUN)
    async def body(run: RunContext, request: TrialRequest) -> AsyncIterator[Progress | Result]:
        """Work for ever."""
        yield Progress(stage="wording")
        await asyncio.Event().wait()

    yield
    del declared._declared["web.trial"]


async def test_stopping_a_run_is_no_error(reader: Client, house: House, endless: object) -> None:
    run = await started(reader)
    following = asyncio.create_task(reader.get(f"/runs/{run}/stream"))
    assert (await reader.post(f"/runs/{run}/stop")).status == 204
    name, _, fragment = events((await following).text)[-2]
    assert name == "failure" and "Stopped" in fragment and "alert" not in fragment
    assert "Stopped" in (await reader.get(f"/runs/{run}")).text


async def test_a_run_that_goes_on_is_followed_again_from_its_page(
    reader: Client, house: House, endless: object
) -> None:
    run = await started(reader)
    assert f'sse-connect="/runs/{run}/stream"' in (await reader.get(f"/runs/{run}")).text
    await reader.post(f"/runs/{run}/stop")


async def test_an_unknown_run_has_no_stream(reader: Client) -> None:
    assert (await reader.get(f"/runs/{uuid4()}/stream")).status == 404


async def test_silence_is_filled_with_heartbeats_and_loses_no_update() -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[Update]:
        yield Progress(stage="one")
        await gate.wait()
        yield Progress(stage="two")

    seen: list[str] = []
    async for update in with_heartbeat(slow(), seconds=0.001):
        seen.append(update.stage if isinstance(update, Progress) else "beat")
        if seen.count("beat") == 3:
            gate.set()
    assert seen[0] == "one" and seen[-1] == "two" and seen.count("beat") >= 3
