"""A server as it is started: a call counted, scraped with the token of its home, and traced to a collector."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import aiohttp
import openai
import pytest
from prometheus_client.parser import text_string_to_metric_families

from lionrock.cli.server import serving
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.settings import Settings
from tests.gateway.fakes.server import KEY, MODEL, fake_engine
from tests.kernel.telemetry.collecting import collecting, told

_ENGINES = """
[[engine]]
name = "one"
kind = "vllm"
url = "{url}"
key = "one"
trust = "inside"
at_once = 4
  [[engine.model]]
  name = "small"
  upstream = "{model}"
  context = 4096
  output = 512
"""


@pytest.fixture
def home() -> Iterator[Path]:
    # Where root's PostgreSQL, which is another user, can reach it.
    folder = Path(mkdtemp(prefix="lionrock-metrics-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder)


async def test_a_server_counts_tells_and_traces(home: Path) -> None:
    async with fake_engine(EngineKind.VLLM) as engine, collecting() as collector:
        keys = home / "keys" / "engines"
        keys.mkdir(parents=True)
        for folder in (home, keys.parent, keys):
            folder.chmod(0o711 if folder == home else 0o700)
        (keys / "one").write_text(KEY)
        (keys / "one").chmod(0o600)
        file = home.parent / "engines.toml"
        file.write_text(_ENGINES.format(url=engine.url, model=MODEL))
        settings = Settings(home=home, model="none", engines=file, port=0, otlp=collector.url)
        async with serving(settings, web=True) as server:
            key = server.facts["key"]
            client = openai.AsyncOpenAI(api_key=key, base_url=f"{server.url}/v1", max_retries=0)
            said = [{"role": "user", "content": "Repeat exactly: kirin"}]
            await client.chat.completions.create(model="small", messages=said)  # type: ignore[arg-type]
            await client.close()
            token = (home / "keys" / "metrics").read_text()
            text = await scraped(server.url, token)
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{server.url}/metrics", allow_redirects=False) as reply,
            ):
                assert reply.status == 401, "and is not sent on to sign in"
        # What was kept goes when the server stops.
        assert [s.name for s in collector.spans if s.name == "chat small"]
    found = {
        (s.name, s.labels.get("engine")): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }
    assert found["lionrock_gateway_calls_total", "one"] == 1
    assert found["lionrock_engine_up", "one"] == 1
    assert "kirin" not in text and key not in text
    # A request that was taken and not answered in time is sent again: the same span.
    roots = [s for s in collector.spans if s.name == "gateway chat/completions"]
    (root,) = {s.span_id: s for s in roots}.values()
    assert told(root)["lionrock.outcome"] == "finished"
    assert b"kirin" not in b"".join(collector.bodies)


async def scraped(url: str, token: str) -> str:
    """Once the call is settled."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        for _ in range(100):
            async with http.get(f"{url}/metrics", allow_redirects=False) as reply:
                assert reply.status == 200
                text = await reply.text()
            if "lionrock_gateway_calls_total{" in text:
                return text
            await asyncio.sleep(0.05)
        async with http.get(f"{url}/metrics") as reply:
            return await reply.text()
