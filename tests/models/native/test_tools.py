from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.errors import Unavailable
from lionrock.models.native.tools import need


def test_it_tells_what_is_here(bench: Path) -> None:
    assert need({"PATH": str(bench)}) == {
        "cmake": "cmake version 3.25.1", "compiler": "cmake version 3.25.1",
    }  # fmt: skip


def test_all_that_is_missing_is_named_with_its_debian_packages(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as missing:
        need({"PATH": str(tmp_path)})
    assert missing.value.detail == (
        "To build the engine this machine lacks cmake, a C++ compiler, a C compiler, make. "
        "On Debian and Ubuntu: apt-get install cmake g++ gcc make."
    )


def test_a_compiler_that_was_chosen_has_to_be_there(bench: Path) -> None:
    with pytest.raises(Unavailable, match=r"lacks a C\+\+ compiler \(clang\+\+-99\)"):
        need({"PATH": str(bench), "CXX": "clang++-99 -O3"})


def test_an_old_cmake_is_refused(bench: Path) -> None:
    (bench / "cmake").write_text("#!/bin/sh\necho cmake version 3.9.6\n")
    with pytest.raises(Unavailable, match=r"3\.14 or later.*3\.9\.6"):
        need({"PATH": str(bench)})
