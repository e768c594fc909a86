"""Every route there is, read from the application itself, with the places where an id goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

import lionrock.app  # noqa: F401 (the rooms declare their capabilities)
from lionrock.api.app import create_app
from lionrock.web.pages import add_pages

_METHODS = {"get", "post", "put", "patch", "delete"}
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Slot:
    """A place for an id: where ("path", "query" or "body"), and the steps to it ("[]": each item)."""

    where: str
    name: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.where} {'.'.join(self.name)}"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    slots: tuple[Slot, ...]

    @property
    def id(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def api(self) -> bool:
        return self.path.startswith(("/v1/", "/yente/", "/mcp"))


def application(house: Any) -> FastAPI:
    """The application as the server builds it."""
    app = create_app(house)
    add_pages(app)
    return app


@cache
def operations() -> tuple[Operation, ...]:
    """What the OpenAPI document names, and the pages, which it does not."""
    app = application(SimpleNamespace(settings=SimpleNamespace(host="127.0.0.1", url="")))
    pages = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and not context.include_in_schema:
            shown = copy(route)
            shown.include_in_schema = True
            shown.path, shown.path_format = context.path or "", context.path_format or ""
            pages.append(shown)
    hidden = get_openapi(title="pages", version="1", routes=pages)
    found = [*_operations(app.openapi()), *_operations(hidden)]
    return tuple(sorted(found, key=lambda o: o.id))


def others() -> set[str]:
    """What answers and is neither in the document nor a page: mounts, and routes added by hand."""
    app = application(SimpleNamespace(settings=SimpleNamespace(host="127.0.0.1", url="")))
    found = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            path = getattr(route, "path", "")
            found.add(f"{path}/*" if isinstance(route, Mount) else path)
    return found


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            if method in _METHODS:
                yield Operation(method.upper(), path, tuple(_slots(described, document)))


def _slots(described: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Slot]:
    for parameter in described.get("parameters", ()):
        for steps in _ids(parameter["schema"], document, ()):
            if parameter["in"] in ("path", "query"):
                yield Slot(parameter["in"], (parameter["name"], *steps))
    for content in described.get("requestBody", {}).get("content", {}).values():
        for steps in _ids(content["schema"], document, ()):
            yield Slot("body", steps)


def _ids(
    schema: Mapping[str, Any], document: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """The steps to each `format: uuid` in a schema, through references, choices, lists and objects."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in above:
            for steps in _ids(document["components"]["schemas"][name], document, (*above, name)):
                yield steps
        return
    if schema.get("format") == "uuid":
        yield ()
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _ids(choice, document, above)
    for name, inner in schema.get("properties", {}).items():
        for steps in _ids(inner, document, above):
            yield (name, *steps)
    if isinstance(schema.get("items"), Mapping):
        for steps in _ids(schema["items"], document, above):
            yield ("[]", *steps)
