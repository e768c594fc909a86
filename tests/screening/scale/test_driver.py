"""The process between a house and a cluster: what it sees of the house, and what it makes of a request."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from lionrock.screening.entity_json import told
from lionrock.screening.registry.engine import engine_version
from lionrock.screening.registry.screens import RANGE, searched
from lionrock.screening.scale.driver import Driver
from tests.screening.scale.names import index_in, people

_SHUT_IN = """
import sys
from pathlib import Path
from lionrock.screening.scale.driver import shut_in
home = Path(sys.argv[1])
shut_in(home)
print((home / "indexes" / "screening" / "a").read_text())
for shut in ("keys/vault.key", "indexes/words"):
    try:
        print((home / shut).read_text())
    except PermissionError:
        print("refused")
"""


@pytest.mark.parametrize("beside_code", [False, True])
def test_of_a_home_it_reads_the_indexes_of_names_alone(tmp_path: Path, beside_code: bool) -> None:
    own, home = tmp_path / "tmp", tmp_path / "home"
    for name in ("keys/vault.key", "indexes/words", "indexes/screening/a"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name[-1])
    own.mkdir()
    code = str(tmp_path) if beside_code else ""
    tried = subprocess.run(
        [sys.executable, "-P", "-c", _SHUT_IN, str(home)], capture_output=True, text=True,
        env={"TMPDIR": str(own), "PYTHONPATH": code}, timeout=60,
    )  # fmt: skip
    if "no Landlock" in tried.stderr:
        pytest.skip("this kernel has no Landlock")
    if beside_code:
        assert tried.returncode and "keep it elsewhere" in tried.stderr
    else:
        assert tried.stdout.split() == ["a", "refused", "refused"], tried.stderr


class FakeRay:
    """Ray's interface, in this process."""

    def __init__(self) -> None:
        self.put_times = self.tasks = 0

    def remote(self, **options: Any) -> Any:
        class Task:
            def __init__(self, task: Any) -> None:
                self._task = task

            def remote(_, *given: Any) -> Any:
                self.tasks += 1
                return lambda: _._task(*given)

        return Task

    def put(self, value: bytes) -> Any:
        self.put_times += 1
        return lambda: value

    def get(self, what: Any) -> Any:
        return [one() for one in what] if isinstance(what, list) else what()


def test_a_request_is_cut_into_ranges_and_an_index_sent_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray, said, folder = FakeRay(), io.BytesIO(), tmp_path / "index"
    monkeypatch.setitem(sys.modules, "ray", ray)  # type: ignore[arg-type]
    (tmp_path / "machine").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "machine"))
    index, asked = index_in(folder), people(2 * RANGE + 1, 2)
    request = {
        "folder": str(folder), "version": engine_version(), "threshold": 0.5,
        "queries": [told(q) for q in asked],
    }  # fmt: skip
    given = [{**request, "id": 1}, {**request, "id": 2}, {**request, "id": 3, "version": "other"}]
    given.append({**request, "id": 4, "folder": str(tmp_path / "gone")})
    Driver(ray, said).serve(json.dumps(one).encode() for one in given)
    answers = {one["id"]: one for one in map(json.loads, said.getvalue().splitlines())}
    assert answers[1]["likely"] == answers[2]["likely"] == searched(index, asked, 0.5)
    assert answers[3]["error"].startswith("The cluster has the engine")
    assert answers[4]["error"] == "FileNotFoundError"
    assert (ray.put_times, ray.tasks) == (1, 9)
