from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lionrock.search.claims import Claim

_HOLDS = """
import sys
from pathlib import Path
from lionrock.search.claims import Claim
claim = Claim(Path(sys.argv[1]))
(claim.folder / "words").touch()
print(claim.folder.name, flush=True)
sys.stdin.read()
"""


def test_two_processes_have_a_folder_each_and_one_left_behind_is_removed(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert first.stdout and first.stdout.readline() == b"0\n"
    mine = Claim(tmp_path)
    assert mine.folder.name == "1"
    (mine.folder / "words").touch()
    first.kill()
    first.communicate()
    mine.release()
    again = Claim(tmp_path)
    assert again.folder.name == "0" and (again.folder / "words").exists()
    assert not (tmp_path / "1").exists()
    again.release()


def test_what_is_held_is_not_removed(tmp_path: Path) -> None:
    first, second = Claim(tmp_path), Claim(tmp_path)
    first.release()
    third = Claim(tmp_path)
    assert third.folder == first.folder and second.folder.is_dir()
    second.release()
    third.release()


def test_words_of_a_release_before_claims_are_removed(tmp_path: Path) -> None:
    (tmp_path / "lexical").mkdir()
    (tmp_path / "lexical" / "terms").touch()
    Claim(tmp_path).release()
    assert not (tmp_path / "lexical").exists()
