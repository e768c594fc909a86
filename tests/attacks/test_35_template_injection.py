"""Attack 35: template syntax in a question, a document or a name, that a prompt or a page evaluates."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

import lionrock
from tests.attacks.conftest import Taken
from tests.attacks.doors import fetch
from tests.matrix.world import World

SYNTAX = (
    "{{ 7*'7' }}", "{% include '/etc/passwd' %}", "{7*7}", "${7*7}", "#{7*7}", "%(name)s",
    "{question}", "{0.__class__}", "<%= 7*7 %>", "{{ ''.__class__.__mro__[1].__subclasses__() }}",
)  # fmt: skip


async def test_template_syntax_reaches_prompt_and_page_as_it_was_typed(
    world: World, client: ClientSession, browser: ClientSession, taken_in: Taken
) -> None:
    name = " ".join(SYNTAX).replace("/", "")
    await taken_in(f"{name[:190]}.txt", "\n\n".join(f"Records {s} kept." for s in SYNTAX).encode())
    engine: Any = world.house.gateway._engine
    for syntax in SYNTAX:
        engine.requests.clear()
        body = {"question": f"How long are due diligence records kept {syntax}?"}
        assert (await fetch(client, "POST", "/v1/ask", json=body)).status == 200
        prompts = [request.said() for request in engine.requests]
        assert prompts and any(syntax in prompt for prompt in prompts)
        assert not any("7777777" in p or "root:" in p for p in prompts)
    page = await fetch(browser, "GET", "/runs")
    assert "7777777" not in page.text and "root:x" not in page.text


def test_templates_come_from_the_package_alone() -> None:
    """No template is made from a string, and nothing formats text of others with their own pattern."""
    source = Path(lionrock.__file__).parent
    found = []
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
                "from_string",
                "format_map",
            ):
                found.append(f"{path.relative_to(source)}:{node.lineno}")
    assert found == []
