"""Which engine is started, and which is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lionrock.errors import EngineUnavailable
from lionrock.models.native.built import BINARY, MANIFEST, find, others
from lionrock.models.native.cpu import Cpu
from tests.models.native.workshop import CPU, SOURCE, lay


def test_none_is_found_where_none_was_built(tmp_path: Path) -> None:
    assert find(tmp_path, SOURCE, CPU) is None
    assert others(tmp_path, SOURCE, CPU) == []


def test_the_one_of_this_source_for_this_processor_is_found(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    found = find(tmp_path, SOURCE, CPU)
    assert found and found.binary == folder / BINARY
    assert others(tmp_path, SOURCE, CPU) == []


def test_one_for_another_processor_is_not_taken_but_told_of(tmp_path: Path) -> None:
    folder = lay(tmp_path, cpu=Cpu("x86_64", "Another", ("avx2", "avx512f")))
    assert find(tmp_path, SOURCE, CPU) is None
    assert others(tmp_path, SOURCE, CPU) == [folder.name]


def test_one_of_other_source_under_the_same_name_is_not_taken(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    text = (folder / MANIFEST).read_text().replace(SOURCE.sha256, "1" * 64)
    (folder / MANIFEST).write_text(text)
    assert find(tmp_path, SOURCE, CPU) is None


@pytest.mark.parametrize("text", ["", "{}", '{"sha256": 1}'])
def test_a_damaged_manifest_stops_the_engine(tmp_path: Path, text: str) -> None:
    (lay(tmp_path) / MANIFEST).write_text(text)
    with pytest.raises(EngineUnavailable, match="build-engine --again"):
        find(tmp_path, SOURCE, CPU)


@pytest.mark.parametrize("part", [".", BINARY])
def test_what_others_can_write_to_is_not_started(tmp_path: Path, part: str) -> None:
    path = lay(tmp_path) / part
    path.chmod(path.stat().st_mode | 0o020)
    with pytest.raises(EngineUnavailable, match="changed by others"):
        find(tmp_path, SOURCE, CPU)


def test_a_link_in_the_programs_place_is_not_followed(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    os.replace(folder / BINARY, folder / "elsewhere")
    (folder / BINARY).symlink_to(folder / "elsewhere")
    with pytest.raises(EngineUnavailable, match="changed by others"):
        find(tmp_path, SOURCE, CPU)
