"""Search in a real browser: an analyst asks, narrows, opens, saves, is told; and keeps the glossary.

Screenshots of each page are left in `artefacts/browser/`, on a desktop and on a phone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lionrock.web.i18n import translator
from tests.web import papers
from tests.web.reading import LOCALES, Entrance, library
from tests.web.test_browser import DESKTOP, PATIENCE, PHONE, assert_marked

pytestmark = pytest.mark.browser

QUESTION = "how long are records kept"
SAVED = "Retention of records"


@pytest.fixture(scope="module")
def enter(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, embedding_weights: Path
) -> Iterator[Entrance]:
    """A server with an analyst's documents."""
    files = (
        ("outsourcing.md", papers.OLD_RULES.encode()), ("分行守則.md", papers.COUNTER),
        ("parking.txt", b"Visitors park on the third floor."),
        *map(papers.sample, ("aml-policy.pdf", "privacy-notice.docx", "complaint-cantonese.txt")),
    )  # fmt: skip
    with library(browser, tmp_path_factory.mktemp("search-home"), *files) as made:
        yield made


def test_results_are_narrowed_walked_by_keyboard_and_opened_with_their_words_marked(
    enter: Entrance,
) -> None:
    analyst = enter()
    page, keys = analyst.open("/search"), analyst.page.keyboard
    expect(page.locator("#search [name=q]")).to_be_focused()
    keys.type(QUESTION)
    keys.press("Enter")
    page.wait_for_url(lambda address: "q=how" in address)
    hits = page.locator("[data-result]")
    expect(hits.first.locator("mark").first).to_be_visible()
    everything = hits.count()
    markdown = page.locator(".facets").get_by_label("Markdown")
    markdown.check()
    expect(page.locator(".where strong").filter(has_text="aml-policy.pdf")).to_have_count(0)
    page.wait_for_url(lambda address: "type=text" in address)
    expect(markdown).to_be_checked()
    expect(page.locator(".facets").get_by_label("PDF")).to_be_visible()
    assert 0 < hits.count() < everything
    expect(hits.first).to_contain_text("Records of an outsourcing are kept")
    expect(page.locator(".why").first).to_contain_text("Meaning")

    page.locator("#search [name=q]").focus()
    keys.press("ArrowDown")
    expect(hits.nth(0)).to_be_focused()
    keys.press("ArrowDown")
    expect(hits.nth(1)).to_be_focused()
    keys.press("ArrowUp")
    keys.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("outsourcing.md")
    assert_marked(page, "#panel .sheet")
    page.wait_for_timeout(600)  # the picture scrolls to its mark, for the screenshot's sake
    analyst.shoot("en-search-open")
    keys.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(hits.nth(0)).to_be_focused()
    keys.press("/")
    expect(page.locator("#search [name=q]")).to_be_focused()
    page.get_by_role("link", name="Search everything").click()
    expect(hits).to_have_count(everything)
    analyst.done()


def test_on_a_phone_the_facets_wait_folded_and_a_hit_opens_a_page_of_its_own(
    enter: Entrance,
) -> None:
    analyst = enter()
    page = analyst.page
    page.set_viewport_size(PHONE)
    analyst.search(QUESTION)
    assert not page.locator("[data-facets]").evaluate("details => details.open")
    page.get_by_text("Narrow", exact=True).click()
    page.locator(".facets [name=language][value=yue]").check()
    expect(page.locator(".where strong").first).to_have_text("complaint-cantonese.txt")
    page.locator("[data-result]").first.click()
    page.wait_for_url("**/documents/*/pages/*")
    expect(page.locator(".reader .sheet img")).to_be_visible()
    analyst.done()


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_of_search_is_in_the_readers_language_and_fits(
    enter: Entrance, language: str
) -> None:
    analyst = enter(LOCALES[language])
    page, speak = analyst.page, translator(language)
    if language == "en":
        analyst.search(QUESTION)
        page.get_by_role("button", name="Save this search").click()
        page.get_by_label("Name").fill("Parking")
        analyst.shoot("en-search-save")
        page.locator("dialog [name=q] ~ .row .primary").click()
        expect(page.locator(".saved li")).to_have_count(1)
    for name, path, there in (
        ("start", "/search", ".found h2"), ("results", f"/search?q={QUESTION}", ".hit mark"),
        ("nothing", "/search?q=%E9%BB%83%E9%87%91&language=zh-Hans", ".results h2"),
        ("far", "/search?q=zzqxv", ".by-meaning"), ("saved", "/search/saved", ".saved li"),
        ("glossary", "/admin/glossary", ".desk h1"), ("terms", "/admin/glossary/candidates", ".desk h2"),
        ("import", "/admin/glossary/import", "#f-file"),
    ):  # fmt: skip
        analyst.open(path)
        expect(page.locator(there).first).to_be_visible()
        columns = ("zh-Hant", "zh-Hans", "yue", "note", "source") if name == "import" else ()
        analyst.speaks(language, QUESTION, "Parking", *columns, *(("en、",) if columns else ()))
        if language != "zh-Hans":  # The same lengths as in the other Chinese.
            analyst.shoot(f"{language}-search-{name}")
    page.goto(f"{analyst.base}/search?q=gold&language=zh-Hans")
    expect(page.locator(".results h2")).to_have_text(speak.gettext("Nothing found"))
    page.locator(".results .empty a").click()
    expect(page.locator("[data-result]").first).to_be_visible()
    analyst.done()


