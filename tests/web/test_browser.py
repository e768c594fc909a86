"""The pages in a real browser, on a real server: upload, ask, open a citation, in three languages.

Screenshots are left in `artefacts/browser/`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import docx
import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from lionrock.web.i18n import translator

pytestmark = pytest.mark.browser

SHOTS = Path(__file__).parents[2] / "artefacts" / "browser"
LIONROCK = Path(sys.executable).with_name("lionrock")
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 90_000
"""Milliseconds to wait for what works through a queue."""
expect.set_options(timeout=30_000)  # a page's own work, on a machine with other work beside


@dataclass(frozen=True)
class Case:
    """A reader, what they put in, and what they ask."""

    language: str
    locale: str
    name: str
    content: bytes
    question: str
    told: str


def _docx(*paragraphs: str) -> bytes:
    made, kept = docx.Document(), BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(kept)
    return kept.getvalue()


CASES = [
    Case(
        "en", "en-GB", "travel-rules.docx",
        _docx(
            "Staff may claim the cost of a hotel up to HKD 1,850 a night.",
            "Claims are handed in within 21 days after the journey ends.",
            "A claim above HKD 30,000 is approved by the head of finance.",
        ),
        "Within how many days are claims handed in after the journey?", "21 days",
    ),
    Case(
        "zh-Hant", "zh-HK", "借書規則.md",
        "# 借書規則\n\n每名職員最多可借書八本。\n\n借書期限為三十五天。\n\n逾期每天罰款港幣兩元。".encode(),
        "借書期限是多少天？", "三十五天",
    ),
    Case(
        "zh-Hans", "zh-CN", "食堂须知.txt",
        "食堂须知\n\n午餐供应时间为十一点半至十三点一刻。\n\n访客用餐须提前两个工作日登记。\n\n餐卡遗失补办收费二十五元。\n".encode("gb18030"),
        "餐卡遗失补办收费多少？", "二十五元",
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Server:
    url: str
    environment: dict[str, str]

    def link(self) -> str:
        """A new one-time sign-in link."""
        told = subprocess.check_output([LIONROCK, "link", "--json"], env=self.environment)
        return str(json.loads(told)["link"])


@contextmanager
def serving(home: Path, model: str) -> Iterator[Server]:
    """A server process of its own, in a new home, on a free port."""
    environment = {
        **os.environ, "LIONROCK_HOME": str(home), "LIONROCK_PORT": "0", "LIONROCK_MODEL": model,
    }  # fmt: skip
    with subprocess.Popen(
        [LIONROCK, "up", "--json"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            lines = []
            while not lines or lines[-1] != "}\n":
                lines.append(process.stdout.readline())
                assert lines[-1], "the server ended before it was ready"
            yield Server(json.loads("".join(lines))["url"], environment)
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, embedding_weights: Path) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("browser-home"), "none") as running:
        yield running


@dataclass
class Reader:
    """A signed-in reader's browser window, which notes whatever should not happen in it."""

    page: Page
    base: str
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, server: Server, locale: str) -> Self:
        page = browser.new_context(viewport=DESKTOP, locale=locale).new_page()
        page.set_default_timeout(PATIENCE)
        made = cls(page, server.url).watched()
        page.goto(server.link())
        page.wait_for_url(f"{server.url}/")
        return made

    def watched(self) -> Self:
        self.page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.wrong.append(str(e)))
        self.page.on("request", self._note)
        return self

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.netloc != urlsplit(self.base).netloc:
            self.wrong.append(f"request to {parts.scheme}://{parts.netloc}")

    def shoot(self, name: str) -> None:
        """The window as it is on a desktop and on a phone; nothing may stick out at the side."""
        for size, kind in ((PHONE, "phone"), (DESKTOP, "desktop")):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=SHOTS / f"{name}-{kind}.png")
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    def upload(self, *files: tuple[str, bytes]) -> None:
        self.page.goto(f"{self.base}/documents")
        self.page.set_input_files(
            "#file",
            [{"name": n, "mimeType": "application/octet-stream", "buffer": c} for n, c in files],
        )

    def add(self, case: Case) -> None:
        """Upload the case's document and wait until it can be asked."""
        self.upload((case.name, case.content))
        row = self.page.locator(".document", has_text=case.name)
        expect(row.locator(".state.ready")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator("#poll")).to_be_empty(timeout=PATIENCE)

    def ask(self, question: str) -> None:
        self.page.goto(self.base)
        self.page.fill("#field-question", question)
        self.page.keyboard.press("Enter")

    def done(self) -> None:
        self.page.context.close()
        assert not self.wrong


