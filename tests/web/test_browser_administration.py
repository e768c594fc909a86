"""The administration in a real browser, each page as the person who needs it would use it.

Screenshots of each page and state are left in `artefacts/browser/`, on a desktop and on a phone.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from lionrock.kernel.audit.sequencer import State
from tests.web.office import (
    ADMINISTRATOR,
    ANALYST,
    AUDITOR,
    LEAVER,
    PRIVACY,
    Served,
    serving_office,
)
from tests.web.test_browser import DESKTOP, LIONROCK, PHONE, SHOTS

pytestmark = pytest.mark.browser

PAGES = (
    "members", "keys", "purposes", "limits", "limits/limit", "limits/budget", "usage", "gateway",
    "gateway/change", "requests", "audit", "residency",
)  # fmt: skip
LOCALES = {"en": "en-GB", "zh-Hant": "zh-HK", "zh-Hans": "zh-CN"}


@pytest.fixture(scope="module")
def office(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("office")
    with serving_office(postgres, folder) as served:
        yield served


@dataclass
class Desk:
    """Someone at work in the administration; what should not happen in their window is noted."""

    page: Page
    base: str
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, browser: Browser, office: Served, who: str, locale: str = "en-GB") -> Desk:
        page = browser.new_context(viewport=DESKTOP, locale=locale).new_page()
        page.set_default_timeout(30_000)
        desk = cls(page, office.url)
        page.on("console", lambda m: desk.wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: desk.wrong.append(str(e)))
        page.on("request", lambda r: desk._inside(r.url))
        page.goto(office.link(who))
        page.wait_for_url(lambda address: "sign-in" not in address)
        return desk

    def _inside(self, address: str) -> None:
        if urlsplit(address).netloc != urlsplit(self.base).netloc:
            self.wrong.append(f"request to {address}")

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}/admin/{path}")
        return self.page

    def shoot(self, name: str) -> None:
        for size, kind in ((PHONE, "phone"), (DESKTOP, "desktop")):
            self.page.set_viewport_size(size)
            SHOTS.mkdir(parents=True, exist_ok=True)
            whole = not self.page.locator("dialog[open]").count()
            self.page.screenshot(path=SHOTS / f"admin-{name}-{kind}.png", full_page=whole)
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    def done(self) -> None:
        self.page.context.close()
        assert not self.wrong


@pytest.mark.parametrize("language", LOCALES)
def test_every_page_fits_a_desktop_and_a_phone_in_each_language(
    browser: Browser, office: Served, language: str
) -> None:
    desk = Desk.of(browser, office, ADMINISTRATOR, LOCALES[language])
    for name in PAGES:
        page = desk.open(name)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator(".rail [aria-current=page]")).to_be_visible()
        desk.shoot(f"{language}-{name.replace('/', '-')}")
    desk.done()


def test_an_administrator_suspends_a_leaver_without_leaving_the_keyboard(
    browser: Browser, office: Served
) -> None:
    desk = Desk.of(browser, office, ADMINISTRATOR)
    page = desk.open("members")
    page.keyboard.press("/")
    page.keyboard.type("daniel")
    rows = page.locator(".members tbody tr")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name=f"Suspend {LEAVER}?").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#sheet")
    expect(dialog).to_contain_text("2 sessions end now")
    expect(dialog).to_contain_text("1 key stops working")
    desk.shoot("members-suspend")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    rows.get_by_role("link", name=f"Suspend {LEAVER}?").click()
    expect(dialog.locator(".danger")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".state.suspended")).to_have_text("Suspended")
    desk.shoot("member-suspended")
    desk.done()


def test_the_policy_for_calls_changes_once_what_follows_was_seen(
    browser: Browser, office: Served
) -> None:
    desk = Desk.of(browser, office, ADMINISTRATOR)
    page = desk.open("gateway/change")
    desk.shoot("gateway-change")
    page.select_option("#f-guard-hkid", "refuse")
    page.select_option("#f-guard-name", "off")
    page.select_option("#f-retention", "none")
    page.get_by_role("button", name="See what changes").click()
    expect(page.locator("del")).to_have_count(3)
    desk.shoot("gateway-review")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".guards")).to_contain_text("Refused")
    desk.shoot("gateway-changed")
    desk.done()


def test_a_new_key_is_shown_once(browser: Browser, office: Served) -> None:
    desk = Desk.of(browser, office, ADMINISTRATOR)
    page = desk.open("keys/new")
    desk.shoot("keys-new")
    page.fill("#f-name", "Letters at night")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#notice")).to_contain_text("Choose at least one permission")
    expect(page.locator("#f-name")).to_have_value("Letters at night")
    desk.shoot("keys-fault")
    page.select_option("#f-owner", label="statement-loader")
    expect(page.locator("[value='keys:key:create']")).to_have_count(0)
    page.check("[value='documents:document:add']")
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#secret").inner_text()
    assert len(secret) > 40 and secret not in page.url
    expect(page.locator(".once")).to_contain_text("it will not be shown again")
    desk.shoot("keys-made")
    page.get_by_role("link", name="To the keys").click()
    expect(page.locator(".key-list")).to_contain_text("Letters at night")
    assert secret not in page.content()
    desk.wrong = [text for text in desk.wrong if "422" not in text]
    desk.done()


def test_a_privacy_officer_takes_a_request_from_its_clock_to_its_package(
    browser: Browser, office: Served
) -> None:
    desk = Desk.of(browser, office, PRIVACY)
    page = desk.page
    page.wait_for_url("**/admin/requests")
    first = page.locator(".request-list tbody tr").first
    expect(first).to_contain_text("6 days over")
    first.locator("a.strong").click()
    desk.shoot("request-overdue")
    page.get_by_role("button", name="It is the person").click()
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("link", name="Review the places found").click()
    desk.shoot("request-places")
    while page.locator(".finding:not(.decided)").count():
        left = page.locator(".finding:not(.decided)").count()
        page.locator(".finding:not(.decided) button[value=include]").first.click()
        expect(page.locator(".finding:not(.decided)")).to_have_count(left - 1)
    page.get_by_role("button", name="Make the package").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download the package").click()
    assert fetched.value.suggested_filename.endswith(".zip")
    desk.shoot("request-packaged")
    page.fill("#f-method", "in person")
    page.get_by_role("button", name="It was handed over").click()
    expect(page.locator(".state.ready")).to_have_text("Delivered")
    desk.open("requests/new")
    desk.shoot("request-new")
    desk.open(f"requests/{office.office.requests['Cheung Ka Ming']}")
    desk.shoot("request-correction")
    desk.open(f"requests/{office.office.requests['Fung Mei Po']}")
    desk.shoot("request-refused")
    desk.done()


def test_an_auditor_finds_an_event_and_proves_it_to_a_verifier_that_is_offline(
    browser: Browser, office: Served, tmp_path: Path
) -> None:
    desk = Desk.of(browser, office, AUDITOR)
    page = desk.open("audit")
    page.get_by_label("Who did it").fill("敏儀")
    page.get_by_label("What happened").select_option("collection:collection:create")
    expect(page.locator(".events tbody tr")).to_have_count(1)
    assert "collection%3Acollection%3Acreate" in page.url, "the address can be passed on"
    page.locator(".events th a").click()
    page.get_by_role("button", name="Prove this entry").click()
    expect(page.locator(".proof")).to_contain_text("Verified just now")
    expect(page.locator(".proof")).to_contain_text("Tree size")
    desk.shoot("audit-proof")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download the proof").click()
    proof = tmp_path / fetched.value.suggested_filename
    fetched.value.save_as(proof)
    command = page.locator("#command").inner_text()
    key = command.partition("--key '")[2].rstrip("'\n ")
    told = subprocess.run(
        [LIONROCK, "audit", "verify", proof, "--key", key], capture_output=True, text=True
    )
    assert told.returncode == 0 and "collection:collection:create" in told.stdout, told.stderr
    desk.open("audit?day=2020-01-01")
    desk.shoot("audit-nothing")
    desk.done()


def test_what_someone_may_not_open_is_not_in_the_menu_and_says_what_is_missing(
    browser: Browser, office: Served
) -> None:
    desk = Desk.of(browser, office, ANALYST)
    page = desk.open("purposes")
    # The purposes, the glossary, the translation memory, and their own use of models.
    expect(page.locator(".rail a")).to_have_count(4)
    desk.open("members")
    expect(page.locator("main")).to_contain_text("members:member:read")
    desk.shoot("forbidden")
    desk.wrong = [text for text in desk.wrong if "403" not in text]
    desk.done()


def test_a_broken_log_is_loud_on_every_page(browser: Browser, office: Served) -> None:
    office.run(office.state_of_log(State("broken", "Event 7 is not there.")))
    try:
        desk = Desk.of(browser, office, AUDITOR, "zh-HK")
        for name in ("audit", "residency"):
            page = desk.open(name)
            expect(page.locator(".banner")).to_contain_text("不能作任何更改")
            desk.shoot(f"broken-{name}")
        desk.done()
    finally:
        office.run(office.state_of_log(State("sequencing")))
