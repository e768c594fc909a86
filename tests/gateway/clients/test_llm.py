"""`llm`, a chat front end: its command and its library, unchanged, with nothing but a line of settings."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.gateway.door_making import Office
from tests.gateway.fakes.server import FakeEngine

MODELS = """
- model_id: ours
  model_name: small
  api_base: "{url}/v1"
  api_key_name: lionrock
  supports_schema: true
  supports_tools: true
"""
PROMPT = "Repeat exactly: salt wave gull"


def settle(folder: Path, office: Office) -> Path:
    """What a person writes down once."""
    folder.mkdir()
    (folder / "extra-openai-models.yaml").write_text(MODELS.format(url=office.url))
    (folder / "keys.json").write_text(json.dumps({"lionrock": office.key}))
    return folder


@pytest.fixture
def home(office: Office, tmp_path: Path) -> Path:
    return settle(tmp_path / "llm", office)


async def command(home: Path, *arguments: str) -> tuple[int | None, str, str]:
    """Exit code, standard output, standard error of `llm`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "llm", *arguments,
        env=os.environ | {"LLM_USER_PATH": str(home)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("how", [(), ("--no-stream",)])
async def test_the_command_prints_the_answer(
    home: Path, office: Office, fake: FakeEngine, how: tuple[str, ...]
) -> None:
    code, out, err = await command(home, "-m", "ours", "-o", "temperature", "0", *how, PROMPT)
    assert (code, out.strip(), err) == (0, "salt wave gull", "")
    assert bool(fake.bodies[0].get("stream")) == (not how)
    (row,) = await office.rows(1)
    assert row["outcome"] == "finished" and row["tokens_out"] == 3


async def test_the_command_goes_on_with_a_conversation(home: Path, fake: FakeEngine) -> None:
    given = ("-m", "ours", "-o", "temperature", "0")
    assert (await command(home, *given, "-s", "Be brief.", PROMPT))[0] == 0
    code, out, _ = await command(home, *given, "-c", "Repeat exactly: reef")
    assert (code, out.strip()) == (0, "reef")
    roles = [m["role"] for m in fake.bodies[1]["messages"]]
    assert roles[-3:] == ["user", "assistant", "user"]


async def test_the_command_has_an_answer_in_a_form(home: Path) -> None:
    code, out, _ = await command(home, "-m", "ours", "--schema", "degrees int", PROMPT)
    assert (code, json.loads(out)) == (0, {"degrees": 7})


async def test_the_command_says_what_was_wrong(home: Path, office: Office) -> None:
    (home / "keys.json").write_text(json.dumps({"lionrock": "wrong"}))
    code, _, err = await command(home, "-m", "ours", PROMPT)
    assert code == 1 and "401" in err and "Traceback" not in err
    assert await office.rows() == []


async def test_the_library_prompts_and_streams(
    home: Path, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_USER_PATH", str(home))

    def prompt() -> tuple[list[str], str, int | None]:
        import llm

        model = llm.get_model("ours")
        streamed = list(model.prompt(PROMPT, stream=True, temperature=0))
        whole = model.prompt(PROMPT, stream=False, temperature=0)
        return streamed, whole.text(), whole.usage().output

    streamed, whole, tokens = await asyncio.to_thread(prompt)
    assert [piece for piece in streamed if piece] == ["salt ", "wave ", "gull"]
    assert whole == "salt wave gull" and tokens == 3
    assert len(await office.rows(2)) == 2


async def test_the_library_runs_a_chain_of_tools(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_USER_PATH", str(home))
    asked = []

    def temperature(day: int) -> str:
        """Of the sea, on a day."""
        asked.append(day)
        return "Repeat exactly: 24 degrees"

    def chain() -> str:
        import llm

        steady = {"temperature": 0}
        answer = llm.get_model("ours").chain("How warm?", tools=[temperature], options=steady)
        return answer.text()

    said = await asyncio.to_thread(chain)
    assert asked == [7] and said == "24 degrees"


@pytest.mark.model
async def test_with_the_small_model_the_command_prints_an_answer(
    real: Office, tmp_path: Path
) -> None:
    home = settle(tmp_path / "llm", real)
    code, out, _ = await command(
        home, "-m", "ours", "-o", "max_tokens", "5", "-o", "temperature", "0", "Say hello."
    )
    (row,) = await real.rows(1)
    assert code == 0 and out.strip() and 0 < row["tokens_out"] <= 5