def test_a_saved_search_tells_of_a_new_document_until_it_was_seen(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.page
    analyst.search(QUESTION)
    page.get_by_role("button", name="Save this search").click()
    page.get_by_label("Name").fill(SAVED)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/saved")
    line = page.locator(".saved li", has_text=SAVED)
    expect(line).to_contain_text("nothing new")

    analyst.put(("vault.txt", b"Records of the vault are kept for nine years."))
    analyst.settled()
    badge = page.locator("#new-matches .badge")
    for _ in range(40):
        if badge.count():
            break
        page.wait_for_timeout(500)
        analyst.open("/search/saved")
        page.wait_for_load_state("networkidle")
    expect(badge).to_contain_text("something new")
    analyst.open("/search/saved")  # the badge is asked for after the list: it may know more
    expect(line.locator(".badge")).to_have_text("1 new passage")
    line.locator(".badge").click()
    expect(page.locator(".hit")).to_contain_text("vault.txt")
    expect(page.locator(".hit mark").first).to_be_visible()
    analyst.shoot("en-search-new")
    page.get_by_role("button", name="Mark as seen").click()
    page.wait_for_url("**/search/saved")
    expect(line).to_contain_text("nothing new")
    line.get_by_role("button", name=f"Remove {SAVED}").click()
    page.locator("#confirm [value=yes]").click()
    expect(line).to_have_count(0)
    analyst.done()


def test_results_are_taken_out_as_a_file(enter: Entrance) -> None:
    analyst = enter()
    analyst.search(QUESTION)
    with analyst.page.expect_download() as taken:
        analyst.page.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(StringIO(taken.value.path().read_text("utf-8-sig"))))
    assert ["question", QUESTION] in [row[:2] for row in rows]
    assert any("outsourcing.md" in cell for row in rows for cell in row)
    analyst.done()


def test_a_glossary_is_imported_and_edited_and_finds_chinese_text_by_the_english_term(
    enter: Entrance,
) -> None:
    analyst = enter()
    page = analyst.open("/admin/glossary/import")
    page.set_input_files(
        "#f-file", {"name": "terms.csv", "mimeType": "text/csv", "buffer": papers.GLOSSARY}
    )
    page.get_by_role("button", name="Look first").click()
    expect(page.locator("#outcome")).to_contain_text("2 good entries · 2 of them new.")
    expect(page.locator("#outcome")).to_contain_text("Row 4")
    analyst.shoot("en-glossary-looked")
    page.get_by_role("button", name="Import, without bad rows").click()  # the file is still chosen
    expect(page.locator("#outcome")).to_contain_text("2 entries added.")

    page.locator("#outcome").get_by_role("link", name="Glossary").click()
    row = page.locator(".glossary tbody tr", has_text="customer due diligence")
    row.get_by_role("link", name="Change").click()
    page.get_by_role("textbox", name="English").fill(
        "customer due diligence | CDD | know your client"
    )
    analyst.shoot("en-glossary-entry")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("know your client")
    analyst.shoot("en-glossary-filled")

    analyst.search("know your client")
    hit = page.locator(".hit", has_text="分行守則.md")
    expect(hit.locator("mark").first).to_have_text("客戶盡職審查")
    expect(hit.locator(".gloss")).to_contain_text("know your client")
    page.set_viewport_size(DESKTOP)
    hit.locator("[data-result]").click()
    assert_marked(page, "#panel .sheet")

    page = analyst.open("/admin/glossary?q=beneficial")
    page.get_by_role("link", name="Change").click()
    page.get_by_role("button", name="Remove the entry").click()
    expect(page.locator(".glossary tbody tr")).to_have_count(1, timeout=PATIENCE)
    analyst.done()
