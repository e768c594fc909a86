"""Customers and policy in a real browser: a file comes in, a form goes wrong and right, a threshold moves.

Screenshots are left in `artefacts/browser/`, on a desktop and on a phone, in three languages.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.office import Served, serving_office
from tests.web.screening_office import LIST
from tests.web.test_browser_administration import LOCALES
from tests.web.test_browser_screening import REVIEWER, Room

pytestmark = pytest.mark.browser

CUSTOMERS = (
    "CIF no,客戶姓名,Chinese name,DOB,Nationality,Segment\n"
    "CIF-000271,CHAN Tai Man,陳大文,1962-03-04,hk,pep\n"
    "CIF-000272,Wong Siu Fong,王小芳,1988-11-02,hk,retail\n"
    "CIF-000273,Ho Wing Sze,何詠詩,3 March 1980,hk,retail\n"
    "CIF-000274,Lee Mei Ling,李美玲,1975,hk,\n"
).encode()


@pytest.fixture(scope="module")
def office(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_office(postgres, tmp_path_factory.mktemp("customers-office")) as served:
        yield served


def _chosen(page: Page, name: str, content: bytes) -> None:
    page.set_input_files(
        "#f-file", {"name": name, "mimeType": "text/csv", "buffer": content}
    )  # fmt: skip
    expect(page.locator(".preview tbody tr").first).to_be_visible()


def test_customers_come_in_are_screened_and_changed_and_a_threshold_moves(
    browser: Browser, office: Served
) -> None:
    reviewer = Room.of(browser, office, REVIEWER)
    page = reviewer.open("lists/import")
    _chosen(page, "watch-list.csv", LIST)
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/versions/1")

    page = reviewer.open("customers")
    expect(page.locator(".empty h2")).to_have_text("There is no customer yet")
    page.locator(".empty").get_by_role("link", name="Import customers").click()
    _chosen(page, "customers.csv", CUSTOMERS)
    page.select_option("[name='column-segment']", "type")
    expect(page.locator(".preview")).to_contain_text("retail")
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".faults tbody tr")).to_have_count(1)
    expect(page.locator(".faults")).to_contain_text("The date of birth is none of")

    page = reviewer.open("customers")
    page.keyboard.press("/")
    page.keyboard.type("CIF-000271")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*-*")
    expect(page.locator("h1")).to_have_text("CHAN Tai Man")
    house = office.office.house
    office.run(house.screening.registry.continuous.settle(office.office.administrator.tenant_id))
    # The page notices by itself, and shows the alert that came of it.
    expect(page.locator(".alerts tbody tr")).to_have_count(1)

    page.get_by_role("link", name="Change").click()
    page.fill("#f-births", "1962-03-04\nsoon")
    page.fill("#f-aliases", "Peter Chan")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#e-births")).to_contain_text("Line 2: “soon” is no date")
    expect(page.locator("#f-births")).to_be_focused()
    expect(page.locator("#f-aliases")).to_have_value("Peter Chan")
    page.fill("#f-births", "1962-03-04")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda address: not address.endswith("/edit"))
    expect(page.locator(".entry-facts")).to_contain_text("Peter Chan")

    page = reviewer.open("policy")
    page.get_by_role("link", name="Change watch-list").click()
    page.fill("#f-threshold", "0.42")
    page.keyboard.press("Enter")
    expect(page.locator(".changes-of-policy")).to_contain_text("More alerts")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/policy")
    expect(page.locator(".thresholds")).to_contain_text("0.42")
    reviewer.wrong = [text for text in reviewer.wrong if "422" not in text]
    reviewer.done()


@pytest.mark.parametrize("language", LOCALES)
def test_every_page_of_them_fits_a_desktop_and_a_phone_in_each_language(
    browser: Browser, office: Served, language: str
) -> None:
    reviewer = Room.of(browser, office, REVIEWER, LOCALES[language])
    page = reviewer.open("customers/import")
    _chosen(page, "customers.csv", CUSTOMERS)
    reviewer.shoot(f"{language}-customers-import")
    page.locator("#import button.primary").click()
    expect(page.locator(".faults")).to_be_visible()
    reviewer.shoot(f"{language}-customers-taken")
    reviewer.open("customers")
    reviewer.shoot(f"{language}-customers")
    page.locator("a.strong", has_text="CHAN Tai Man").click()
    page.wait_for_url("**/customers/*-*")
    address = page.url
    reviewer.shoot(f"{language}-customer")
    page.locator("a[hx-get$='/end']").click()
    expect(page.locator("#sheet .danger")).to_be_focused()
    reviewer.shoot(f"{language}-customer-end")
    page.goto(f"{address}/edit")
    page.fill("#f-countries", "Atlantis")
    page.locator("form.form button.primary").click()
    expect(page.locator("#e-countries")).to_be_visible()
    reviewer.shoot(f"{language}-customer-wrong")
    reviewer.open("policy")
    reviewer.shoot(f"{language}-policy")
    page.locator(".thresholds .act a").first.click()
    page.fill("#f-threshold", "0.7")
    page.locator("form.form button.primary").click()
    expect(page.locator(".changes-of-policy")).to_be_visible()
    reviewer.shoot(f"{language}-policy-review")
    reviewer.open("policy/alerts")
    page.fill("#f-holidays", "2026-12-25\n2026-12-26")
    reviewer.shoot(f"{language}-policy-alerts")
    reviewer.wrong = [text for text in reviewer.wrong if "422" not in text]
    reviewer.done()
