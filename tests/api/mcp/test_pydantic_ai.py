"""pydantic-ai, an agent framework, unchanged: its agent asks over MCP (by the client of FastMCP)."""

from __future__ import annotations

from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from lionrock.app import House
from lionrock.kernel.actors import Actor
from tests.api.mcp.conftest import QUESTION


def told(messages: list[ModelMessage], name: str) -> ToolReturnPart | None:
    """What the tool gave the agent, if it has."""
    parts = [part for message in messages for part in message.parts]
    given = [p for p in parts if isinstance(p, ToolReturnPart) and p.tool_name == name]
    return given[-1] if given else None


async def test_an_agent_looks_asks_and_quotes_the_page(
    url: str, key: str, house: House, actor: Actor
) -> None:
    def agent(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        assert {"ask", "documents", "search"} <= {tool.name for tool in info.function_tools}
        if told(messages, "documents") is None:
            return ModelResponse([ToolCallPart("documents", {})])
        if (answered := told(messages, "ask")) is None:
            return ModelResponse([ToolCallPart("ask", {"question": QUESTION})])
        return ModelResponse([TextPart(answered.content["citations"][0]["quote"])])

    toolset = MCPToolset(url, headers={"Authorization": f"Bearer {key}"})
    async with toolset:
        done = await Agent(FunctionModel(agent), toolsets=[toolset]).run(QUESTION)
    assert "at least seven years" in done.output
    (run,) = await house.runs.list(actor, limit=5)
    assert (run["capability"], run["state"]) == ("assist.ask", "finished")


async def test_what_is_refused_reaches_the_model_in_our_words(url: str, key: str) -> None:
    seen: list[str] = []

    def agent(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        seen.extend(str(part.content) for part in messages[-1].parts)
        if len(messages) == 1:
            return ModelResponse([ToolCallPart("ask", {"question": ""})])
        return ModelResponse([TextPart("I was refused.")])

    toolset = MCPToolset(url, headers={"Authorization": f"Bearer {key}"})
    async with toolset:
        await Agent(FunctionModel(agent), toolsets=[toolset]).run(QUESTION)
    assert "question: String should have at least 1 character" in seen[-1]
