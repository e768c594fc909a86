"""Where findings overlap there is one answer, and the work grows with the text alone."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.gateway import guards
from lionrock.gateway.guards import finding, folding
from lionrock.gateway.guards.kinds import ALL, Finding, Kind
from tests.gateway.guards.texts import ANY

MODULES = [import_module(f"{guards.__name__}.{m.name}") for m in iter_modules(guards.__path__)]
PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}
LONGEST = 2600
"""Characters that the widest pattern may look at from one place."""


def spans() -> st.SearchStrategy[list[Finding]]:
    one = st.builds(
        lambda kind, start, size: Finding(kind, start, start + size),
        st.sampled_from(Kind), st.integers(0, 40), st.integers(1, 12),
    )  # fmt: skip
    return st.lists(one, max_size=20)


@given(spans())
def test_overlapping_findings_become_one_that_covers_all_of_them(found: list[Finding]) -> None:
    one = finding.joined(sorted(found, key=lambda f: (f.start, -f.end)))
    covered = {at for f in one for at in range(f.start, f.end)}
    assert covered == {at for f in found for at in range(f.start, f.end)}
    assert all(a.end <= b.start for a, b in pairwise(one))


@given(ANY)
def test_what_is_found_lies_within_the_text_and_apart(text: str) -> None:
    one = finding.find(text)
    assert all(0 <= f.start < f.end <= len(text) for f in one)
    assert all(a.end <= b.start for a, b in pairwise(one))


@given(ANY, st.sets(st.sampled_from(Kind)))
def test_only_the_kinds_asked_for_are_found(text: str, kinds: set[Kind]) -> None:
    assert {f.kind for f in finding.every(text, kinds)} <= kinds


@given(st.text())
def test_folding_moves_no_character(text: str) -> None:
    assert len(folding.fold(text)) == len(text)


def test_of_two_kinds_for_the_same_characters_the_surer_counts() -> None:
    text = "HKID A1234563 passport"
    assert [f.kind for f in finding.find(text)] == [Kind.HKID]


def test_a_finding_shows_no_value() -> None:
    assert "123456" not in repr(finding.find("A123456(3)"))


def unbounded(parsed: Any) -> bool:
    """Whether a repeat without a longest, which may give back what it took, stands in a pattern."""
    for op, value in parsed:
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[1] == codes.MAXREPEAT:
            return True
        parts = value if isinstance(value, (list, tuple)) else [value]
        for part in parts:
            inner = part if isinstance(part, list) else [part]
            if any(isinstance(p, parser.SubPattern) and unbounded(p) for p in inner):
                return True
    return False


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_tries_again_without_bound(name: str) -> None:
    """A repeat is bounded, or it never gives back: so each place costs a bounded number of steps."""
    parsed = parser.parse(PATTERNS[name].pattern, PATTERNS[name].flags)
    assert not unbounded(parsed)
    taken_once = name in ("runs._RUN", "runs._GROUP", "names_latin._TOKEN")
    assert taken_once or parsed.getwidth()[1] <= LONGEST


def test_a_pattern_that_tries_again_is_noticed() -> None:
    assert unbounded(parser.parse("(?:a|b+)c")) and not unbounded(parser.parse("(?:a|b++)c"))


HARD = {
    "digits": "1", "pairs": "1 1-", "years": "2019 2020 ", "cards": "4111 ", "bracket": "(852) ",
    "plus": "+1 ",
    "at": "@", "at and letter": "a@", "dots": "a.a@", "local": "a" * 63 + "@", "capitals": "Aa ", "shouted": "CHAN ",
    "commas": "Chan, ", "hyphens": "A-", "titles": "Mr ", "mr": "先生", "surnames": "陳", "labels": "姓名：",
    "roads": "1 A Road ", "flats": "Flat 1, ", "numbers": "號1號", "floors": "1樓",
    "towers": "大廈1座", "brackets": "[",
    "masks": "[HKID-", "letters": "A", "iban": "GB29 ", "wide": "１", "name again": "陳大文先生",
    "account": "account ",
    "table": "1 22 333 4444 ",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HARD))
def test_the_characters_that_recognisers_take_grow_as_the_text_does(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts the lines that run, which is the same on every machine: twice the text, twice the lines."""
    small, large = (lines(HARD[name] * (size // len(HARD[name]))) for size in (1500, 3000))
    assert large <= 2.3 * small + 2000


def lines(text: str) -> int:
    count = 0

    def trace(frame: Any, event: str, _: object) -> Any:
        nonlocal count
        if "/guards/" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        finding.every(text, ALL)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", sorted(HARD))
def test_a_text_of_the_largest_size_made_to_be_slow_is_read_to_its_end(name: str) -> None:
    """Work that grew with the square of 100,000 characters would not end within the test run."""
    text = HARD[name] * (100_000 // len(HARD[name]))
    assert all(f.end <= len(text) for f in finding.find(text))
