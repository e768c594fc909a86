from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.models.downloads import RETRIES, copy, download, length
from lionrock.models.web import Interrupted, SourceFailed, Web
from tests.models.fake_hub import FakeHub

WEB = Web()
BODY = random.Random(1).randbytes(50_000)


def ignore(_have: int, _total: int | None) -> None:
    pass


def bring(hub: FakeHub, path: Path, size: int | None = None, limit: int | None = None) -> None:
    download(WEB, f"{hub.url}/f", path, ignore, size=size, limit=limit)


@given(
    budgets=st.lists(st.integers(0, len(BODY)), max_size=4),
    ranges=st.booleans(),
    etag=st.sampled_from([None, '"a"', 'W/"a"']),
    size_known=st.booleans(),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_however_often_it_breaks_off_the_bytes_are_the_same(
    hub: FakeHub,
    tmp_path: Path,
    budgets: list[int],
    ranges: bool,
    etag: str | None,
    size_known: bool,
) -> None:
    path = tmp_path / "f"
    path.unlink(missing_ok=True)
    hub.files["/f"], hub.ranges, hub.etag = BODY, ranges, etag
    size = len(BODY) if size_known else None
    for budget in budgets:
        hub.refill(budget)
        try:
            bring(hub, path, size)
        except Interrupted:
            assert BODY.startswith(path.read_bytes() if path.exists() else b"")
    hub.refill()
    bring(hub, path, size)
    assert path.read_bytes() == BODY


def test_the_rest_alone_is_asked_for(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["/f"], hub.etag = BODY, '"v1"'
    hub.refill(20_000)
    with pytest.raises(Interrupted):
        bring(hub, tmp_path / "f")
    hub.refill()
    bring(hub, tmp_path / "f")
    last = hub.asked("/f")[-1]
    assert last["Range"] == "bytes=20000-"
    assert last["If-Range"] == '"v1"'


def test_a_weak_etag_is_not_used_to_continue(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["/f"], hub.etag = BODY, 'W/"v1"'
    hub.refill(20_000)
    with pytest.raises(Interrupted):
        bring(hub, tmp_path / "f")
    hub.refill()
    bring(hub, tmp_path / "f")
    assert "If-Range" not in hub.asked("/f")[-1]


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.files["/f"], hub.etag = BODY[::-1], '"old"'
    hub.refill(20_000)
    with pytest.raises(Interrupted):
        bring(hub, tmp_path / "f")
    hub.refill()
    hub.files["/f"], hub.etag = BODY, '"new"'
    bring(hub, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == BODY


def test_a_short_answer_is_continued_within_one_call(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["/f"] = BODY
    hub.refill(20_000)
    seen: list[int] = []

    def report(have: int, _total: int | None) -> None:
        seen.append(have)
        if have == 20_000:
            hub.refill()

    download(WEB, f"{hub.url}/f", tmp_path / "f", report)
    assert (tmp_path / "f").read_bytes() == BODY
    assert seen == sorted(seen)


def test_a_server_that_stops_for_good_is_given_up_on_and_what_came_is_kept(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.files["/f"] = BODY
    hub.refill(20_000)
    with pytest.raises(Interrupted, match="answered 503"):
        bring(hub, tmp_path / "f")
    assert length(tmp_path / "f") == 20_000
    assert len(hub.asked("/f")) == 1 + RETRIES


def test_a_transfer_that_is_always_short_says_by_how_much(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["/f"], hub.overstates_length, hub.ranges = BODY, 5, False
    with pytest.raises(Interrupted, match="5 bytes short"):
        bring(hub, tmp_path / "f")


def test_a_server_that_gives_nothing_is_asked_once(hub: FakeHub, tmp_path: Path) -> None:
    hub.statuses["/f"] = 503
    with pytest.raises(Interrupted, match="503"):
        bring(hub, tmp_path / "f")
    assert len(hub.asked("/f")) == 1


def test_a_file_of_another_size_is_refused_before_its_bytes_are_taken(
    hub: FakeHub, tmp_path: Path
) -> None:
    hub.files["/f"] = BODY
    with pytest.raises(SourceFailed, match="50000 bytes instead of 49999"):
        bring(hub, tmp_path / "f", size=49_999)
    with pytest.raises(SourceFailed, match="more than the limit of 100"):
        bring(hub, tmp_path / "f", limit=100)
    assert length(tmp_path / "f") == 0


def test_a_file_whose_length_nobody_knows_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["/f"], hub.states_length = BODY, False
    with pytest.raises(SourceFailed, match="does not say how long"):
        bring(hub, tmp_path / "f")


def test_bytes_beyond_the_known_size_are_not_written(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["/f"], hub.states_length = BODY, False
    with pytest.raises(SourceFailed, match="more than the 10000 bytes"):
        bring(hub, tmp_path / "f", size=10_000)
    assert length(tmp_path / "f") <= 10_000


def test_a_complete_file_is_not_fetched_again(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["/f"] = BODY
    (tmp_path / "f").write_bytes(BODY)
    bring(hub, tmp_path / "f", size=len(BODY))
    assert hub.requests == []
    bring(hub, tmp_path / "f")
    assert [h.get("Range") for h in hub.asked("/f")] == ["bytes=50000-"]


def test_a_file_longer_than_the_servers_is_fetched_anew(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["/f"] = BODY
    (tmp_path / "f").write_bytes(BODY + b"tail")
    bring(hub, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == BODY


def test_a_copy_goes_on_from_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(BODY)
    (tmp_path / "target").write_bytes(BODY[:12_345])
    seen: list[int] = []
    copy(
        tmp_path / "source",
        tmp_path / "target",
        lambda have, _total: seen.append(have),
        size=len(BODY),
    )
    assert (tmp_path / "target").read_bytes() == BODY
    assert seen[-1] == len(BODY)


def test_a_copy_of_the_wrong_size_or_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(BODY)
    with pytest.raises(SourceFailed, match="50000 bytes instead of 7"):
        copy(tmp_path / "source", tmp_path / "target", ignore, size=7)
    with pytest.raises(SourceFailed, match="cannot be read"):
        copy(tmp_path / "missing", tmp_path / "target", ignore, size=7)
