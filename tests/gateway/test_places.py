"""Where engines are, as the report on where data can go has it."""

from __future__ import annotations

from pathlib import Path

from lionrock.gateway.places import declared, parts
from lionrock.gateway.pool import Trust
from lionrock.kernel.egress import Egress, residency
from lionrock.settings import Settings
from tests.gateway.pool.making import engine

FILE = """
[[engine]]
name = "cloud"
kind = "openai"
url = "https://models.example"
trust = "outside"
at_once = 2
  [[engine.model]]
  name = "small"
  context = 2048
  output = 512
"""


def test_each_engine_says_where_it_is_and_on_which_side() -> None:
    egress = Egress(["192.0.2.7:8000"])
    told = parts(
        [
            engine("a", url="http://192.0.2.7:8000/v1"),
            engine("b", url="http://192.0.2.8:8000"),
            engine("c", url="https://models.example", trust=Trust.OUTSIDE),
            engine("d", url="unix:/run/d.sock"),
            engine("e", url="http://127.0.0.1:8000"),
        ],
        egress,
    )
    assert [(p.name, p.where, p.trust, p.listed) for p in told] == [
        ("a", "192.0.2.7 port 8000", "inside", True),
        ("b", "192.0.2.8 port 8000", "inside", False),
        ("c", "models.example port 443", "outside", False),
        ("d", residency.HERE, "inside", True),
        ("e", "127.0.0.1 port 8000", "inside", True),
    ]


async def test_the_model_that_the_product_asks_is_where_its_engines_are(tmp_path: Path) -> None:
    (tmp_path / "engines.toml").write_text(FILE)
    settings = Settings(
        home=tmp_path, engines=tmp_path / "engines.toml", model="small", engine=None
    )
    egress = Egress()
    report = await residency.can_go(egress, settings, declared(settings, egress))
    found = {(p.part, p.name): (p.where, p.listed) for p in report.parts}
    assert found["engine", "cloud"] == ("models.example port 443", False)
    assert found["language model", ""] == ("models.example port 443", False)
    other = await residency.can_go(
        egress, settings.model_copy(update={"model": "large"}), declared(settings, egress)
    )
    (model,) = [p for p in other.parts if p.part == "language model"]
    assert model.where == residency.HERE


def test_a_file_that_cannot_be_read_is_said_and_not_taken_for_safe(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engines=tmp_path / "none.toml")
    (part,) = declared(settings, Egress())
    assert not part.listed and "cannot be read" in part.where
    assert declared(Settings(home=tmp_path, engines=None), Egress()) == []
