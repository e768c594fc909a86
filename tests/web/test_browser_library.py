"""The library in a real browser: documents in, in pages, by state; what one holds; its versions compared.

Screenshots of each page are left in `artefacts/browser/`, on a desktop and on a phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lionrock.web.i18n import translator
from tests.web import papers
from tests.web.reading import LOCALES, Entrance
from tests.web.test_browser import PATIENCE, assert_marked, serving

pytestmark = pytest.mark.browser

RULES, NEWER = "outsourcing.md", "outsourcing-2026.md"
MANY = 120


@pytest.fixture(scope="module")
def empty(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, embedding_weights: Path
) -> Iterator[Entrance]:
    """A server with nothing in it."""
    with serving(tmp_path_factory.mktemp("library-home"), "none") as running:
        yield Entrance(browser, running)


def test_an_empty_library_says_what_to_drop_there(empty: Entrance) -> None:
    for language, locale in LOCALES.items():
        analyst = empty(locale)
        page = analyst.open("/documents")
        expect(page.locator(".drop")).to_contain_text("ZIP")
        expect(page.locator(".sift")).to_have_count(0)
        analyst.speaks(language)
        analyst.shoot(f"{language}-library-empty")
        analyst.done()


@pytest.fixture(scope="module")
def enter(empty: Entrance) -> Entrance:
    """The same server with the analyst's documents, one of them in two versions."""
    analyst = empty()
    analyst.put(
        (RULES, papers.OLD_RULES.encode()), ("branches.zip", papers.folder()),
        ("notice.png", papers.scan()), papers.sample("fee-schedule.xlsx"),
        ("damaged.pdf", b"%PDF-1.7\nnothing else"),
        ("rules.md", papers.LONG_RULES.encode()),
    )  # fmt: skip
    analyst.settled()
    page = analyst.open(f"{analyst.document(RULES)}/versions")
    page.get_by_label("File").set_input_files(
        {"name": NEWER, "mimeType": "text/markdown", "buffer": papers.NEW_RULES.encode()}
    )
    page.get_by_label("In force from").fill("2026-06-01")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/versions")
    analyst.settled()
    analyst.done()
    return empty


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_of_a_document_is_in_the_readers_language_and_fits(
    enter: Entrance, language: str
) -> None:
    speak, analyst = translator(language), enter(LOCALES[language])
    page, rules, archive, scan, fees = analyst.page, *map(
        analyst.document, (NEWER, "branches.zip", "notice.png", "fee-schedule.xlsx")
    )  # fmt: skip
    shown = {
        "library": ("/documents", ".documents .state.ready"),
        "failed": ("/documents?state=failed", ".documents .reason"),
        "members": (f"{archive}/pages/1", ".members li .reason"),
        "scan": (f"{scan}/pages/1", ".read-by"),
        "tables": (f"{fees}/pages/1", ".page-tables summary"),
        "versions": (f"{rules}/versions", ".law-versions li"),
        "compare": (f"{rules}/compare", ".law-changes ins"),
        "same": (f"{rules}/compare?all=true", ".law-changes .same"),
    }
    for name, (path, there) in shown.items():
        analyst.open(path)
        expect(page.locator(there).first).to_be_visible()
        if name == "tables":
            page.locator(there).click()
        analyst.speaks(language)
        if language != "zh-Hans":  # The same lengths as in the other Chinese.
            analyst.shoot(f"{language}-{name}")
    page.goto(f"{analyst.base}/documents?state=failed")
    expect(page.locator(".documents li")).to_have_count(1)
    reason = speak.detail("it is damaged: not a complete PDF")
    expect(page.locator(".documents .reason")).to_have_text(reason, ignore_case=True)
    analyst.done()


def test_the_files_in_an_archive_are_documents_that_know_where_they_came_from(
    enter: Entrance,
) -> None:
    analyst = enter()
    page = analyst.open(f"{analyst.document('branches.zip')}/pages/1")
    members = page.locator(".members li")
    expect(members).to_have_count(3)
    expect(members.nth(2)).to_contain_text("not taken in")
    page.get_by_role("link", name="守則/分行守則.md").click()
    expect(page.locator(".beside h1")).to_have_text("分行守則.md")
    page.locator(".beside .origin a").click()
    expect(page.locator(".beside h1")).to_have_text("branches.zip")
    analyst.open("/documents")
    expect(analyst.row("branches.zip")).to_contain_text("3 files in it")
    analyst.done()


