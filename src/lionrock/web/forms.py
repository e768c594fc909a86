"""A capability's request from what its form sends, and what a kept run was about."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData, QueryParams, UploadFile

from lionrock.errors import InvalidInput
from lionrock.kernel.capabilities import Capability
from lionrock.kernel.fields import fields
from lionrock.web.i18n import Translator


def filled(model: type[BaseModel], form: FormData, speak: Translator) -> BaseModel:
    """The request that a form sent; `InvalidInput`, in the reader's words, when it is not one."""
    values: dict[str, Any] = {}
    for field in fields(model):
        sent = form.get(field.name)
        text = sent if isinstance(sent, str) else ""
        if field.widget == "tick":
            values[field.name] = sent is not None
        elif field.widget == "documents":
            values[field.name] = form.getlist(field.name)
        elif field.widget == "lines":
            values[field.name] = [line.strip() for line in text.splitlines() if line.strip()]
        elif field.widget == "file" and isinstance(sent, UploadFile):
            if content := sent.file.read():
                values[field.name] = base64.b64encode(content)
        elif text.strip():
            values[field.name] = text.replace("\r\n", "\n")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidInput("; ".join(_fault(e, speak) for e in error.errors())) from error


def _fault(error: ErrorDetails, speak: Translator) -> str:
    label = speak.name("field", str(error["loc"][0]) if error["loc"] else "form")
    return speak.gettext("%(field)s: %(fault)s", field=label, fault=_why(error, speak))


def _why(error: ErrorDetails, speak: Translator) -> str:
    limits = error.get("ctx", {})
    if error["type"] in ("missing", "string_too_short", "too_short"):
        return speak.gettext("fill this in")
    if error["type"] == "string_too_long":
        return speak.gettext("at most %(most)s characters", most=speak.number(limits["max_length"]))
    return speak.gettext("this is not valid")


def takes(declared: Capability) -> str:
    """The field that documents are chosen for; "" where it takes none."""
    found = (f.name for f in fields(declared.request) if f.widget in ("document", "documents"))
    return next(found, "")


def chosen_ids(query: QueryParams | FormData, field: str = "documents") -> list[UUID]:
    """The documents that an address or a form chooses for a field; what is no id is passed over."""
    found = []
    for text in query.getlist(field):
        try:
            found.append(UUID(str(text)))
        except ValueError:
            continue
    return found


def documents(declared: Capability, request: Mapping[str, Any]) -> list[UUID]:
    """The documents that a kept run was about."""
    found: list[str] = []
    for field in fields(declared.request):
        given = request.get(field.name)
        if field.widget == "document" and given:
            found.append(given)
        elif field.widget == "documents":
            found += given or []
    return list(map(UUID, map(str, found)))


def title(
    declared: Capability,
    request: Mapping[str, Any],
    names: Mapping[UUID, str],
    speak: Translator,
) -> str:
    """What a kept run was about: its documents, its first text (a line beside areas is a setting), or what
    its task is called."""
    called = [names[id] for id in documents(declared, request) if id in names]
    if called:
        return ", ".join(called)
    known = fields(declared.request)
    texts = [f for f in known if f.widget == "area"] or [f for f in known if f.widget == "line"]
    for field in texts:
        given = request.get(field.name)
        if isinstance(given, str) and given.strip():
            return given
    return speak.name("capability", declared.name)
