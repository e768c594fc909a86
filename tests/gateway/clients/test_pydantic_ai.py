"""pydantic-ai, an agent framework, unchanged: tools, structured output, streams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput, UsageLimitExceeded, UsageLimits
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.models.openai import (
    OpenAIChatModel,
    OpenAIChatModelSettings,
    OpenAIResponsesModel,
)
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from tests.gateway.door_making import Office
from tests.gateway.fakes.server import FakeEngine

STEADY = ModelSettings(temperature=0, max_tokens=60)


class Report(BaseModel):
    degrees: int


class Mood(BaseModel):
    mood: Literal["calm", "angry"]


@pytest.fixture
def model(office: Office) -> OpenAIChatModel:
    return OpenAIChatModel("small", provider=OpenAIProvider(openai_client=office.client))


async def test_an_agent_answers(model: OpenAIChatModel, office: Office) -> None:
    agent = Agent(model, instructions="Be brief.", model_settings=STEADY)
    done = await agent.run("Repeat exactly: salt wave gull")
    assert done.output == "salt wave gull"
    (row,) = await office.rows(1)
    assert (row["tokens_in"], row["tokens_out"]) == (
        done.usage.input_tokens,
        done.usage.output_tokens,
    )


async def test_an_agent_answers_in_a_stream(model: OpenAIChatModel) -> None:
    agent = Agent(model, model_settings=STEADY)
    async with agent.run_stream("Repeat exactly: salt wave gull") as streamed:
        pieces = [piece async for piece in streamed.stream_text(delta=True, debounce_by=None)]
    assert "".join(pieces) == "salt wave gull" and len(pieces) == 3


async def test_an_agent_calls_its_tool_and_answers_from_the_result(
    model: OpenAIChatModel, office: Office, fake: FakeEngine
) -> None:
    agent = Agent(model, model_settings=STEADY)
    asked = []

    @agent.tool_plain
    def temperature(day: int) -> str:
        """Of the sea, on a day."""
        asked.append(day)
        return "Repeat exactly: 24 degrees"

    done = await agent.run("How warm is the sea?")
    assert asked == [7] and done.output == "24 degrees"
    assert [m["role"] for m in fake.bodies[1]["messages"]] == ["user", "assistant", "tool"]
    assert len(await office.rows(2)) == 2


async def test_an_agent_has_its_output_by_a_tool_or_by_a_form(model: OpenAIChatModel) -> None:
    assert (await Agent(model, output_type=Report).run("tide")).output == Report(degrees=7)
    native = Agent(model, output_type=NativeOutput(Report))
    assert (await native.run("tide")).output == Report(degrees=7)


async def test_an_agent_may_speak_responses(office: Office) -> None:
    provider = OpenAIProvider(openai_client=office.client)
    agent = Agent(OpenAIResponsesModel("small", provider=provider), model_settings=STEADY)
    assert (await agent.run("Repeat exactly: salt wave gull")).output == "salt wave gull"


async def test_a_refusal_reaches_the_agents_caller(model: OpenAIChatModel, office: Office) -> None:
    settings = OpenAIChatModelSettings(openai_user="ada")
    with pytest.raises(ModelHTTPError, match="`user`") as refused:
        await Agent(model, model_settings=settings).run("tide")
    assert refused.value.status_code == 400
    assert await office.rows() == []


@pytest.fixture
async def agents(real: Office) -> AsyncIterator[OpenAIChatModel]:
    yield OpenAIChatModel("small", provider=OpenAIProvider(openai_client=real.client))


@pytest.mark.model
async def test_with_the_small_model_an_agent_has_its_output(agents: OpenAIChatModel) -> None:
    by_form = Agent(agents, output_type=NativeOutput(Mood), model_settings=STEADY)
    assert isinstance((await by_form.run("The sea is calm.")).output, Mood)
    by_tool = Agent(agents, output_type=Mood, model_settings=STEADY)
    assert isinstance((await by_tool.run("The sea is calm.")).output, Mood)


@pytest.mark.model
async def test_with_the_small_model_an_agents_tool_is_called_with_what_fits(
    agents: OpenAIChatModel,
) -> None:
    """It is a small model: that it ends is not its to promise, the form of its calls is."""
    agent = Agent(agents, model_settings=STEADY)
    asked: list[str] = []

    @agent.tool_plain
    def weather(city: Literal["Hong Kong", "Paris"]) -> str:
        """The weather of a city."""
        asked.append(city)
        return "Rain, 24 degrees."

    try:
        limits = UsageLimits(request_limit=2)
        done = await agent.run("How is the weather in Hong Kong? Call it.", usage_limits=limits)
        assert done.output
    except UsageLimitExceeded:
        assert asked, "what it could not read was no call"
    assert set(asked) <= {"Hong Kong", "Paris"}
