"""What of a page a browser would act on, as a browser reads it: not by looking for words."""

from __future__ import annotations

from html.parser import HTMLParser

_RUNS = {"iframe", "object", "embed", "base", "style", "applet", "frame", "portal", "math"}
_LOADS = {"src", "href", "action", "srcset", "poster", "formaction", "data", "background"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _RUNS or (tag == "script" and not dict(attrs).get("src")):
            self.found.append(f"<{tag}>")
        if tag == "meta" and dict(attrs).get("http-equiv", "").lower() == "refresh":
            self.found.append("<meta refresh>")
        for name, value in attrs:
            where = (value or "").strip().lower().replace("\t", "").replace("\n", "")
            if name.startswith("on") or name == "style" or name.startswith("hx-on"):
                self.found.append(f"{tag} {name}")
            if name in _LOADS and (
                where.startswith(("//", "\\", "/\\")) or ":" in where.partition("/")[0]
            ):
                self.found.append(f"{tag} {name}={value}")


def active(page: str) -> list[str]:
    """Inline scripts, handlers, frames, styles, and addresses that lead elsewhere; none on our pages."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found
