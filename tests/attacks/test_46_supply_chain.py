"""Attack 46: a dependency that changes, an installation that fetches, weights that are a program."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import lionrock
from lionrock.errors import LionrockError
from lionrock.models.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
SOURCE = Path(lionrock.__file__).parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_pinned_by_version_and_hash(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    assert len(lines) > 20
    for line in lines:
        assert re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^ ]+ ", line), line[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line[:80]
    assert not re.search(
        r"(?m)^\s*(-e|--index-url|--extra-index-url|--find-links|git\+|https?:)", text
    )


def test_installing_demands_the_hashes() -> None:
    assert "--require-hashes" in (ROOT / "scripts" / "install").read_text("utf-8")


def test_every_file_of_weights_is_pinned_or_asked_for_as_unverified() -> None:
    for model in Catalogue.load():
        assert model.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", model.sha256), model.name
        own = model.format == "e5-q4"  # our reader's: numbers and nothing else
        assert own or not (model.file or "").endswith(
            (".bin", ".pt", ".pth", ".pkl", ".ckpt", ".npy")
        ), model.name


def test_weights_are_read_by_readers_that_run_nothing() -> None:
    """No torch, no pickle, no `trust_remote_code`; NumPy reads no objects."""
    found = []
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        if re.search(
            r"trust_remote_code\s*=\s*True|allow_pickle\s*=\s*True|torch\.load|\bimport torch\b",
            text,
        ):
            found.append(str(path.relative_to(SOURCE)))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "load":
                owner = getattr(getattr(node.func, "value", None), "id", "")
                if owner in ("np", "numpy") and not any(
                    k.arg == "allow_pickle" for k in node.keywords
                ):
                    continue  # NumPy's own default is to refuse
                if owner in ("torch", "pickle", "joblib", "yaml"):
                    found.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert found == []


def test_an_index_of_weights_cannot_name_a_model_outside_the_store() -> None:
    catalogue = Catalogue.load()
    for name in ("../../etc/passwd", "/etc/passwd", "..", "a/b", "http://evil.example/x.gguf"):
        with pytest.raises(LionrockError):
            catalogue.get(name)
    for model in catalogue:
        assert "/" not in (model.file or "") and ".." not in (model.file or "")


def test_the_pages_scripts_are_files_of_ours() -> None:
    vendor = SOURCE / "web" / "static" / "vendor"
    record = (vendor / "README.md").read_text("utf-8")
    assert all(p.name in record for p in vendor.glob("*.js"))
