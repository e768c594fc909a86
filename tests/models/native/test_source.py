"""The source: known by its hash, brought from where it may be had, taken out with nothing beside it."""

from __future__ import annotations

import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest

from lionrock.errors import InvalidInput, ModelPullFailed
from lionrock.models.native.source import LLAMA_CPP, Source, check, fetch, unpack
from lionrock.models.progress import Progress
from tests.models.fake_hub import FakeHub
from tests.models.native.workshop import archive, put, source_of


def quiet(_: Progress) -> None: ...


def on_index(hub: FakeHub, source: Source, content: bytes) -> str:
    path = f"/files/{source.file}"
    hub.files[path] = content
    hub.files[f"/simple/{source.package}/"] = f'<a href="../..{path}">{source.file}</a>'.encode()
    return path


def test_the_source_is_of_the_release_that_the_wheel_is_of() -> None:
    assert version(LLAMA_CPP.package) == LLAMA_CPP.version


def test_it_comes_from_the_index_that_pip_uses_and_is_kept(hub: FakeHub, tmp_path: Path) -> None:
    source = source_of(archive())
    path = on_index(hub, source, archive())
    kept = fetch(source, tmp_path / "cache", quiet)
    assert kept.read_bytes() == archive()
    assert fetch(source, tmp_path / "cache", quiet) == kept
    assert len(hub.asked(path)) == 1


def test_a_transfer_that_broke_off_goes_on_where_it_stopped(hub: FakeHub, tmp_path: Path) -> None:
    content = archive({"thirdparty/llama.cpp/CMakeLists.txt": bytes(range(256)) * 4000})
    source = source_of(content)
    path = on_index(hub, source, content)
    hub.refill(len(content) // 2)
    with pytest.raises(ModelPullFailed):
        fetch(source, tmp_path, quiet)
    hub.refill()
    assert fetch(source, tmp_path, quiet).read_bytes() == content
    assert "Range" in hub.asked(path)[-1]


def test_the_mirror_is_tried_first(hub: FakeHub, tmp_path: Path) -> None:
    source, _ = put(tmp_path / "mirror")
    kept = fetch(source, tmp_path / "cache", quiet, mirror=str(tmp_path / "mirror"))
    assert check(source, kept) == tmp_path / "cache" / source.file
    assert hub.requests == []


def test_another_file_of_the_same_size_is_not_kept(hub: FakeHub, tmp_path: Path) -> None:
    source = source_of(archive())
    on_index(hub, source, bytes(source.size))
    with pytest.raises(ModelPullFailed, match=r"has not the SHA-256[\s\S]*--source"):
        fetch(source, tmp_path, quiet)
    assert [f.name for f in tmp_path.iterdir()] == [".source.lock"]


def test_a_kept_file_that_was_changed_is_brought_again(hub: FakeHub, tmp_path: Path) -> None:
    source, kept = put(tmp_path)
    kept.write_bytes(bytes(source.size))
    on_index(hub, source, archive())
    assert fetch(source, tmp_path, quiet).read_bytes() == archive()


def test_a_file_that_is_given_must_be_the_one(tmp_path: Path) -> None:
    source, path = put(tmp_path)
    assert check(source, path) == path
    path.write_bytes(b"another")
    with pytest.raises(InvalidInput, match=f"expected {source.sha256}"):
        check(source, path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        check(source, tmp_path / "none")


def test_llama_cpp_alone_is_taken_out(tmp_path: Path) -> None:
    source, path = put(tmp_path / "a")
    root = unpack(source, path, tmp_path / "out")
    assert root == tmp_path / "out" / "thirdparty" / "llama.cpp"
    assert (root / "vendor" / "httplib" / "LICENSE").read_bytes() == b"MIT too\n"
    assert not (tmp_path / "out" / "setup.py").exists()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    "member",
    [
        link("engine-1/thirdparty/llama.cpp/x", "/etc/passwd"),
        link("engine-1/thirdparty/llama.cpp/x", "../../../../x", tarfile.LNKTYPE),
        link("engine-1/thirdparty/llama.cpp/x", "", tarfile.FIFOTYPE),
        tarfile.TarInfo("engine-1/thirdparty/llama.cpp/../../../x"),
        tarfile.TarInfo("/thirdparty/llama.cpp/x"),
    ],
    ids=lambda m: f"{m.name} {m.type!r}",
)
def test_links_devices_and_ways_out_are_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    source, path = put(tmp_path / "a", archive(extra=(member,)))
    with pytest.raises(InvalidInput, match="no plain file"):
        unpack(source, path, tmp_path / "b" / "out")
    assert not (tmp_path / "x").exists() and not (tmp_path / "b" / "x").exists()


def test_an_archive_without_llama_cpp_or_broken_off_is_refused(tmp_path: Path) -> None:
    source, path = put(tmp_path / "a", archive({"setup.py": b""}))
    with pytest.raises(InvalidInput, match="does not hold llama"):
        unpack(source, path, tmp_path / "out")
    source, path = put(tmp_path / "b", archive()[:-40])
    with pytest.raises(InvalidInput, match="cannot be unpacked"):
        unpack(source, path, tmp_path / "out")
