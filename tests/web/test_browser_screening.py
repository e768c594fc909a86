"""Screening in a real browser: a list comes in, a name hits it, one proposes, another decides, it is proven.

Screenshots of each page are left in `artefacts/browser/`, on a desktop and on a phone, in three languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.office import ANALYST, AUDITOR, Served, serving_office
from tests.web.screening_office import LIST
from tests.web.test_browser import DESKTOP, PHONE, SHOTS
from tests.web.test_browser_administration import LOCALES, Desk

pytestmark = pytest.mark.browser

REVIEWER = "Lam Chi Fai"
FEWER = b"\n".join(LIST.replace(b"1970", b"1971").splitlines()[:3]) + b"\n"


@pytest.fixture(scope="module")
def office(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_office(postgres, tmp_path_factory.mktemp("screening-office")) as served:
        yield served


class Room(Desk):
    """Someone at work on the pages of screening."""

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}/screening/{path}")
        return self.page

    def shoot(self, name: str) -> None:
        for size, kind in ((PHONE, "phone"), (DESKTOP, "desktop")):
            self.page.set_viewport_size(size)
            SHOTS.mkdir(parents=True, exist_ok=True)
            whole = not self.page.locator("dialog[open]").count()
            self.page.screenshot(path=SHOTS / f"screening-{name}-{kind}.png", full_page=whole)
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def _file(content: bytes, name: str = "watch-list.csv") -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def _import(page: Page, content: bytes) -> None:
    page.set_input_files("#f-file", _file(content))  # type: ignore[arg-type]
    expect(page.locator(".preview tbody tr").first).to_be_visible()


def test_from_a_list_to_a_decision_by_a_second_person_that_is_proven(
    browser: Browser, office: Served
) -> None:
    reviewer = Room.of(browser, office, REVIEWER)
    page = reviewer.open("lists")
    expect(page.locator(".empty h2")).to_have_text("No list has been imported yet")
    page.get_by_role("link", name="Import a list").click()
    _import(page, LIST)
    expect(page.locator(".preview")).to_contain_text("陳大文")
    expect(page.locator("#f-name")).to_have_value("watch-list")
    reviewer.shoot("import")
    page.fill("#f-name", "Watch list")
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/versions/1")
    expect(page.locator(".differences tbody tr")).to_have_count(3)

    analyst = Room.of(browser, office, ANALYST)
    page = analyst.open("desk")
    expect(page.locator("#f-name")).to_be_focused()
    page.keyboard.type("CHAN Tai Man", delay=20)
    expect(page.locator(".hit")).to_contain_text("陳大文")
    expect(page.locator(".hit")).to_contain_text("大 read tai in Hong Kong romanisation")
    expect(page.locator(".found-line")).to_contain_text("Not on record yet")
    page.fill("[name=birth]", "1962")  # a bare name clears nobody
    page.keyboard.press("Enter")
    expect(page.locator(".found-line")).to_contain_text("On record")
    page.wait_for_timeout(500)
    expect(page.locator(".found-line")).to_contain_text("On record")

    page = analyst.open("alerts")
    expect(page.locator(".alerts tbody tr")).to_have_count(1)
    assert "CHAN" not in page.content(), "whose alert it is, is told to whoever takes it"
    page.keyboard.press("j")
    expect(page.locator(".alerts button[data-row]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/screening/alerts/*-*")
    expect(page.locator("h1")).to_have_text("CHAN Tai Man")
    alert = UUID(page.url.rpartition("/")[2])
    analyst.shoot("case-assigned")
    page.select_option("#f-reason", "different-birth")
    page.fill("#f-note", "護照所載出生日期為 1975 年 6 月 7 日。")
    page.get_by_role("button", name="Propose").click()
    expect(page.locator(".doing .next")).to_contain_text("Another person decides.")
    expect(page.get_by_role("button", name="Decide as proposed")).to_have_count(0)

    page = reviewer.open("alerts?state=proposed")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{alert}")
    reviewer.shoot("case-proposed")
    page.get_by_role("button", name="Decide as proposed").click()
    expect(page.locator(".doing .next.ended")).to_contain_text("False positive")
    expect(page.locator(".clearances")).to_contain_text("Wong Ka-yan")
    reviewer.shoot("case-decided")

    auditor = Desk.of(browser, office, AUDITOR)
    page = auditor.open(f"audit?subject={alert}")
    for told in (
        "Alert raised",
        "Disposition of an alert proposed",
        "Alert decided",
        "Alert opened",
    ):
        expect(page.locator(".events")).to_contain_text(told)
    page.get_by_role("link", name="Alert decided").first.click()
    expect(page.locator("#desk")).to_contain_text("false-positive")
    assert "CHAN" not in page.content() and "護照" not in page.content()
    page.get_by_role("button", name="Prove this entry").click()
    expect(page.locator(".proof")).to_contain_text("Verified just now")
    page.goto(f"{office.url}/screening/alerts/{alert}")
    expect(page.locator(".empty .code")).to_contain_text("404")
    auditor.wrong = [text for text in auditor.wrong if "404" not in text]
    for one in (reviewer, analyst, auditor):
        one.done()


@pytest.mark.parametrize("language", LOCALES)
def test_every_page_fits_a_desktop_and_a_phone_in_each_language(
    browser: Browser, office: Served, language: str
) -> None:
    reviewer = Room.of(browser, office, REVIEWER, LOCALES[language])
    page = reviewer.open("lists/import")
    if not page.locator("#f-list option").nth(1).count():
        _import(page, LIST)
        page.fill("#f-name", "Watch list")
        page.locator("#import button.primary").click()
        page.wait_for_url("**/versions/*")
        reviewer.open("lists/import")
    page.select_option("#f-list", index=1)
    _import(page, LIST)
    reviewer.shoot(f"{language}-import")
    reviewer.open("lists")
    reviewer.shoot(f"{language}-lists")
    page.locator(".lists a.strong").first.click()
    page.wait_for_url("**/lists/*-*")
    page.goto(f"{office.url}/screening/lists/import?list={page.url.rpartition('/')[2]}")
    _import(page, FEWER)
    page.locator("#import button.primary").click()
    page.wait_for_url("**/versions/*")
    expect(page.locator(".differences")).to_contain_text("1971")
    reviewer.shoot(f"{language}-version-held")
    reviewer.open("lists")
    page.locator(".lists a.strong").first.click()
    expect(page.locator("section.next")).to_be_visible()
    reviewer.shoot(f"{language}-list-held")
    page.locator("section.next a[hx-get]").click()
    expect(page.locator("#sheet .danger")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("section.next")).to_have_count(0)

    reviewer.open("desk")
    reviewer.shoot(f"{language}-desk-empty")
    page.keyboard.type("陳大明")
    page.fill("[name=birth]", "1962-03-04")
    page.fill("[name=country]", "hk")
    expect(page.locator(".hit")).to_be_visible()
    page.fill("#f-name", "CHAN Tai Man")
    page.keyboard.press("Enter")
    expect(page.locator(".found-line .ready")).to_be_visible()
    reviewer.shoot(f"{language}-desk")
    page.locator(".hit a.strong").first.click()
    expect(page.locator(".entry-facts")).to_contain_text("陳大文")
    reviewer.shoot(f"{language}-entry")
    page = reviewer.open("alerts?order=newest")
    reviewer.shoot(f"{language}-alerts")
    page.locator(".alerts a[data-row]").first.click()
    page.wait_for_url("**/alerts/*-*")
    if page.locator("form[action$='/take']").count():
        page.locator("form[action$='/take'] button").click()
        expect(page.locator("#f-reason")).to_be_visible()
    if page.locator("form[action$='/escalate']").count():
        page.locator("details:has(form[action$='/escalate']) summary").click()
        page.fill("#f-suspected", "資金來源不明。")
        page.locator("form[action$='/escalate'] button").click()
        expect(page.locator("form[action$='/report']")).to_be_visible()
    reviewer.shoot(f"{language}-case")
    if page.locator("a[href*='/reports/']").count():
        page.locator("a[href*='/reports/']").first.click()
    else:
        page.locator("form[action$='/report'] button").click()
    page.wait_for_url("**/reports/*")
    reviewer.shoot(f"{language}-report")

    page = reviewer.open("batches")
    page.set_input_files(
        "#f-file",
        _file(b"reference,name\nC-1,CHAN Tai Man\nC-2,Nobody Else\n", "c.csv"),  # type: ignore[arg-type]
    )
    page.locator(".batch-form button").click()
    page.wait_for_url("**/batches/*-*")
    reviewer.shoot(f"{language}-batch-running")
    house = office.office.house
    office.run(house.screening.registry.batches.work(office.office.administrator.tenant_id))
    expect(page.locator(".batch-hits tbody tr")).to_have_count(1)
    reviewer.shoot(f"{language}-batch")
    reviewer.open("batches")
    reviewer.shoot(f"{language}-batches")
    reviewer.wrong = [text for text in reviewer.wrong if "409" not in text]
    reviewer.done()


@pytest.mark.parametrize("language", LOCALES)
def test_a_tuning_report_is_followed_until_it_is_taken_out(
    browser: Browser, office: Served, language: str
) -> None:
    reviewer = Room.of(browser, office, REVIEWER, LOCALES[language])
    page = reviewer.open("tuning")
    if not page.locator("[name=lists]").count():
        reviewer.open("lists/import")
        _import(page, LIST)
        page.fill("#f-name", "Watch list")
        page.locator("#import button.primary").click()
        page.wait_for_url("**/versions/*")
        reviewer.open("tuning")
    reviewer.shoot(f"{language}-tuning")
    page.fill("#f-entries", "20")
    page.locator("#desk form button.primary").click()
    page.wait_for_url("**/tuning/*-*")
    expect(page.locator(".headlines")).to_be_visible(timeout=30_000)
    expect(page.locator(".plot > svg circle.marked").first).to_be_visible()
    with page.expect_download() as taken:
        page.locator("a[href$='report.pdf']").click()
    assert taken.value.suggested_filename.startswith("tuning-report-")
    for summary in page.locator(".as-table > summary").all():
        summary.click()
    reviewer.shoot(f"{language}-tuning-report")
    reviewer.done()
