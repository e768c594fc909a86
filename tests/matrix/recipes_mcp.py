"""The Model Context Protocol: any key may speak it; each tool asks for its own permission."""

from __future__ import annotations

from typing import Final

from tests.matrix.recipe import Recipe, request
from tests.matrix.world import QUESTION

_ASKS: Final = {
    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": QUESTION}},
}  # fmt: skip
_WHY: Final = "which tools it shows and runs is decided for each: tests/api/mcp"

RECIPES: Final[dict[str, Recipe]] = {
    "POST /mcp": Recipe(
        request(json=_ASKS, headers={"accept": "application/json, text/event-stream"}),
        everyone=_WHY,
        any_key=_WHY,
    ),
}