# Measured at one moment: a page scrolls to its mark, and every rectangle with it.
MARKS = """sheet => {
    const frame = sheet.querySelector("img").getBoundingClientRect();
    return [...sheet.querySelectorAll(".marks rect")].map(rect => {
        const box = rect.getBoundingClientRect();
        return [box.left - frame.left, box.top - frame.top,
                box.right - frame.left, box.bottom - frame.top];
    });
}"""


def assert_marked(page: Page, sheet: str) -> None:
    """The page image is there, and every mark lies on it."""
    image = page.locator(f"{sheet} img")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 100
    boxes = page.locator(sheet).evaluate(MARKS)
    assert boxes
    for left, top, right, bottom in boxes:
        assert right - left > 5 and bottom - top > 3
        assert min(left, top) >= -1
        assert right <= image.evaluate("image => image.clientWidth") + 1
        assert bottom <= image.evaluate("image => image.clientHeight") + 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.language)
def test_upload_ask_and_open_a_citation(browser: Browser, server: Server, case: Case) -> None:
    speak = translator(case.language)
    reader = Reader.at(browser, server, case.locale)
    page = reader.page
    expect(page.locator("html")).to_have_attribute("lang", case.language)
    reader.shoot(f"{case.language}-1-ask")

    reader.add(case)
    expect(page.locator(".state.ready").first).to_have_text(speak.name("document", "ready"))
    reader.shoot(f"{case.language}-2-library")

    reader.ask(case.question)
    expect(page.locator(".evidence .source").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".answer .meta")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".answer .sentences")).to_contain_text(case.told)
    expect(page.locator(".evidence h3").first).to_have_text(speak.gettext("Sources"))
    reader.shoot(f"{case.language}-3-answer")

    page.locator(".cite").first.click()
    expect(page.locator("#panel blockquote")).to_contain_text(case.told)
    assert_marked(page, "#panel .sheet")
    page.wait_for_timeout(600)  # the picture scrolls to its mark, for the screenshot's sake
    page.screenshot(path=SHOTS / f"{case.language}-4-source-desktop.png")

    page.set_viewport_size(PHONE)
    page.keyboard.press("Escape")
    page.locator(".cite").first.click()
    page.wait_for_url("**/documents/*/pages/*")
    assert_marked(page, ".reader .sheet")
    page.wait_for_timeout(600)
    reader.shoot(f"{case.language}-5-page")
    page.get_by_text(speak.gettext("Back to the answer")).click()
    expect(page.locator(".answer .sentences")).to_contain_text(case.told)
    reader.done()


def test_what_is_not_in_the_documents_is_plainly_not_answered(
    browser: Browser, server: Server
) -> None:
    reader = Reader.at(browser, server, "en-GB")
    reader.add(CASES[0])
    reader.ask("What is the boiling point of tungsten?")
    expect(reader.page.locator(".answer.refused")).to_be_visible(timeout=PATIENCE)
    assert not reader.page.locator(".cite").count()
    reader.shoot("en-6-refused")
    reader.page.goto(f"{reader.base}/runs")
    expect(reader.page.locator(".history .state").first).to_have_text("Not answered")
    reader.shoot("en-7-history")
    reader.done()


