"""Engines out of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.errors import Conflict, EngineUnavailable
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool import Trust
from lionrock.gateway.setting_up import Engines, built_engine
from lionrock.kernel.egress import Egress
from lionrock.models.native.cpu import at_hand
from lionrock.models.native.source import LLAMA_CPP
from lionrock.settings import Settings
from tests.gateway.fakes.server import KEY, MODEL, fake_engine
from tests.models.native.workshop import lay

FILE = """
[[engine]]
name = "{name}"
kind = "llamacpp"
url = "http://127.0.0.1:9"
trust = "inside"
at_once = 2
  [[engine.model]]
  name = "small"
  upstream = "small-gguf"
  context = 2048
  output = 512
"""


def declared(folder: Path, name: str = "gpu1") -> Path:
    file = folder / "engines.toml"
    file.write_text(FILE.format(name=name))
    return file


async def test_the_product_asks_a_model_of_the_file_by_its_offered_name(tmp_path: Path) -> None:
    engines = Engines(Egress())
    engines.declare(declared(tmp_path), tmp_path)
    assert not engines.choose("large") and engines.own is None
    assert engines.choose("small") and engines.own
    assert (engines.own.model_name, engines.own.context) == ("small", 2048)
    assert await engines.own.count_tokens("salt") > 0  # estimated: nobody is there to ask
    await engines.close()


async def test_a_named_engine_tells_its_model_and_is_taken_for_inside() -> None:
    engines = Engines(Egress())
    async with fake_engine(EngineKind.VLLM) as fake:
        await engines.named(fake.url, key=f"{KEY}\n", model=None, context=4096)
    (engine,) = engines.all
    assert (engine.kind, engine.trust, engine.key) == (EngineKind.OPENAI, Trust.INSIDE, KEY)
    assert engine.offers[0].name == MODEL and engine.offers[0].output == 2048
    await engines.close()


async def test_a_named_engine_with_a_model_need_not_be_up() -> None:
    engines = Engines(Egress())
    await engines.named("http://127.0.0.1:9", key=None, model="small", context=4096)
    assert engines.all[0].offers[0].name == "small"
    await engines.close()


async def test_a_named_engine_that_does_not_tell_its_model_is_left_out() -> None:
    engines = Engines(Egress())
    with pytest.raises(EngineUnavailable):
        await engines.named("http://127.0.0.1:9", key=None, model=None, context=4096)
    assert engines.own is None and engines.all == []


async def test_two_engines_may_not_have_one_name(tmp_path: Path) -> None:
    engines = Engines(Egress())
    engines.declare(declared(tmp_path, "engine"), tmp_path)
    with pytest.raises(Conflict, match="another name"):
        await engines.named("http://127.0.0.1:9", key=None, model="small", context=4096)
    assert engines.own is None


def test_an_engine_built_for_another_processor_is_told_of_and_not_used(tmp_path: Path) -> None:
    lay(tmp_path)
    notices: list[str] = []
    assert built_engine(Settings(home=tmp_path), notices) is None
    assert "build-engine" in notices[0]


def test_the_engine_built_here_is_used_unless_that_is_not_wanted(tmp_path: Path) -> None:
    folder = lay(tmp_path, LLAMA_CPP, at_hand())
    found = built_engine(Settings(home=tmp_path), [])
    assert found and found.binary.parent == folder
    assert built_engine(Settings(home=tmp_path, engine_built=False), []) is None
