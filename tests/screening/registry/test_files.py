"""A file's name as its sender gives it is no path, too long for no disk, and keeps its ending."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening.registry.files import format_named, safe_name


@given(st.text(st.characters(codec=None), max_size=400))
def test_any_name_can_be_written_in_its_folder_and_nowhere_else(name: str) -> None:
    found = safe_name(name)
    assert 0 < len(found.encode()) <= 255
    assert not set(found) & {"/", "\\", "\0"} and found not in (".", "..")
    assert Path("folder", found).parent == Path("folder")


def test_what_a_name_says_stays() -> None:
    assert safe_name("C:\\lists\\sdn.csv") == "sdn.csv"
    assert safe_name("名" * 100 + ".xml").endswith("名.xml")
    assert [safe_name(n) for n in ("..", "", None, "a\0b")] == ["list", "list", "list", "a_b"]
    assert [format_named(n) for n in ("A.JSON", "a.tsv", "a.pdf", None)] == [
        "jsonl", "csv", None, None,
    ]  # fmt: skip
