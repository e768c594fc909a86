"""The desk in a real browser, without a model: documents chosen, a task done, its quotes opened, saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from lionrock.web.i18n import translator
from tests.web import papers
from tests.web.reading import LOCALES, Analyst, Entrance, library
from tests.web.test_browser import PATIENCE, assert_marked

pytestmark = pytest.mark.browser

POLICY = "aml-policy.pdf"
FORM = "account-opening-form.pdf"


@pytest.fixture(scope="module")
def enter(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, embedding_weights: Path
) -> Iterator[Entrance]:
    """A server with an analyst's documents."""
    files = map(papers.sample, (POLICY, FORM, "privacy-notice.docx"))
    with library(browser, tmp_path_factory.mktemp("desk-home"), *files) as made:
        yield made


def chosen(analyst: Analyst, name: str) -> Locator:
    """The task's choice of documents, with this one ticked by its name."""
    picker = analyst.page.locator(".picker").first
    picker.get_by_role("searchbox").fill(name[:5])
    box = picker.get_by_label(name)
    expect(picker.locator("li")).to_have_count(1, timeout=PATIENCE)
    box.check()
    return box


def test_a_summary_is_asked_for_read_and_its_quote_opened_on_its_page(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open("/desk")
    page.get_by_role("link", name="Summarise").click()
    chosen(analyst, POLICY)
    page.get_by_label("Length").select_option("short")
    analyst.shoot("en-desk-task")
    page.get_by_role("button", name="Summarise").click()
    expect(page.locator(".saving")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("form.task")).to_be_hidden()
    page.locator(".cite").first.click()
    expect(page.locator("#panel-title")).to_have_text(POLICY)
    assert_marked(page, "#panel .sheet")
    page.keyboard.press("Escape")
    analyst.shoot("en-desk-summary")
    with page.expect_download() as saving:
        page.locator(".saving").get_by_role("link", name="DOCX").click()
    assert Path(saving.value.path()).read_bytes().startswith(b"PK")
    analyst.done()


def test_fields_are_taken_out_of_a_form_and_each_opens_where_it_stands(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open("/c/extract")
    chosen(analyst, FORM)
    page.locator("textarea[name=fields]").fill("HKID: hkid\ndate of birth: date")
    page.get_by_role("button", name="Extract").click()
    expect(page.get_by_text("check digit right")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("1991-09-23")).to_be_visible()
    page.get_by_role("link", name="p. 1").first.click()
    expect(page.locator("#panel-title")).to_have_text(FORM)
    assert_marked(page, "#panel .sheet")
    page.keyboard.press("Escape")
    analyst.shoot("en-desk-fields")
    analyst.done()


LEASE = """1. The tenant must pay HK$30,000 a month.
2. Either party may end the lease with 30 days' notice.
3. The landlord must not enter without consent."""
LEASE_ZH = """一、租客須每月支付港幣30,000元。
二、任何一方可給予60日通知終止租約。
三、未經同意，業主不得進入。
四、本租約受香港法律管限。"""


def test_two_texts_in_two_languages_are_compared_and_what_differs_is_seen(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open("/c/compare")
    page.locator("textarea[name=text]").fill(LEASE)
    page.locator("textarea[name=other_text]").fill(LEASE_ZH)
    analyst.shoot("en-desk-compare-task")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".compared > .differs")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".compared > .differs .difference")).to_contain_text("30 days ≠ 60日")
    expect(page.locator(".compared > .second_only")).to_contain_text("香港法律")
    expect(page.locator(".saving")).to_be_visible()
    analyst.shoot("en-desk-compare")
    analyst.done()


def test_enter_in_the_choice_of_documents_looks_and_sends_nothing(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open("/c/summarise")
    looking = page.locator(".picker input[type=search]")
    looking.fill("privacy")
    looking.press("Enter")
    expect(page.locator(".picker li")).to_have_count(1)
    assert page.url.endswith("/c/summarise")
    analyst.done()


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_the_desk_speaks_chinese_throughout(enter: Entrance, language: str) -> None:
    analyst = enter(LOCALES[language])
    page = analyst.open("/desk")
    analyst.speaks(language)
    analyst.shoot(f"{language}-desk")
    page.get_by_role("link", name=translator(language).name("capability", "summarise")).click()
    expect(page.locator(".picker li").first).to_be_visible()
    analyst.speaks(language)
    analyst.done()
