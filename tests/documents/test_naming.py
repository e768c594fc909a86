from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.naming import clean_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\報告.pdf", "報告.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("", "document"),
        ("...", "document"),
        ("NUL", "_NUL"),
        ("com1.pdf", "_com1.pdf"),
        ("a/LPT9.tar.gz", "_LPT9.tar.gz"),
        ("Console.pdf", "Console.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text(max_size=400))
def test_any_name_becomes_one_plain_part(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= 200
    assert "/" not in kept and "\x00" not in kept
    assert kept not in (".", "..")