def test_a_page_read_by_ocr_says_so_beside_its_picture(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open(f"{analyst.document('notice.png')}/pages/1")
    note, sheet = page.locator(".read-by"), page.locator(".sheet")
    expect(note).to_contain_text("Read by OCR, confidence")
    over, under = note.bounding_box(), sheet.bounding_box()
    assert over and under and over["x"] == under["x"] and under["width"] > 500
    page.get_by_text("Text of this page").click()
    expect(page.locator(".text pre")).to_contain_text("in the presence")
    analyst.done()


def test_a_cell_of_a_table_is_marked_on_the_page(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open(f"{analyst.document('fee-schedule.xlsx')}/pages/1")
    page.get_by_text("1 table on this page").click()
    page.locator(".grid").get_by_role("link", name="Certificate of balance").click()
    expect(page.locator(".cited blockquote")).to_have_text("Certificate of balance")
    expect(page.locator(".grid [aria-current]")).to_be_visible()
    assert_marked(page, ".reader .sheet")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert "Certificate of balance" in taken.value.path().read_text("utf-8")
    analyst.done()


def test_two_versions_are_compared_and_the_changes_walked_by_keyboard(enter: Entrance) -> None:
    analyst = enter()
    page, keys = analyst.page, analyst.page.keyboard
    address = analyst.document(NEWER)
    analyst.open(f"{address}/versions")
    rows = page.locator(".law-versions li")
    expect(rows.nth(0)).to_contain_text("in force")
    expect(rows.nth(1)).to_contain_text("superseded")
    page.get_by_role("link", name="Compare versions").click()
    changes = page.locator("[data-change]")
    expect(changes).to_have_count(papers.CHANGES)
    expect(page.locator(".law-counts")).to_contain_text("3 changed, 1 added, 1 removed, 0 moved")
    for key, at in (("n", 0), ("j", 1), ("n", 2), ("p", 1), ("k", 0), ("p", 0)):
        keys.press(key)
        expect(changes.nth(at)).to_be_focused()
    expect(changes.nth(1).locator("del")).to_have_text("90")
    expect(changes.nth(1).locator("ins")).to_have_text("30")
    page.get_by_role("button", name="Next change").click()
    expect(changes.nth(0)).to_be_focused()
    page.get_by_label("Show what is the same").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".law-changes .same").first).to_be_visible()
    changes.first.locator(".old a").click()
    expect(page.locator(".card.warning")).to_contain_text("Superseded")
    analyst.done()


def test_opening_a_page_stays_at_its_top_when_only_references_are_marked(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open(f"{analyst.document('rules.md')}/pages/1")
    expect(page.locator(".law-marks rect")).to_have_count(1)
    page.wait_for_timeout(500)
    assert page.evaluate("scrollY") == 0
    analyst.done()


def test_a_document_that_has_a_newer_version_is_found_by_either_name(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open("/documents")
    page.keyboard.press("/")
    page.keyboard.type("OUTSOURCING-2026")
    page.keyboard.press("Enter")
    expect(page.locator(".sifted")).to_contain_text("1 of")
    expect(page.locator(".document .name a").first).to_have_text(NEWER)
    page.locator(".sift [name=name]").fill("no such name")
    page.keyboard.press("Enter")
    expect(page.locator("main .empty h2")).to_have_text("No document is like this.")
    analyst.shoot("en-library-nothing")
    page.locator("main .empty a").click()
    expect(page.locator(".document").first).to_be_visible()
    analyst.done()


def test_a_library_of_many_is_paged_and_sifted_while_it_is_being_read(enter: Entrance) -> None:
    analyst = enter()
    notes = [(f"note-{i:03}.txt", f"Note {i} of the branch.".encode()) for i in range(MANY)]
    analyst.put(*notes)
    page = analyst.open("/documents")
    expect(page.locator("#poll")).to_contain_text("being read")
    expect(page.locator(".document .state.queued").first).to_have_text("Waiting")
    expect(page.locator(".document")).to_have_count(50)
    expect(page.locator(".pager")).to_contain_text(f"1–50 of {MANY + 6}")
    seen = {f"note-{MANY - 1:03}.txt"}
    for _ in range(2):
        seen |= set(page.locator(".document .name > :first-child").all_inner_texts())
        page.get_by_role("link", name="Older").click()
    seen |= set(page.locator(".document .name > :first-child").all_inner_texts())
    assert {name for name, _ in notes} < seen and len(seen) == MANY + 6
    expect(page.get_by_role("link", name="Older")).to_have_count(0)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(".pager")).to_contain_text(f"51–100 of {MANY + 6}")
    page.get_by_label("State").select_option("reading")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".document .state.ready")).to_have_count(0)
    page.get_by_label("State").select_option("failed")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".document")).to_have_count(1)
    expect(page.locator(".document")).to_contain_text("not a complete PDF")
    page.get_by_label("State").select_option("ready")
    page.get_by_label("Kind of file").select_option(label="XLSX")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".document")).to_have_count(1, timeout=PATIENCE)
    analyst.done()
