"""Attack 25: someone other than the operator says where the model is, or it is not on the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from lionrock.app import open_house
from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress
from lionrock.models.engines import ChatRequest, OpenAIEngine
from lionrock.settings import Settings
from tests.matrix.surface import operations


def test_no_route_changes_where_the_engine_is() -> None:
    changing = [o for o in operations() if o.method in ("POST", "PUT", "PATCH", "DELETE")]
    assert changing
    found = [o.path for o in changing if "engine" in o.path or "model" in o.path]
    # An engine that the operator declared is used or not; where it is, no request says.
    assert {path.rpartition("/")[2] for path in found} == {"drain", "resume"}


def test_the_settings_cannot_be_changed_while_the_server_runs(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(ValidationError):
        settings.engine = "http://evil.example"  # type: ignore[misc]


async def test_an_engine_that_is_configured_but_not_listed_is_not_asked() -> None:
    egress = Egress()
    engine = OpenAIEngine("http://engine.example:8000", model="m", context=512, egress=egress)
    with pytest.raises(EgressRefused, match=r"engine\.example port 8000 is not on the egress list"):
        async for _ in engine.chat(ChatRequest([{"role": "user", "content": "?"}], 1)):
            pass
    await engine.close()
    assert sum(egress.journal.refused.values()) == 1


async def test_a_list_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", egress="http://engine.example/")
    with pytest.raises(Exception, match="LIONROCK_EGRESS"):
        async with open_house(settings):
            pass
