"""Finding a wheel on the package index that pip is configured to use (PEP 503, PEP 691).

The index's address is pip's business: it comes from pip's environment variables, its configuration
files or its own default, at run time. Nothing is installed and nothing is imported.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import url2pathname

from lionrock.kernel.egress import Gate
from lionrock.models.web import SourceFailed, Web, reason

_ACCEPT = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
)
_PAGE_LIMIT = 32 << 20
_PIP_SECONDS = 30
_PIP_DEFAULT = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


@dataclass(frozen=True, slots=True)
class PipConfiguration:
    indexes: tuple[str, ...]
    """Base URLs, the main index first."""
    cert: str | None = None


class Wheel(NamedTuple):
    url: str
    sha256: str | None
    """As the index states it; a check on the transfer, not a reason to trust the content."""


def pip_configuration() -> PipConfiguration:
    """What pip of this Python is told to use. Raises `SourceFailed` when that is no index."""
    options = {**_listed(_pip("-m", "pip", "config", "list")), **_environment()}
    if options.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        raise SourceFailed("pip is configured to use no package index")
    main = options.get("index-url") or _pip("-c", _PIP_DEFAULT).strip()
    indexes = (main, *options.get("extra-index-url", "").split())
    if not any(indexes):
        raise SourceFailed("pip is not installed here, so no package index is known")
    return PipConfiguration(tuple(i for i in indexes if i), options.get("cert"))


def open_registry(egress: Gate | None) -> Registry:
    configuration = pip_configuration()
    return Registry(Web(egress, configuration.cert), configuration.indexes)


class Registry:
    """Looks for wheels in several indexes, in order."""

    def __init__(self, web: Web, indexes: tuple[str, ...]) -> None:
        self.web = web
        self.indexes = indexes

    def find(self, package: str, version: str, tag: str) -> Wheel:
        """The wheel of exactly this version, the one with platform `tag` if there is a choice."""
        matching = self._found(
            package, f"wheel of {package} {version}", lambda u: _is_wheel(u, package, version)
        )
        return self._followed(
            *min(matching, key=lambda m: (f"-{tag}.whl" not in m[1].url, m[1].url))
        )

    def find_source(self, package: str, version: str) -> Wheel:
        """The source distribution of exactly this version (PEP 625)."""
        file = f"{_normal(package).replace('-', '_')}-{version}.tar.gz"
        return self._followed(*self._found(package, file, lambda u: _file(u) == file)[0])

    def _found(
        self, package: str, what: str, wanted: Callable[[str], bool]
    ) -> list[tuple[str, Wheel]]:
        """Index and link of what is wanted, in the first index that has any."""
        reasons = []
        for index in self.indexes:
            try:
                matching = [(index, w) for w in self._page(index, package) if wanted(w.url)]
            except SourceFailed as error:
                reasons.append(str(error))
                continue
            if matching:
                return matching
            reasons.append(f"{_place(index)} has no {what}")
        raise SourceFailed("; ".join(reasons))

    def _followed(self, index: str, chosen: Wheel) -> Wheel:
        if not (index.startswith("file:") or chosen.url.startswith("file:")):
            self.web.follow(index, chosen.url)
        return chosen

    def _page(self, index: str, package: str) -> list[Wheel]:
        url = f"{index.rstrip('/')}/{_normal(package)}/"
        if url.startswith("file:"):
            return _html_links(url, _local_page(url, package))
        with self.web.get(url, {"Accept": _ACCEPT}) as response:
            try:
                body = response.read(_PAGE_LIMIT)
            except (OSError, HTTPException) as error:
                raise SourceFailed(reason(error, _place(url))) from error
            base = response.url
            if "json" in response.headers.get("Content-Type", ""):
                return _json_links(base, body)
        return _html_links(base, body.decode("utf-8", "replace"))


def _pip(*arguments: str) -> str:
    """Output of this Python with `arguments`; empty when that does not work."""
    try:
        # -P: a file called pip.py in the current directory is not pip.
        done = subprocess.run(
            [sys.executable, "-P", *arguments],
            capture_output=True,
            text=True,
            timeout=_PIP_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _listed(text: str) -> dict[str, str]:
    """`pip config list` as options; the download command's own section outweighs the global one."""
    options: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"(:env:|\w+)\.([\w-]+)=(.*)", line)
        if match and match[3][:1] in "'\"":
            options.setdefault(match[1], {})[match[2]] = str(ast.literal_eval(match[3]))
    sections = ("global", "install", "download", ":env:")
    return {k: v for section in sections for k, v in options.get(section, {}).items()}


def _environment() -> dict[str, str]:
    """pip's environment variables, which are known even where pip itself is not installed."""
    names = ("index-url", "extra-index-url", "cert", "no-index")
    found = {n: os.environ.get(f"PIP_{n.upper().replace('-', '_')}", "") for n in names}
    return {name: value for name, value in found.items() if value}


def _local_page(url: str, package: str) -> str:
    page = Path(url2pathname(urlsplit(url).path)) / "index.html"
    try:
        return page.read_text("utf-8", "replace")
    except OSError as error:
        raise SourceFailed(f"{_place(url)} has no {package}") from error


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append(href)


def _html_links(base: str, text: str) -> list[Wheel]:
    anchors = _Anchors()
    anchors.feed(text)
    return [_link(base, href) for href in anchors.found]


def _link(base: str, href: str) -> Wheel:
    url, fragment = urldefrag(urljoin(base, href))
    match = re.fullmatch(r"sha256=([0-9a-fA-F]{64})", fragment)
    return Wheel(url, match[1].lower() if match else None)


def _json_links(base: str, body: bytes) -> list[Wheel]:
    try:
        entries = json.loads(body)["files"]
        return [
            Wheel(urljoin(base, str(e["url"])), e.get("hashes", {}).get("sha256")) for e in entries
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceFailed(f"the index page of {_place(base)} cannot be understood") from error


def _is_wheel(url: str, package: str, version: str) -> bool:
    name = _file(url)
    parts = name.removesuffix(".whl").split("-")
    return (
        name.endswith(".whl")
        and len(parts) >= 5
        and _normal(parts[0]) == _normal(package)
        and parts[1] == version
    )


def _file(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _normal(package: str) -> str:
    """PEP 503 normalised name."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _place(url: str) -> str:
    """Where an index is, without user name or password."""
    parts = urlsplit(url)
    return parts.hostname or parts.path
