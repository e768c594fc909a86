"""The house's side of a cluster: whom it connects to, what it believes, and what if nobody answers."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from lionrock.errors import EgressRefused, InvalidInput
from lionrock.kernel.database import _SESSION
from lionrock.kernel.egress import Egress
from lionrock.screening.entities import Entity
from lionrock.screening.registry.engine import SearchIndex
from lionrock.screening.registry.screens import Here, Likely, ranges, searched
from lionrock.screening.scale.cluster import _ANSWER_SECONDS, _CONNECT_SECONDS, Cluster
from tests.screening.registry.conftest import Desk, desk
from tests.screening.registry.small import Listed, person
from tests.screening.registry.test_batches import file_of, listed, names, results
from tests.screening.scale.names import index_in, people

__all__ = ["desk"]

_FAKE = """
import json, os, sys
from pathlib import Path
begin = json.loads(sys.stdin.readline())
Path(os.environ["TMPDIR"]).parent.joinpath("told.json").write_text(
    json.dumps([begin, dict(os.environ)]))
print(json.dumps({"width": 2}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    Path(begin["home"], "asked.json").write_text(line)
    exec(sys.argv[1])
"""


def cluster(home: Path, answers: str) -> Cluster:
    """One whose driver does as told."""
    command = (sys.executable, "-c", _FAKE, answers)
    return Cluster("127.0.0.1", 10001, home, Egress(), command=command)


SAYS = 'print(json.dumps({"id": asked["id"], "likely": %s}), flush=True)'


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("address", ["10.2.3.4:10001", "ray.bank.example:10001", "[fd12::7]:10001"])
def test_a_cluster_elsewhere_must_be_listed_by_the_operator(tmp_path: Path, address: str) -> None:
    with pytest.raises(EgressRefused, match="egress list"):
        Cluster.at(address, tmp_path, Egress())


@pytest.mark.parametrize(
    "address", ["", "ray", "127.0.0.1", "ray://127.0.0.1:10001", "a b:1", ":1"]
)
def test_an_address_is_a_host_and_a_port(tmp_path: Path, address: str) -> None:
    with pytest.raises(InvalidInput):
        Cluster.at(address, tmp_path, Egress())


def test_to_another_machine_nothing_goes_in_the_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.screening.scale.cluster.find_spec", lambda name: "found")
    for given in (None, "0", ""):
        monkeypatch.delenv("RAY_USE_TLS", raising=False)
        if given is not None:
            monkeypatch.setenv("RAY_USE_TLS", given)
        with pytest.raises(InvalidInput, match="in the clear"):
            Cluster.at("10.2.3.4:10001", tmp_path, Egress(["10.2.3.4"]))
        assert Cluster.at("127.0.0.1:10001", tmp_path, Egress()).pid is None
        assert Cluster.at("[::1]:10001", tmp_path, Egress()).pid is None
    monkeypatch.setenv("RAY_USE_TLS", "1")
    assert Cluster.at("10.2.3.4:10001", tmp_path, Egress(["10.2.3.4"])).pid is None


def test_without_ray_the_setting_is_refused_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.screening.scale.cluster.find_spec", lambda name: None)
    monkeypatch.setenv("RAY_USE_TLS", "1")
    for address in ("127.0.0.1:10001", "10.2.3.4:10001"):
        with pytest.raises(InvalidInput, match="pip install"):
            Cluster.at(address, tmp_path, Egress(["10.2.3.4"]))


def test_a_cluster_is_given_up_before_the_database_gives_up_on_the_transaction() -> None:
    limit = float(_SESSION["idle_in_transaction_session_timeout"].removesuffix("s"))
    assert limit > _CONNECT_SECONDS + _ANSWER_SECONDS


def test_nothing_imports_ray_that_is_not_asked_to() -> None:
    import lionrock.screening.scale.cluster
    import lionrock.screening.scale.driver
    import lionrock.screening.service  # noqa: F401

    assert "ray" not in sys.modules


async def test_the_driver_is_told_queries_without_references_and_none_of_our_settings(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIONROCK_DATABASE_URL", "postgres://u:secret@db/x")
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("RAY_USE_TLS", "1")
    index, asked = index_in(temporary / "index"), [person("C-77 reference", "chan tai man")]
    one = cluster(temporary, SAYS % "[[]]")
    assert await one.likely(index, temporary / "index", asked, 0.5) == [[]]
    begin, environment = json.loads((temporary / "told.json").read_text())
    assert begin == {"address": "127.0.0.1:10001", "home": str(temporary)}
    assert environment["RAY_USE_TLS"] == "1" and environment["RAY_USAGE_STATS_ENABLED"] == "0"
    assert "secret" not in json.dumps(environment) and "LIONROCK" not in json.dumps(environment)
    sent = (temporary / "asked.json").read_text()
    assert "chan tai man" in sent and "C-77" not in sent
    pid, own = one.pid, environment["TMPDIR"]
    await one.close()
    assert pid is not None and one.pid is None and not Path(own).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    "answers",
    [
        "sys.exit(3)",
        'print("{", flush=True)',
        'print("{}", flush=True)',
        SAYS % "[]",
        SAYS % "7",
        SAYS % "[[7], [], []]",
        SAYS % "[['../x'], [], []]",
        'print(json.dumps({"id": asked["id"], "error": "worker died"}), flush=True)',
    ],
)
async def test_what_a_cluster_cannot_answer_is_searched_for_here(
    temporary: Path, answers: str, caplog: pytest.LogCaptureFixture
) -> None:
    index, asked = index_in(temporary / "index"), people(3, 2)
    one = cluster(temporary, answers)
    assert await one.width() == 2
    for _ in range(2):
        assert await one.likely(index, temporary, asked, 0.3) == searched(index, asked, 0.3)
    assert one.pid is None and await one.width() == 1, "it is let be for a while"
    assert caplog.text.count("screening goes on in this process") == 1
    await one.close()


async def test_a_driver_that_does_not_start_is_done_without(temporary: Path) -> None:
    index, asked = index_in(temporary / "index"), people(3, 2)
    one = Cluster("127.0.0.1", 1, temporary, Egress(), command=(sys.executable, "-c", ""))
    assert await one.width() == 1
    assert await one.likely(index, temporary, asked, 0.3) == searched(index, asked, 0.3)
    await one.close()


class Pool(Here):
    """Cuts what it is asked into ranges and searches for the last one first."""

    def __init__(self, more: Sequence[str] = ()) -> None:
        self.more, self.asked = list(more), 0

    async def width(self) -> int:
        return 12

    async def likely(
        self, index: SearchIndex, folder: Path, queries: Sequence[Entity], threshold: float
    ) -> Likely:
        assert folder.is_dir()
        self.asked += len(queries)
        parts = [searched(index, part, threshold) for part in reversed(list(ranges(queries)))]
        return [[*ids, *self.more] for part in reversed(parts) for ids in part]


async def test_files_and_customers_have_the_same_hits_wherever_they_are_searched_for(
    desk: Desk,
) -> None:
    made = await listed(desk)
    rows, found = names(60), []
    pool = Pool()
    for screens in (Here(), pool):
        desk.registry.screener.screens = screens
        batch = await desk.registry.batches.submit(desk.manager, file_of(rows), "jsonl")
        await desk.registry.batches.work(desk.manager.tenant_id)
        found.append(await results(desk.registry.batches, desk.manager, batch))
        people = io.BytesIO(file_of(rows).getvalue())
        await desk.registry.customers.take(desk.manager, people, "jsonl")
        await desk.registry.continuous.rescreen_all(desk.manager.tenant_id)
    assert found[0] == found[1] and b'"score"' in found[0]
    assert pool.asked == 120
    kept = await desk.count("screening_hits")
    assert kept and len(desk.told.changed) == kept and not desk.told.gone, "no hit changed"
    assert made


async def test_who_searches_can_make_no_hit(desk: Desk) -> None:
    """Besides the right ids it is told those of unlike entries, of none, of no list, and one twice."""
    registry = desk.registry
    made = await registry.lists.create(desk.manager, "UN", "un")
    await registry.imports.take(
        desk.manager, made, Listed([person("1", "wong"), person("2", "ho")])
    )
    async with desk.database.tenant_session(desk.manager) as db:
        entries = await db.fetch("SELECT list_id, entry_id FROM screening_entries")
    real = [e["list_id"].hex + e["entry_id"].hex for e in entries]
    found = []
    for more in ((), [*real, "0" * 64, real[0][:32] + "0" * 32]):
        registry.screener.screens = Pool(more)
        batch = await registry.batches.submit(desk.manager, file_of(["wong", "chan"]), "jsonl")
        await registry.batches.work(desk.manager.tenant_id)
        found.append(await results(registry.batches, desk.manager, batch))
    assert [len(json.loads(line)["hits"]) for line in found[0].splitlines()] == [1, 0]
    assert found[1] == found[0]
