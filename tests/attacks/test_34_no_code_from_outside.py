"""Attack 34: text that is executed, and configuration that names a command or a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import lionrock
from lionrock.settings import Settings

SOURCE = Path(lionrock.__file__).parent
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "execfile"}
SHELLS = {
    ("os", "system"),
    ("os", "popen"),
    ("subprocess", "getoutput"),
    ("subprocess", "getstatusoutput"),
}
UNPICKLES = {"pickle", "cPickle", "dill", "shelve", "marshal", "cloudpickle", "joblib", "yaml"}
STARTS = {
    "assist/sentiment/apart.py", "kernel/confinement.py", "kernel/postgres_cluster.py", "kernel/postgres.py",
    "documents/parsing/sandbox.py", "documents/parsing/unpacking.py", "models/embeddings.py",
    "models/llamacpp_process.py", "models/native/build.py", "models/native/child.py", "screening/scale/cluster.py",
}  # fmt: skip
"""The modules that start a program: ours, with arguments of ours. Those of `native` compile a source, and run what
came of it, by hashes; the last starts our own driver module with this interpreter, and the cluster's address
goes to its standard input."""


def trees() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))


def test_no_text_is_run_as_code() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees() for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS_TEXT
    ]  # fmt: skip
    assert found == []


def test_no_shell_is_asked() -> None:
    found = []
    for name, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            shell = [k for k in node.keywords if k.arg == "shell" and getattr(k.value, "value", 1)]
            f = node.func
            named = isinstance(f, ast.Attribute) and (getattr(f.value, "id", ""), f.attr) in SHELLS
            if shell or named:
                found.append(f"{name}:{node.lineno}")
    assert found == []


def test_nothing_is_unpickled() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees() for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for imported in ([a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if imported.partition(".")[0] in UNPICKLES
    ]  # fmt: skip
    assert found == []


def test_no_module_is_imported_by_a_name_that_came_from_outside() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees() for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") == "import_module" or getattr(node.func, "id", "") == "import_module")
    ]  # fmt: skip
    assert found == []


def test_programs_are_started_in_a_few_places_alone() -> None:
    found = {
        name
        for name, tree in trees() for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("Popen", "create_subprocess_exec", "create_subprocess_shell", "execv", "execve",
                          "posix_spawn", "check_output")
    }  # fmt: skip
    assert found <= STARTS


def test_no_setting_names_a_command_a_module_or_a_template() -> None:
    words = ("command", "cmd", "exec", "plugin", "module", "import", "script", "template", "hook")
    assert [n for n in Settings.model_fields if any(w in n for w in words)] == []
