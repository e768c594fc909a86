from __future__ import annotations

import platform
from pathlib import Path

import pytest

from lionrock.models.native.cpu import Cpu, at_hand

INTEL = """processor : 0
model name : Xeon
flags : fpu sse2 avx2 avx512f amx_int8 retbleed_fix
power management:

processor : 1
model name : Xeon
flags : fpu sse2 avx2 avx512f amx_int8 amx_tile
"""


def told(folder: Path, text: str) -> Cpu:
    (folder / "cpuinfo").write_text(text)
    return at_hand(folder / "cpuinfo")


def test_what_all_cores_have_counts_of_instruction_sets_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    cpu = told(tmp_path, INTEL)
    assert cpu.features == ("amx_int8", "avx2", "avx512f", "sse2")
    assert (cpu.model, cpu.best) == ("Xeon", "amx")


def test_a_kernel_that_adds_a_flag_of_its_own_changes_no_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    before = told(tmp_path, "flags : sse2 avx2\n").label
    assert told(tmp_path, "flags : sse2 avx2 ibpb_exit_to_user\n").label == before
    assert told(tmp_path, "flags : sse2 avx2 avx512f\n").label != before
    assert before.startswith("x86_64-avx2-")


def test_on_arm_all_features_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    cpu = told(tmp_path, "Features : fp asimd sve i8mm\n")
    assert cpu.features == ("asimd", "fp", "i8mm", "sve")
    assert cpu.label.startswith("aarch64-sve-")


def test_a_system_that_does_not_tell_has_a_processor_all_the_same(tmp_path: Path) -> None:
    cpu = at_hand(tmp_path / "none")
    assert (cpu.features, cpu.best, cpu.model) == ((), "", "unknown")
    assert cpu.label.startswith(platform.machine())
