"""Templates: the environment they are rendered in, and what each may use.

Everything is escaped. What a model wrote or a document holds is put on a page as text, never as
markup.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache, partial
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    TemplateNotFound,
)

from lionrock import __version__
from lionrock.documents.language import detect
from lionrock.documents.tables import is_figure
from lionrock.kernel.capabilities import Update, capabilities
from lionrock.web import i18n, sections
from lionrock.web.banners import banners
from lionrock.web.sources import key

_HEADERS = {
    "Cache-Control": "no-store",
    # Within this server a form must say where it comes from: that is what is checked.
    "Referrer-Policy": "same-origin",
}
_WRITTEN_IN = {"en": "en", "zh-Hant": "zh-Hant", "zh-Hans": "zh-Hans", "yue": "zh-Hant"}


@cache
def environment() -> Environment:
    """This room's templates, and each room's own for what its capabilities show."""
    made = Environment(
        loader=ChoiceLoader(_loaders()), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.globals.update(static=static, version=__version__, languages=i18n.LANGUAGES)
    made.filters.update(script=script, key=key, reason=reason, short=short, plain=plain)
    made.filters["figure"] = is_figure
    return made


def _loaders() -> list[BaseLoader]:
    loaders: list[BaseLoader] = [PackageLoader("lionrock.web")]
    for room in sorted({declared.room for declared in capabilities()}):
        if (files(f"lionrock.{room}") / "templates").is_dir():
            loaders.append(PackageLoader(f"lionrock.{room}"))
    return loaders


@cache
def static(name: str) -> str:
    """The address of a static file; it changes with its content, so it may be kept for ever."""
    content = (files("lionrock.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def script(text: str) -> str:
    """The BCP 47 tag to mark `text` with: Han characters are drawn differently by script."""
    return _WRITTEN_IN[detect(text)]


def reason(error: str, name: str) -> str:
    """Why a document failed, without its name: the row of the list says it already."""
    return error.removeprefix(f"{name} cannot be read: ")


def short(id: object) -> str:
    """The first eight characters of an id, which tell it from its neighbours in a list."""
    return str(id)[:8]


def plain(value: object) -> str:
    """A detail of an event as the log writes it: JSON's true, not Python's."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def translator(request: Request) -> i18n.Translator:
    cookie = request.cookies.get(i18n.COOKIE)
    return i18n.translator(i18n.choose(cookie, request.headers.get("accept-language", "")))


def render(request: Request, template: str, **values: Any) -> str:
    speak, house = translator(request), request.app.state.house
    actor = getattr(request.state, "actor", None)
    return environment().get_template(template).render(
        _=speak.gettext, n_=speak.ngettext, p_=speak.pgettext, speak=speak,
        language=speak.language, path=request.url.path, house=house, actor=actor,
        may=partial(sections.may, actor), sections=sections.open_to(actor),
        screening=sections.screening_open_to(actor),
        banners=banners(house, actor), desk=sections.has_tasks(actor), **values,
    )  # fmt: skip


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page, or the fragment of one."""
    return HTMLResponse(render(request, template, **values), status, _HEADERS)


def wants_fragment(request: Request) -> bool:
    """Did htmx ask, for a part of the page that is open?"""
    headers = request.headers
    return "hx-request" in headers and "hx-history-restore-request" not in headers


def update_template(update: Update) -> str:
    """The fragment that shows `update`: its room's own, or its plain text."""
    return exists(update.template) or "update.html"


def exists(template: str) -> str:
    """`template` if there is one, else nothing."""
    try:
        environment().get_template(template)
    except TemplateNotFound:
        return ""
    return template
