"""Twenty questions, their citations opened in a browser: the words quoted are the words marked.

Everything is real: the server, its database, the child that reads, OCR, search, Chromium. No model is
asked. Where the words lie is told by `citing`, out of the files themselves. Screenshots are left in
`artefacts/browser/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from lionrock.web.i18n import translator
from tests.web import citing
from tests.web.citing import Box, Printed
from tests.web.test_browser import (
    DESKTOP,
    PATIENCE,
    PHONE,
    SHOTS,
    Reader,
    Server,
    assert_marked,
    serving,
)

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
POLICY, SCAN, CONTRACT, NOTICE = (
    "aml-policy.pdf", "scanned-file.pdf", "trade-contract.docx", "privacy-notice.docx",
)  # fmt: skip
LAW, LAW_ZH = "market_scales_en.xml", "market_scales_zh.xml"
LOCALES = {"en": "en-GB", "zh-Hant": "zh-HK", "zh-Hans": "zh-CN", "yue": "zh-HK"}
INTERFACE = {"en-GB": "en", "zh-HK": "zh-Hant", "zh-CN": "zh-Hans"}


@dataclass(frozen=True)
class Asked:
    """A question, and the place of the words that answer it."""

    id: str
    language: str
    question: str
    document: str
    page: int
    told: str
    cells: dict[str, str] = field(default_factory=dict)
    """If the quote is a row of a table with a head: some of its cells, by what stands over them."""
    lines: int = 1
    """How many lines of the page the quote goes over, at least."""
    shot: str = ""


ASKED = [
    Asked("pdf-a-row-of-a-table", "en", "How long are internal suspicion reports and case files kept?",
          POLICY, 8, "10 years"),
    Asked("pdf-over-a-line-end", "en", "By how much does a serious breach reduce the year's variable pay?",
          POLICY, 9, "at least 20%", lines=2),
    Asked("pdf-over-three-lines", "en", "Within how many hours must a member of staff report a suspicion to the MLRO?",
          POLICY, 7, "no later than 24 hours", lines=3, shot="pdf"),
    Asked("pdf-asked-in-cantonese", "yue", "洗錢報告主任 MLRO 係邊個？", POLICY, 3, "WONG Siu Fong"),
    Asked("pdf-asked-in-cantonese-too", "yue", "中介人介紹嘅客戶唔可以超過百分之幾？", POLICY, 9, "8%", lines=2),
    Asked("scan-asked-in-simplified", "zh-Hans", "面容比对分数达多少分才会自动通过？", SCAN, 1, "92分"),
    Asked("scan-over-a-line-end", "zh-Hant", "客戶未能即時提供住址證明可於多少天內補交？", SCAN, 2,
          "30天內補交", lines=2),
    Asked("scan-a-row-of-a-table", "zh-Hant", "每日自動櫃員機提款限額", SCAN, 2, "港幣3,000元",
          shot="scan"),
    Asked("scan-of-a-stamped-form", "en", "What is the initial deposit?", SCAN, 3, "HKD 52,000"),
    Asked("scan-asked-in-cantonese", "yue", "手提電話嘅號碼係幾多？", SCAN, 3, "5500 0456"),
    Asked("docx-a-row-of-a-table", "zh-Hans", "半自动封口机的单价是多少？", CONTRACT, 1, "2,400",
          {"单价（美元）": "2,400", "型号": "QH-210"}, shot="docx"),
    Asked("docx-over-a-line-end", "zh-Hans", "不可抗力发生后几天内要通知对方？", CONTRACT, 2, "7天内通知对方", lines=2),
    Asked("docx-in-traditional", "zh-Hant", "閉路電視錄影保留多久？", NOTICE, 1, "90天"),
    Asked("docx-on-its-last-page", "zh-Hant", "每項查閱要求收費多少？", NOTICE, 2, "港幣120元"),
    Asked("docx-asked-in-cantonese", "yue", "職員查閱客戶資料嘅紀錄會保存幾耐？", NOTICE, 2, "三年"),
    Asked("ordinance-a-row-of-a-schedule", "en", "What is the fee for registering an electronic scale?", LAW, 3,
          "$310", {"Fee": "$310", "Provision": "section 5"}, shot="ordinance"),
    Asked("ordinance-over-a-line-end", "en", "What is the fine for breaking a seal?", LAW, 2, "a fine of $60,000",
          lines=2),
    Asked("ordinance-asked-in-cantonese", "yue", "公秤失靈超過幾多小時就要換過？", LAW_ZH, 2, "48小時"),
    Asked("ordinance-asked-in-simplified", "zh-Hans", "登记证明书由发出当日起计多少个月内有效？", LAW_ZH, 1, "18個月"),
    Asked("ordinance-in-traditional", "zh-Hant", "登記電子磅秤的費用是多少？", LAW_ZH, 2, "$310",
          {"費用": "$310", "條文": "第5條"}),
]  # fmt: skip


@dataclass
class Library:
    """A server that has read the documents, and readers of it, by locale."""

    server: Server
    home: Path
    browser: Browser
    documents: dict[str, bytes]
    readers: dict[str, Reader] = field(default_factory=dict)

    def reader(self, locale: str) -> Reader:
        if locale not in self.readers:
            self.readers[locale] = Reader.at(self.browser, self.server, locale)
        self.readers[locale].page.set_viewport_size(DESKTOP)
        return self.readers[locale]

    def address(self, name: str) -> str:
        """Of a document, by what it is called."""
        reader = self.reader("en-GB")
        reader.page.goto(f"{reader.base}/documents")
        link = reader.page.locator(".document", has_text=name).locator("a").first
        return f"{reader.base}{(link.get_attribute('href') or '').partition('/pages/')[0]}"

    def printed(self, name: str, number: int, picture: str) -> Printed:
        """The page that a picture, by its address, was drawn from; of a scan, what was scanned."""
        if name == SCAN:
            file, page = citing.SCANNED[number - 1]
            return Printed(citing.sample(file), page)
        if name.endswith(".pdf"):
            return Printed(self.documents[name], number)
        parts = urlsplit(picture)
        document = UUID(parts.path.split("/")[3])
        version = UUID(parse_qs(parts.query)["version"][0])
        return Printed(citing.reading_copy(self.home, document, version), number)


@pytest.fixture(scope="module")
def library(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, embedding_weights: Path
) -> Iterator[Library]:
    documents = {name: citing.sample(name) for name in (POLICY, CONTRACT, NOTICE)}
    documents |= {name: (HERE / name).read_bytes() for name in (LAW, LAW_ZH)}
    documents[SCAN] = citing.scan()
    home = tmp_path_factory.mktemp("citations-home")
    with serving(home, "none") as server:
        made = Library(server, home, browser, documents)
        reader = made.reader("en-GB")
        reader.upload(*documents.items())
        for name in documents:
            row = reader.page.locator(".document", has_text=name)
            expect(row.locator(".state.ready")).to_be_visible(timeout=2 * PATIENCE)
        yield made
        for reader in made.readers.values():
            reader.done()


def _answered(reader: Reader, asked: Asked) -> Locator:
    """Ask; the link of the source whose words answer, once the answer is whole."""
    reader.ask(asked.question)
    expect(reader.page.locator(".answer .meta")).to_be_visible(timeout=PATIENCE)
    source = reader.page.locator(".answer ~ .evidence > .sources .source a").filter(
        has=reader.page.locator("q", has_text=asked.told)
    )
    expect(source).to_have_count(1)
    number = source.get_attribute("data-source")
    return reader.page.locator(".answer .cite").filter(has_text=re.compile(f"^{number}$")).first


def _rectangles(sheet: Locator) -> list[Box]:
    """The marks as they lie on the picture on the screen, in fractions of it."""
    found = sheet.evaluate(
        """sheet => {
            const frame = sheet.querySelector("img").getBoundingClientRect();
            return [...sheet.querySelectorAll(".marks:not(.law-marks) rect:not(.stated)")].map(rect => {
                const box = rect.getBoundingClientRect();
                return [(box.left - frame.left) / frame.width, (box.top - frame.top) / frame.height,
                        (box.right - frame.left) / frame.width, (box.bottom - frame.top) / frame.height];
            });
        }"""
    )
    return [Box(*corners) for corners in found]


def _picture(page: Page, sheet: Locator) -> tuple[str, Image.Image]:
    """The address of the picture that is shown, and the picture."""
    address = sheet.locator("img").evaluate("image => image.src")
    return address, Image.open(BytesIO(page.request.get(address).body()))


def assert_words_marked(
    library: Library, page: Page, sheet: str, name: str, number: int, quote: str
) -> None:
    """The picture is of that page, and the rectangles on it cover the quote: all of it, nothing else."""
    assert_marked(page, sheet)
    address, shown = _picture(page, page.locator(sheet))
    assert f"/pages/{number}/image" in address
    printed = library.printed(name, number, address)
    assert printed.differs(shown) < 6, "the picture shows another page"
    boxes = _rectangles(page.locator(sheet))
    glyphs = printed.under(boxes)
    assert not citing.unlike(quote, glyphs, edges=1 if name == SCAN else 0)
    assert all(citing.darkest(shown, box) < 140 for box in boxes), "no ink under a rectangle"


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.id)
def test_a_citation_opens_on_its_page_with_the_quoted_words_marked(
    library: Library, asked: Asked
) -> None:
    locale = LOCALES[asked.language]
    reader = library.reader(locale)
    page, speak = reader.page, translator(INTERFACE[locale])
    cite = _answered(reader, asked)
    cite.click()
    quoted = page.locator("#panel .cited blockquote")
    expect(quoted).to_contain_text(asked.told)
    turning = speak.gettext("Page %(number)s of %(pages)s").split("%(pages)s")[0]
    expect(page.locator("#panel .turning span:not(.button)")).to_contain_text(
        turning % {"number": asked.page}
    )
    expect(page.locator("#panel-title")).to_have_text(asked.document)
    quote = quoted.inner_text()
    assert_words_marked(library, page, "#panel .sheet", asked.document, asked.page, quote)
    heights = {round(box.y0, 2) for box in _rectangles(page.locator("#panel .sheet"))}
    assert len(heights) >= asked.lines
    told = page.locator("#panel .cells div").all()
    cells = [(cell.locator("dt").inner_text(), cell.locator("dd").inner_text()) for cell in told]
    assert set(asked.cells.items()) <= set(cells)
    if asked.shot:
        _shoot(page, f"citation-{asked.shot}")


def _shoot(page: Page, name: str) -> None:
    """The window as a reader sees it, and on a phone, where the citation has a page of its own."""
    page.wait_for_timeout(600)  # the picture scrolls to its mark
    page.screenshot(path=SHOTS / f"{name}-desktop.png")
    page.set_viewport_size(PHONE)
    page.goto(page.locator("#panel .viewer-head a.button").first.evaluate("link => link.href"))
    assert_marked(page, ".reader .sheet")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=SHOTS / f"{name}-phone.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_two_schedules_of_a_law_are_two_tables(library: Library) -> None:
    reader = library.reader("en-GB")
    reader.page.goto(f"{library.address(LAW)}/pages/3")
    expect(reader.page.locator(".page-tables summary")).to_have_text("2 tables on this page")


@pytest.mark.parametrize(
    ("name", "number", "cell"),
    [(CONTRACT, 1, "72,000"), (SCAN, 2, "港幣50,000元"), (LAW, 3, "8 g"), (POLICY, 8, "3 years")],
    ids=["docx", "scan", "ordinance", "pdf"],
)
def test_a_cell_chosen_in_a_table_of_the_page_is_marked_on_the_picture(
    library: Library, name: str, number: int, cell: str
) -> None:
    reader = library.reader("en-GB")
    page = reader.page
    page.goto(f"{library.address(name)}/pages/{number}")
    page.locator(".page-tables summary").click()
    words = re.compile("^" + r"\s*".join(map(re.escape, citing.bare(cell))) + "$")
    chosen = page.locator(".page-tables a", has_text=words)
    chosen.click()
    page.wait_for_url("**mark=*")
    there = page.locator(".page-tables a[aria-current=true]")
    expect(there).to_have_text(words)
    assert there.evaluate(
        """cell => {
            const [box, frame] = [cell, cell.closest(".grid")].map(e => e.getBoundingClientRect());
            return frame.left <= box.left && box.right <= frame.right + 1
                && frame.top <= box.top && box.bottom <= frame.bottom + 1;
        }"""
    ), "the table is scrolled to the cell"
    quoted = page.locator(".cited blockquote")
    expect(quoted).to_have_text(words)
    assert_words_marked(library, page, ".reader .sheet", name, number, quoted.inner_text())
    if name == CONTRACT:
        reader.shoot("citation-table")
