"""Where an attack is taken apart further: tests of the room itself, found by name so that none is lost."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def named_in(module: str) -> set[str]:
    """Names of the tests of `tests/MODULE.py`."""
    path = ROOT / "tests" / f"{module}.py"
    if not path.is_file():
        return set()
    return {
        node.name.removeprefix("test_") for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }  # fmt: skip


def missing(module: str, *names: str) -> list[str]:
    """Which of `names` (without `test_`) are tests of that module no more."""
    return sorted(set(names) - named_in(module))
