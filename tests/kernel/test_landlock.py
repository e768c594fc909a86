"""A process kept to some folders reads no other, nor what another process holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_TRIES = """
import os, sys
from pathlib import Path
from lionrock.kernel.landlock import keep_to
shown, shut, own, parent = sys.argv[1:]
keep_to([Path(shown), Path("/nowhere")], [Path(own)])

def told(what):
    try:
        what()
    except PermissionError:
        return "refused"
    return "done"

print(told(lambda: Path(shown, "a").read_text()))
print(told(lambda: Path(own, "b").write_text("x")))
print(told(lambda: Path(shown, "a").write_text("x")))
print(told(lambda: Path(shut).read_text()))
print(told(lambda: os.listdir(Path(shut).parent)))
print(told(lambda: Path(f"/proc/{parent}/environ").read_bytes()))
"""


def test_what_is_not_named_is_neither_read_nor_written_nor_another_process_looked_into(
    tmp_path: Path,
) -> None:
    for folder in ("shown", "shut", "own"):
        (tmp_path / folder).mkdir()
    (tmp_path / "shown" / "a").write_text("a")
    (tmp_path / "shut" / "key").write_text("secret")
    told = [tmp_path / "shown", tmp_path / "shut" / "key", tmp_path / "own", os.getpid()]
    tried = subprocess.run(
        [sys.executable, "-c", _TRIES, *map(str, told)], capture_output=True, text=True, timeout=60
    )
    if "no Landlock" in tried.stderr:
        pytest.skip("this kernel has no Landlock")
    assert tried.stdout.split() == ["done", "done", *["refused"] * 4], tried.stderr
