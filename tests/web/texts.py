"""Every text that the pages ask a translation for, read from templates, source and declarations."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import get_args

from babel.messages.extract import extract, extract_python
from jinja2.ext import babel_extract

import lionrock.app  # noqa: F401 (the rooms declare their capabilities)
from lionrock import errors
from lionrock.assist.checks import CheckName
from lionrock.documents.comparing import Change
from lionrock.documents.language import Language
from lionrock.documents.schemas import State
from lionrock.kernel.capabilities import capabilities
from lionrock.kernel.fields import fields
from lionrock.web.i18n import Key
from tests.web import (
    administration,
    comparing_names,
    drafting_names,
    extraction_names,
    screening_names,
    sentiment_names,
    summary_names,
    translate_names,
)

SOURCE = Path(str(files("lionrock")))
KEYWORDS = {
    "_": None, "n_": (1, 2), "p_": ((1, "c"), 2),
    "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip


def templates() -> list[Path]:
    return sorted(SOURCE.glob("*/templates/**/*.html"))


def asked_for() -> set[Key]:
    """(context, message) of all of them."""
    return {*_in_templates(), *_in_source(), *_by_name()}


def _in_templates() -> Iterator[Key]:
    for path in templates():
        yield from _extracted(path, babel_extract, {"trimmed": "true", "silent": "false"})


def _in_source() -> Iterator[Key]:
    for path in sorted((SOURCE / "web").glob("*.py")):
        yield from _extracted(path, extract_python, {})


def _extracted(path: Path, method: object, options: dict[str, str]) -> Iterator[Key]:
    found = extract(method, BytesIO(path.read_bytes()), KEYWORDS, (), options)  # type: ignore[arg-type]
    for _, message, _, context in found:
        yield context or "", message if isinstance(message, str) else message[0]


def _by_name() -> Iterator[Key]:
    """What a page calls by a name that a declaration or a record gives."""
    for declared in capabilities():
        yield "capability", declared.name
        yield "heading", declared.name
        yield "", declared.summary
        for field in fields(declared.request):
            yield "field", field.name
            yield "", field.description
    yield from (("stage", name) for name in ["start", *sorted(_stages())])
    yield from (("document", state) for state in ["reading", *map(str, State)])
    yield from (
        ("run", state) for state in ["running", "finished", "failed", "cancelled", "refused"]
    )
    yield from (("check", name) for name in map(str, CheckName))
    yield from (("language", name) for name in get_args(Language))
    yield from (("error", kind.title) for kind in _error_classes())
    yield from (("change", name) for name in [*map(str, Change), "moved"])
    yield from administration.by_name()
    yield from comparing_names.by_name()
    yield from drafting_names.by_name()
    yield from extraction_names.by_name()
    yield from screening_names.by_name()
    yield from sentiment_names.by_name()
    yield from summary_names.by_name()
    yield from translate_names.by_name()


def _stages() -> set[str]:
    """The stages that a `Progress(stage=…)` in the source names."""
    return {
        keyword.value.value
        for path in SOURCE.glob("**/*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Progress"
        for keyword in call.keywords
        if keyword.arg == "stage"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
    }


def _error_classes() -> Iterator[type[errors.LionrockError]]:
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.LionrockError):
            yield value
