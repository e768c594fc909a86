"""Spans as OTLP writes them: `ExportTraceServiceRequest` of opentelemetry-proto 1.x, in protobuf."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Written

from lionrock import __version__
from lionrock.kernel.telemetry.spans import Span, Value

_SCOPE = InstrumentationScope(name="lionrock", version=__version__)


def encoded(spans: Iterable[Span]) -> bytes:
    """The resource names the program and its version: no host, no user, no command line."""
    about = Resource(
        attributes=_values({"service.name": "lionrock", "service.version": __version__})
    )
    written = ScopeSpans(scope=_SCOPE, spans=[_span(span) for span in spans])
    body: bytes = ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=about, scope_spans=[written])]
    ).SerializeToString()
    return body


def _span(span: Span) -> Written:
    attributes = span.attributes
    status = None
    if span.error:
        attributes = {**attributes, "error.type": span.error}
        status = Status(code=Status.STATUS_CODE_ERROR)
    return Written(
        trace_id=span.trace,
        span_id=span.id,
        parent_span_id=span.parent,
        name=span.name,
        kind=int(span.kind),  # type: ignore[arg-type]
        start_time_unix_nano=span.began,
        end_time_unix_nano=span.ended,
        attributes=_values(attributes),
        status=status,
    )


def _values(given: Mapping[str, Value]) -> list[KeyValue]:
    return [
        KeyValue(
            key=key,
            value=AnyValue(string_value=v) if isinstance(v, str) else AnyValue(int_value=v),
        )
        for key, v in given.items()
    ]
