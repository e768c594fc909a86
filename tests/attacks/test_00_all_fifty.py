"""The fifty attacks of the security note: each has a file, and what waits says for what."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent


def files() -> list[tuple[int, Path]]:
    found = [
        (re.match(r"test_(\d\d)_", path.name), path) for path in sorted(HERE.glob("test_*.py"))
    ]
    return [(int(number[1]), path) for number, path in found if number and number[1] != "00"]


def cases(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return [
        node for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]  # fmt: skip


def waits(test: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The arguments of `waiting` on a test; empty where it runs."""
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "waiting":
            return [str(a.value) for a in mark.args if isinstance(a, ast.Constant)]
    return []


def test_each_of_the_fifty_has_a_file() -> None:
    assert [number for number, _ in files()] == list(range(1, 51))


def test_each_file_holds_tests_that_read_as_sentences() -> None:
    for _, path in files():
        assert cases(path), path.name
        assert all(test.name.count("_") >= 3 for test in cases(path)), path.name
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path.name


def test_what_waits_names_the_room_and_says_why() -> None:
    for _, path in files():
        for test in cases(path):
            if said := waits(test):
                assert re.fullmatch(r"[a-z]+", said[0]), (path.name, test.name)
                assert len(said[1].split()) >= 3, (path.name, test.name)
