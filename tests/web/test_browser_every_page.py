"""Every page that links lead to, in a real browser: it answers, fits a phone and a desktop, names its
controls, uses no id twice, and nothing goes wrong in the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.web import papers
from tests.web.reading import UNNAMED, Entrance, library
from tests.web.test_browser import DESKTOP, PHONE

pytestmark = pytest.mark.browser

LEAST: Final = 60
"""Kinds of page that must be reached: fewer, and the walk has lost its way."""
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LINKS: Final = """[...document.querySelectorAll("a[href]:not([download])")]
    .map((a) => String(new URL(a.getAttribute("href"), location)))"""
_TWICE: Final = """() => [...document.querySelectorAll("[id]")].map((e) => e.id)
    .filter((id, at, every) => every.indexOf(id) !== at)"""
_FITS: Final = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture(scope="module")
def enter(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, embedding_weights: Path
) -> Iterator[Entrance]:
    """A server with some documents and a task done."""
    files = map(papers.sample, ("aml-policy.pdf", "privacy-notice.docx"))
    with library(browser, tmp_path_factory.mktemp("every-page-home"), *files) as made:
        analyst = made()
        analyst.search("how long are records kept")
        analyst.open("/c/translate").locator("textarea[name=text]").fill("銀行須於14日內匯報。")
        analyst.page.locator("[name=into]").select_option("zh-Hans")
        analyst.page.get_by_role("button", name="Translate", exact=True).click()
        analyst.page.get_by_role("link", name="Edit and accept").click()
        analyst.done()
        yield made


def test_every_page_answers_fits_and_names_its_controls(enter: Entrance) -> None:
    analyst = enter()
    page, waiting, seen = analyst.page, ["/"], set[str]()
    while waiting:
        path = waiting.pop(0)
        kind = _ID.sub("ID", path.partition("?")[0])
        if kind in seen:
            continue
        seen.add(kind)
        answer = page.goto(analyst.base + path)
        assert answer is not None and answer.status == 200, path
        if "html" not in answer.headers["content-type"]:
            continue
        assert faults(page) == [] and analyst.wrong == [], path
        waiting += [own for link in page.evaluate(_LINKS) if (own := inside(analyst.base, link))]
    assert len(seen) > LEAST
    analyst.done()


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, on both screens."""
    found = [f"no name: {control}" for control in page.evaluate(UNNAMED)]
    found += [f"id twice: {id}" for id in page.evaluate(_TWICE)]
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        if not page.evaluate(_FITS):
            found.append(f"wider than {size['width']}")
    return found


def inside(base: str, link: str) -> str:
    """The path of a link that stays here and is a page; "" of another."""
    parts = urlsplit(link)
    elsewhere = not link.startswith(base) or "export" in parts.path
    return "" if elsewhere else f"{parts.path}?{parts.query}".rstrip("?")
