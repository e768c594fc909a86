"""A collector on loopback that reads what it is sent, as OTLP over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass
class FakeCollector:
    """`answers`: statuses, the last for ever. `bodies`: every request, taken or not."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        assert (request.method, request.path) == ("POST", "/v1/traces")
        body = await request.read()
        self.bodies.append(body)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status != 200:
            # It leads nowhere good: a client that follows it has failed.
            return web.Response(status=status, headers={"Location": f"{self.url}/elsewhere"})
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resources.append(resource.resource)
            for scope in resource.scope_spans:
                self.spans += scope.spans
        return web.Response(
            body=ExportTraceServiceResponse().SerializeToString(),
            content_type="application/x-protobuf",
        )

    async def named(self, name: str, count: int = 1) -> list[Span]:
        """The spans of this name, once there are `count`."""
        for _ in range(500):
            found = [span for span in self.spans if span.name == name]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"{name} is not among {[span.name for span in self.spans]}")


@asynccontextmanager
async def collecting(*answers: int) -> AsyncIterator[FakeCollector]:
    fake = FakeCollector()
    fake.answers = list(answers) or [200]
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()


def told(span: Span) -> dict[str, str | int]:
    """Its attributes."""
    return {
        a.key: a.value.string_value if a.value.HasField("string_value") else a.value.int_value
        for a in span.attributes
    }
