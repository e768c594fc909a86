"""An analyst's browser window on a real server, and what holds of every page they open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.test_browser import DESKTOP, PATIENCE, PHONE, SHOTS, Reader, Server, serving

LOCALES: Final = {"en": "en-GB", "zh-Hant": "zh-HK", "zh-Hans": "zh-CN"}

UNNAMED: Final = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((e) => e.type !== "hidden" && e.checkVisibility())
    .filter((e) => !(e.ariaLabel || e.title || e.placeholder || e.innerText?.trim() || e.labels?.length))
    .map((e) => e.outerHTML.slice(0, 120))"""
"""Controls that a screen reader could not name."""

_SAID: Final = """() => {
    const foreign = (e) => e.closest("[lang]") !== document.documentElement
        || e.closest("code, kbd, script, template, noscript");
    const said = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { parentElement: e, nodeValue } = walker.currentNode;
        if (!foreign(e) && e.checkVisibility()) said.push(nodeValue);
    }
    for (const e of document.querySelectorAll("[title], [aria-label], [placeholder]"))
        if (!foreign(e) && e.checkVisibility())
            said.push(...["title", "aria-label", "placeholder"].map((n) => e.getAttribute(n) || ""));
    return said;
}"""
"""Texts and labels of the page itself: what is content is marked with its own language."""

NAMES: Final = frozenset(
    "Lionrock EN PDF PowerPoint MD CSV XLSX DOCX JSON TBX HTML ZIP PNG TXT XML OCR Markdown Word Excel"
    " Enter kB MB".split()
)
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_FILE: Final = re.compile(r"[\w/.-]+\.(?:md|txt|pdf|docx|xlsx|html|png|zip)\b")


@dataclass
class Analyst(Reader):
    """Someone at work in the library and in search."""

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}{path}")
        return self.page

    def put(self, *files: tuple[str, bytes]) -> None:
        """Take files in without looking on."""
        for name, data in files:
            kind = "application/octet-stream"
            file = {"name": name, "mimeType": kind, "buffer": data}
            answer = self.page.request.post(f"{self.base}/documents", multipart={"file": file})  # type: ignore[dict-item]
            assert answer.ok, answer.text()

    def settled(self) -> None:
        """Wait in the library until everything was read, as its page tells."""
        page = self.open("/documents")
        expect(page.locator("#poll")).to_be_empty(timeout=PATIENCE)

    def row(self, name: str) -> Locator:
        return self.page.locator(".document", has=self.page.get_by_text(name, exact=True))

    def document(self, name: str) -> str:
        """The address of a document in the library."""
        self.open("/documents")
        link = self.row(name).locator(".name a").first.get_attribute("href")
        assert link
        return link.removesuffix("/pages/1")

    def search(self, question: str) -> None:
        self.open("/search")
        self.page.locator("#search [name=q]").fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".results")).to_be_visible()

    def shoot(self, name: str) -> None:
        """The whole page on a phone and on a desktop; nothing sticks out, each control has a name."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        for size, kind in ((PHONE, "phone"), (DESKTOP, "desktop")):
            self.page.set_viewport_size(size)
            whole = not self.page.locator("dialog[open], #panel:not([hidden])").count()
            self.page.screenshot(path=SHOTS / f"reading-{name}-{kind}.png", full_page=whole)
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            assert self.page.evaluate(UNNAMED) == [], name

    def speaks(self, language: str, *names: str) -> None:
        """The page is in this language, and says nothing in English but what is called so."""
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        if language == "en":
            return
        said = "\n".join(self.page.evaluate(_SAID))
        said = _FILE.sub("", said)
        for name in sorted(names, key=len, reverse=True):
            said = said.replace(name, "")
        foreign = [word for word in _WORD.findall(said) if word not in NAMES]
        assert not foreign, foreign


@dataclass
class Entrance:
    """Signs in once and lets the same person in again, with a browser in another language."""

    browser: Browser
    server: Server
    _kept: Any = None

    def __call__(self, locale: str = LOCALES["en"]) -> Analyst:
        if self._kept is None:
            first = Analyst.at(self.browser, self.server, locale)
            self._kept = first.page.context.storage_state()
            first.done()
        page = self.browser.new_context(
            viewport=DESKTOP, locale=locale, storage_state=self._kept
        ).new_page()
        page.set_default_timeout(PATIENCE)
        return Analyst(page, self.server.url).watched()


@contextmanager
def library(browser: Browser, home: Path, *files: tuple[str, bytes]) -> Iterator[Entrance]:
    """A server without a model, and the way in to it, with these documents read."""
    with serving(home, "none") as running:
        made = Entrance(browser, running)
        analyst = made()
        analyst.put(*files)
        analyst.settled()
        analyst.done()
        yield made
