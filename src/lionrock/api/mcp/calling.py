"""A call of a tool, from its arguments to what its client is told."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from lionrock.api import problems
from lionrock.api.mcp.tools import Call, Tool
from lionrock.errors import InvalidInput, LionrockError

log = logging.getLogger(__name__)
RUN: Final = "lionrock/run"
"""In `_meta` of a result: the id of the run that made it."""
ERROR: Final = "lionrock/error"
"""In `_meta` of a refusal: its stable name (`LionrockError.code`)."""


async def called(tool: Tool, call: Call, arguments: Mapping[str, Any]) -> CallToolResult:
    """The tool's answer, or its refusal in the words of the rest of the API."""
    try:
        answer = await tool.work(call, _request(tool, arguments))
    except LionrockError as error:
        return _refusal(error)
    except Exception as error:
        log.error("the tool %s failed", tool.name, exc_info=error)
        unexpected = "The server met an error it did not expect; its log has it."
        return _refusal(LionrockError(unexpected))
    text = answer.text or answer.result.model_dump_json()
    return CallToolResult(
        content=[TextContent(text=text)],
        structured_content=answer.result.model_dump(mode="json"),
        _meta={RUN: str(answer.run)} if answer.run else None,
    )


def _request(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    try:
        return tool.request.model_validate(dict(arguments))
    except ValidationError as error:
        raise InvalidInput(problems.faults(error.errors())) from None


def _refusal(error: LionrockError) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(text=error.detail)], is_error=True, _meta={ERROR: error.code()}
    )
