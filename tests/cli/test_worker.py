"""`lionrock worker`: what it needs, and that it does a server's reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from lionrock import app
from lionrock.cli.main import run
from lionrock.documents.schemas import State
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import RUNTIME
from lionrock.settings import Settings
from tests.building import at_work, house_of, put, settled
from tests.conftest import _PASSWORD
from tests.fakes import WordEmbedder


def test_it_needs_the_servers_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_HOME", str(tmp_path))
    assert run(["worker", "--json"]) == 2
    assert "needs LIONROCK_DATABASE_URL" in json.loads(capsys.readouterr().out)["error"]


def test_it_needs_the_servers_home_and_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIONROCK_DATABASE_URL", "postgresql://lionrock@127.0.0.1:9/none")
    assert run(["worker", "--json"]) == 2
    assert "does not hold the keys" in json.loads(capsys.readouterr().out)["error"]
    assert not (tmp_path / "home").exists()


async def test_it_reads_what_its_server_took_in(
    database: Database, postgres: str, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def embedder(*_: object) -> WordEmbedder:
        return WordEmbedder()

    monkeypatch.setattr(app, "open_embedder", embedder)
    async with house_of(database, actor, tmp_path, working=False) as house:
        secret = tmp_path / "keys" / RUNTIME
        secret.write_text(_PASSWORD)
        secret.chmod(0o600)
        added = await put(house, actor, "text.md", "A text for another worker.")
        settings = Settings(home=tmp_path, database_url=SecretStr(postgres))
        async with app.open_worker(settings) as ingest, at_work(ingest):
            document = await settled(house, actor, added)
            assert await house.ingest.presence.living() == [ingest.presence.id]
        assert document.state == State.READY
        assert await house.ingest.presence.living() == []
        assert await house.search.passages(actor, "another worker")
