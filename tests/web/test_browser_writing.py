"""What the desk writes, in a real browser and without a model: a translation accepted segment by segment,
a draft with its blanks, a file of complaints read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lionrock.assist.sentiment.classifier import LABELS
from lionrock.web.i18n import translator
from tests.web import papers
from tests.web.reading import LOCALES, Analyst, Entrance, library
from tests.web.test_browser import PATIENCE

pytestmark = pytest.mark.browser

NOTICE = "銀行須於14日內匯報。\n\n客戶可於2026年5月3日前投訴。"
COMPLAINTS = """date,text
2026-05-01,The counter staff were rude and nobody returned my call.
2026-05-02,職員好有禮貌，服務一流，多謝！
2026-05-03,我阿媽八十歲，唔識用手機，被人轉走晒積蓄，請即刻處理，唔係我會投訴去金管局。
2026-05-04,The branch opens at nine.
2026-05-05,收费又贵又慢，太失望了，我要投诉。
"""


@pytest.fixture(scope="module")
def enter(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, embedding_weights: Path
) -> Iterator[Entrance]:
    """A server with an analyst's documents."""
    policy = papers.sample("aml-policy.pdf")
    with library(browser, tmp_path_factory.mktemp("writing-home"), policy) as made:
        yield made


def done_with(analyst: Analyst, button: str) -> None:
    """The task on the page is done, and what came of it can be saved."""
    analyst.page.get_by_role("button", name=button, exact=True).click()
    expect(analyst.page.locator(".saving")).to_be_visible(timeout=PATIENCE)


def spoken(enter: Entrance, address: str, *names: str) -> None:
    """The page at the address, read by a Chinese reader, has no English words but these."""
    for language in ("zh-Hant", "zh-Hans"):
        reader = enter(LOCALES[language])
        reader.page.goto(address)
        reader.speaks(language, *names)
        reader.done()


def test_a_translation_is_accepted_by_keyboard_and_a_wrong_figure_is_not(enter: Entrance) -> None:
    analyst = enter()
    page, keys = analyst.open("/c/translate"), analyst.page.keyboard
    page.locator("textarea[name=text]").fill(NOTICE)
    page.locator("[name=into]").select_option("zh-Hans")
    done_with(analyst, "Translate")
    analyst.shoot("en-desk-translation")
    page.get_by_role("link", name="Edit and accept").click()
    first, second = page.locator(".segment").nth(0), page.locator(".segment").nth(1)
    field = first.get_by_role("textbox", name="Translation of segment 1")
    field.fill("银行须于40日内汇报。")
    keys.press("Control+Enter")
    expect(first.get_by_role("alert")).to_contain_text("Not accepted")
    analyst.shoot("en-desk-editor-refused")
    field.fill("银行须于14日内汇报。")
    keys.press("Control+Enter")
    expect(first.get_by_role("button", name="Accepted")).to_be_visible()
    expect(second.get_by_role("textbox", name="Translation of segment 2")).to_be_focused()
    keys.press("Control+Enter")
    expect(page.locator("#counts")).to_contain_text("2 of 2 accepted")
    analyst.shoot("en-desk-editor")
    page.reload()
    expect(page.locator(".segment.accepted")).to_have_count(2)
    spoken(enter, page.url, "TMX", "Ctrl", "Alt")
    page.locator(".crumb a").click()
    page.wait_for_url("**/runs/*")
    spoken(enter, page.url, "TMX")
    analyst.open("/admin/memory")
    expect(page.locator("main")).to_contain_text("银行须于14日内汇报。")
    analyst.shoot("en-desk-memory")
    spoken(enter, page.url, "TMX")
    analyst.done()


def test_a_draft_keeps_its_blanks_and_quotes_what_it_says(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open("/desk/templates")
    analyst.shoot("en-desk-templates")
    page.locator("a[href$=memo-en]").click()
    page.get_by_label("From").fill("Compliance")
    page.get_by_label("Date").fill("2026-11-23")
    page.get_by_label("Purpose").fill("Records of customers are kept for how long?")
    picker = page.locator(".picker").first
    picker.get_by_label("aml-policy.pdf").check()
    analyst.shoot("en-desk-draft-task")
    done_with(analyst, "Draft")
    draft = page.locator("main")
    expect(draft).to_contain_text("23 November 2026")
    expect(draft).to_contain_text("[To]")
    analyst.shoot("en-desk-draft")
    with page.expect_download() as saving:
        page.locator(".saving").get_by_role("link", name="PDF").click()
    assert Path(saving.value.path()).read_bytes().startswith(b"%PDF")
    spoken(enter, page.url, "memo-en")
    analyst.done()


@pytest.mark.parametrize("language", LOCALES)
def test_a_file_of_complaints_is_read_and_the_worst_stand_first(
    enter: Entrance, language: str
) -> None:
    analyst, speak = enter(LOCALES[language]), translator(language)
    page = analyst.open("/c/sentiment")
    analyst.speaks(language, "text")
    file = {"name": "c.csv", "mimeType": "text/csv", "buffer": COMPLAINTS.encode()}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    page.locator("[name=dates]").fill("date")
    analyst.shoot(f"{language}-desk-sentiment-task")
    done_with(analyst, speak.name("capability", "sentiment"))
    expect(page.locator(".texts li").first).to_contain_text("我阿媽八十歲")
    expect(page.locator(".moods").first).to_be_visible()
    expect(page.locator("#run-title")).to_have_text(speak.name("capability", "sentiment"))
    analyst.speaks(language)
    analyst.shoot(f"{language}-desk-sentiment")
    analyst.done()


def test_a_classifier_is_trained_also_when_nobody_waits_for_it(enter: Entrance) -> None:
    analyst = enter()
    page = analyst.open("/desk/classifiers")
    analyst.shoot("en-desk-classifiers-empty")
    for name in ("Counter", "Branches"):
        file = {"name": "labelled.csv", "mimeType": "text/csv", "buffer": labelled().encode()}
        page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Train").click()
        expect(page.get_by_role("progressbar", name="Training")).to_be_visible()
        if name == "Counter":
            expect(page.locator(".classifier h2")).to_contain_text("In use", timeout=PATIENCE)
    analyst.open("/desk")
    for _ in range(120):
        analyst.open("/desk/classifiers")
        if page.locator(".classifier").count() > 1:
            break
        page.wait_for_timeout(500)
    expect(page.locator(".classifier")).to_have_count(2)
    analyst.shoot("en-desk-classifiers")
    spoken(enter, page.url, "Counter", "Branches", "text", "label", *LABELS, "Macro-F1")
    analyst.done()


def labelled() -> str:
    """Two dozen texts of each label."""
    said = {
        "negative": "The staff were rude",
        "neutral": "The branch opens",
        "positive": "Lovely help",
    }
    rows = [f"{text} on day {day},{label}" for label, text in said.items() for day in range(24)]
    return "\n".join(["text,label", *rows])
