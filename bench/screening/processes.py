"""Starting `worker`s and reading what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from lionrock.screening.entities import Entity


@dataclass(frozen=True, slots=True)
class Worked:
    first_s: float
    """From starting the process to its first answer, by the clock."""
    first: dict[str, Any]
    last: dict[str, Any]


def write_book(customers: Sequence[Entity], path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for customer in customers:
            file.write(json.dumps([n.text for n in customer.names], ensure_ascii=False) + "\n")
    return path


class Worker:
    def __init__(self, index: Path, book: Path, seconds: float) -> None:
        self._began = perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "screening.worker", str(index), str(book), str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )

    def wait(self) -> Worked:
        assert self._process.stdout is not None
        first = self._process.stdout.readline()
        first_s = perf_counter() - self._began
        last = self._process.stdout.readline()
        if self._process.wait() or not last:
            raise RuntimeError(f"screening.worker ended with {self._process.returncode}")
        return Worked(first_s, json.loads(first), json.loads(last))
