"""What the pages of screening take files of names and customers for."""

from __future__ import annotations

from fastapi import Request

from lionrock.errors import InvalidInput
from lionrock.screening.registry.files import format_named
from lionrock.screening.registry.tabular import Format
from lionrock.web.rendering import translator


def format_of(request: Request, name: str) -> Format:
    """What a file of names or customers is, by the end of its name. `InvalidInput` for another."""
    found = format_named(name)
    if found is None:
        raise InvalidInput(
            translator(request).gettext("Choose a CSV, XLSX or JSON lines (.jsonl) file.")
        )
    return found