def test_a_file_that_cannot_be_read_says_why_and_can_be_removed(
    browser: Browser, server: Server
) -> None:
    reader = Reader.at(browser, server, "zh-HK")
    page = reader.page
    reader.upload(("empty.md", b""), ("damaged.pdf", b"%PDF-1.7\nnothing else"))
    refused = page.locator("#uploads .failed .state")
    expect(refused).to_have_text("檔案是空的，沒有內容可讀。")
    row = page.locator(".document", has_text="damaged.pdf")
    expect(row.locator(".reason")).to_contain_text("檔案已損壞", timeout=PATIENCE)
    reader.shoot("zh-Hant-8-failed")
    row.locator("button").click()
    reader.shoot("zh-Hant-9-confirm")
    page.locator("#confirm [value=no]").click()
    expect(row).to_be_visible()
    row.locator("button").click()
    page.locator("#confirm [value=yes]").click()
    expect(row).to_have_count(0)
    assert [text for text in reader.wrong if "422" in text], "the empty file was refused"
    reader.wrong = [text for text in reader.wrong if "422" not in text]
    reader.done()


def test_a_file_dropped_on_the_page_is_taken_in(browser: Browser, server: Server) -> None:
    reader = Reader.at(browser, server, "en-GB")
    page = reader.page
    page.goto(f"{reader.base}/documents")
    page.evaluate(
        """() => {
            const carried = new DataTransfer();
            carried.items.add(new File(["Lockers are emptied each Friday."], "lockers.txt"));
            for (const name of ["dragenter", "dragover", "drop"])
                dispatchEvent(new DragEvent(name, {dataTransfer: carried, cancelable: true}));
        }"""
    )
    row = page.locator(".document", has_text="lockers.txt")
    expect(row.locator(".state.ready")).to_be_visible(timeout=PATIENCE)
    reader.done()


def test_the_keyboard_is_enough(browser: Browser, server: Server) -> None:
    case = CASES[0]
    reader = Reader.at(browser, server, "en-GB")
    page, keys = reader.page, reader.page.keyboard
    reader.add(case)
    page.goto(f"{reader.base}/runs")
    page.goto(reader.base)
    page.locator("h1").click()
    keys.press("/")
    expect(page.locator("#field-question")).to_be_focused()
    keys.type("first line")
    keys.press("Shift+Enter")
    expect(page.locator("#field-question")).to_have_value("first line\n")
    page.fill("#field-question", case.question)
    keys.press("Control+Enter")
    expect(page.locator(".answer .meta")).to_be_visible(timeout=PATIENCE)
    keys.press("1")
    expect(page.locator("#panel .marks rect").first).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    keys.press("?")
    expect(page.locator("#help")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    reader.done()


def test_the_language_switch_keeps_the_page_and_the_answer(
    browser: Browser, server: Server
) -> None:
    reader = Reader.at(browser, server, "en-GB")
    page = reader.page
    reader.ask("Anything at all?")
    expect(page.locator(".answer.refused, .answer .meta").first).to_be_visible(timeout=PATIENCE)
    address = page.url
    page.locator(".languages [value=zh-Hans]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.url == address and "/runs/" in address
    expect(page.locator("#run-title")).to_have_text("Anything at all?")
    reader.done()


def test_signing_out_and_a_used_link(browser: Browser, server: Server) -> None:
    reader = Reader.at(browser, server, "zh-HK")
    page = reader.page
    page.get_by_role("button", name="登出").click()
    page.wait_for_url("**/sign-in")
    reader.shoot("zh-Hant-0-signed-out")
    page.goto(f"{reader.base}/documents")
    page.wait_for_url("**/sign-in")
    reader.done()


@pytest.mark.model
def test_a_run_shows_its_progress_and_stops_when_told(
    browser: Browser, tmp_path: Path, small_model_weights: Path, embedding_weights: Path
) -> None:
    case = CASES[0]
    with serving(tmp_path / "home", small_model_weights.stem) as server:
        reader = Reader.at(browser, server, "en-GB")
        page = reader.page
        reader.add(case)
        reader.ask(case.question)
        expect(page.locator(".working progress")).to_be_visible()
        expect(page.locator(".evidence .source").first).to_be_visible(timeout=PATIENCE)
        page.screenshot(path=SHOTS / "en-10-working-desktop.png")
        page.locator("[data-stop]").click()
        expect(page.locator(".stopped")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".evidence .source").first).to_be_visible()
        reader.shoot("en-11-stopped")
        reader.done()
