"""Telemetry out of the settings."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Final

from lionrock.errors import EgressRefused, InvalidInput
from lionrock.kernel.egress import Gate
from lionrock.kernel.secrets import installation_secret
from lionrock.kernel.telemetry.collector import Collector, sending
from lionrock.kernel.telemetry.service import Telemetry
from lionrock.kernel.telemetry.spans import Traces
from lionrock.settings import Settings

TOKEN: Final = "metrics"
"""File of the token that `/metrics` asks for, under the home's `keys`."""


async def open_telemetry(
    stack: AsyncExitStack, settings: Settings, egress: Gate, notices: list[str]
) -> Telemetry:
    """Its collector ends with `stack`. InvalidInput for an address that cannot be read."""
    installation_secret(settings.home / "keys", TOKEN)  # there before anyone asks
    if not settings.otlp:
        return Telemetry()
    key = settings.otlp_key.get_secret_value() if settings.otlp_key else None
    try:
        collector = Collector(settings.otlp, key, egress)
    except InvalidInput as error:
        raise InvalidInput(f"LIONROCK_OTLP: {error.detail}") from None
    except EgressRefused as error:
        notices.append(f"Traces are off: {error.detail}")
        return Telemetry()
    traces = Traces()
    await stack.enter_async_context(sending(traces, collector))
    return Telemetry(traces)
