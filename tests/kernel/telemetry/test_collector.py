"""Spans reach the collector that is named, or are dropped; nothing else happens to anybody."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web

from lionrock.errors import EgressRefused, InvalidInput, NotFound, Unavailable
from lionrock.kernel.egress import Egress
from lionrock.kernel.telemetry import Telemetry, traced
from lionrock.kernel.telemetry.collector import Collector, sending
from lionrock.kernel.telemetry.setting_up import open_telemetry
from lionrock.kernel.telemetry.spans import Kind, Span, Traces
from lionrock.settings import Settings
from tests.kernel.telemetry.collecting import collecting, told


def ended(traces: Traces, name: str = "work") -> Span:
    span = Span(
        name, Kind.INTERNAL, None, {"lionrock.engine": "one", "gen_ai.usage.input_tokens": 3}
    )
    traces.end(span)
    return span


class Part:
    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry

    @traced("part")
    async def work(self, text: str, *, fails: bool = False) -> str:
        """Says so."""
        if fails:
            raise NotFound(f"no {text}")
        return text


async def test_a_span_arrives_as_it_was(tmp_path: Path) -> None:
    async with collecting() as fake:
        traces = Traces()
        async with sending(traces, Collector(fake.url, "sesame", Egress()), every=0.01):
            span = ended(traces)
            (got,) = await fake.named("work")
    assert (got.trace_id, got.span_id, got.parent_span_id) == (span.trace, span.id, b"")
    assert (got.start_time_unix_nano, got.end_time_unix_nano) == (span.began, span.ended)
    assert told(got) == {"lionrock.engine": "one", "gen_ai.usage.input_tokens": 3}
    assert fake.headers[0]["content-type"] == "application/x-protobuf"
    assert fake.headers[0]["authorization"] == "Bearer sesame"
    assert "traceparent" not in fake.headers[0]
    assert (traces.sent, traces.dropped, len(traces)) == (1, 0, 0)
    names = {a.key for r in fake.resources for a in r.attributes}
    assert names == {"service.name", "service.version"}, "no host, no process"


async def test_what_is_beneath_what_is_told_and_an_error_by_its_name_alone() -> None:
    async with collecting() as fake:
        telemetry = Telemetry(Traces())
        part = Part(telemetry)
        assert telemetry.traces is not None
        async with sending(telemetry.traces, Collector(fake.url, None, Egress()), every=0.01):
            with pytest.raises(NotFound), telemetry.span("above"):
                assert await part.work("words") == "words"
                await part.work("secret words", fails=True)
            (above,) = await fake.named("above")
            good, bad = await fake.named("part", 2)
    assert {good.parent_span_id, bad.parent_span_id} == {above.span_id}
    assert {good.trace_id, bad.trace_id} == {above.trace_id}
    assert good.status.code == 0 and "error.type" not in told(good)
    assert bad.status.code == 2 and told(bad)["error.type"] == "not-found"
    assert b"secret" not in b"".join(fake.bodies) and bad.status.message == ""


async def test_without_traces_a_method_is_as_it_was() -> None:
    part = Part(Telemetry())
    assert await part.work("words") == "words"
    assert part.work.__doc__ == "Says so."


async def test_what_the_collector_cannot_take_now_it_gets_later() -> None:
    async with collecting(503, 200) as fake:
        traces = Traces()
        async with sending(traces, Collector(fake.url, None, Egress()), every=0.01):
            ended(traces)
            await fake.named("work")
    assert len(fake.bodies) == 2 and (traces.sent, traces.dropped) == (1, 0)


@pytest.mark.parametrize("status", [302, 307, 400, 401, 404])
async def test_what_it_will_never_take_is_dropped_and_no_redirect_is_followed(status: int) -> None:
    async with collecting(status) as fake:
        traces = Traces()
        async with sending(traces, Collector(fake.url, None, Egress()), every=0.01):
            ended(traces)
            for _ in range(500):
                await asyncio.sleep(0.01)
                if traces.dropped:
                    break
    assert len(fake.bodies) == 1
    assert (traces.sent, traces.dropped, len(traces)) == (0, 1, 0)


async def test_what_is_left_at_the_end_is_sent() -> None:
    async with collecting() as fake:
        traces = Traces()
        async with sending(traces, Collector(fake.url, None, Egress()), every=60):
            ended(traces)
        assert [span.name for span in fake.spans] == ["work"]


async def test_a_collector_that_is_down_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    traces = Traces()
    with caplog.at_level(logging.WARNING):
        collector = Collector("http://127.0.0.1:9", None, Egress())
        async with sending(traces, collector, every=0.001):
            ended(traces)
            await asyncio.sleep(0.1)
    assert [r.getMessage().partition(":")[0] for r in caplog.records] == ["traces are not sent"]
    assert len(traces) == 1 and traces.sent == 0


async def test_a_silent_collector_does_not_hold_up_the_end() -> None:
    async def silent(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    app = web.Application()
    app.router.add_post("/v1/traces", silent)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    traces = Traces()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with asyncio.timeout(30), sending(traces, Collector(url, None, Egress()), every=60):
        ended(traces)
    await runner.cleanup()
    assert traces.sent == 0


def test_the_spans_that_wait_are_bounded() -> None:
    traces = Traces(most=3)
    for _ in range(5):
        ended(traces)
    assert (len(traces), traces.dropped) == (3, 2)
    taken = traces.take(2)
    ended(traces)
    traces.give_back(taken)
    assert (len(traces), traces.dropped) == (3, 3)
    assert traces.take(1) == taken[:1], "the oldest first"


async def test_a_collector_that_is_not_on_the_list_is_sent_nothing(tmp_path: Path) -> None:
    egress, notices = Egress(), list[str]()
    async with AsyncExitStack() as stack:
        settings = Settings(home=tmp_path, otlp="http://collector.bank.example:4318")
        telemetry = await open_telemetry(stack, settings, egress, notices)
    assert telemetry.traces is None
    assert "Traces are off" in notices[0] and "LIONROCK_EGRESS" in notices[0]
    assert [attempt.port for attempt in egress.journal.refused] == [4318]


async def test_a_listed_name_that_leads_inside_is_refused_when_it_is_looked_up() -> None:
    from ipaddress import ip_address

    egress = Egress(["collector.example.com"], resolver=lambda name: [ip_address("10.0.0.7")])
    collector = Collector("http://collector.example.com:4318", None, egress)
    with pytest.raises(Unavailable):
        await collector.send(b"")
    await collector.close()
    assert sum(egress.journal.refused.values()) == 1


async def test_an_address_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        for url in ("collector:4318", "http://user:word@collector:4318", "ftp://collector"):
            with pytest.raises(InvalidInput, match="LIONROCK_OTLP"):
                settings = Settings(home=tmp_path, otlp=url)
                await open_telemetry(stack, settings, Egress(), [])


def test_a_collector_is_asked_about_before_it_is_used() -> None:
    with pytest.raises(EgressRefused):
        Collector("https://203.0.113.5/v1/traces", None, Egress())


async def test_traces_are_off_unless_a_collector_is_named(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        telemetry = await open_telemetry(stack, Settings(home=tmp_path), Egress(), [])
    assert telemetry.traces is None
    token = tmp_path / "keys" / "metrics"
    assert token.stat().st_mode & 0o777 == 0o600 and len(token.read_text()) == 64
