"""Engines in a real browser: an operator takes one out for maintenance with the keyboard, at night."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from playwright.sync_api import Browser, expect

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.operating import EngineService
from lionrock.gateway.pool import Engine, Offer, Pool, Trust
from lionrock.gateway.service import Gateway
from lionrock.kernel import identity, tenants
from tests.web.office import ADMINISTRATOR, Served, serving_office
from tests.web.test_browser_administration import LOCALES, Desk

pytestmark = pytest.mark.browser

_LARGE, _SMALL = (
    Offer("qwen3-32b", "Qwen/Qwen3-32B", 32_768, 4096),
    Offer("small", "small", 4096, 512),
)
ENGINES = (
    Engine("gpu1", EngineKind.VLLM, "http://gpu1.internal:8000", Trust.INSIDE, (_LARGE, _SMALL), at_once=4),
    Engine("gpu2", EngineKind.VLLM, "http://gpu2.internal:8000", Trust.INSIDE, (_LARGE,), at_once=64),
    Engine("ascend-rack-3", EngineKind.VLLM_ASCEND, "http://10.2.3.4:8000", Trust.INSIDE, (_LARGE,)),
    Engine("cloud", EngineKind.OPENAI, "https://models.example.com", Trust.OUTSIDE, (_LARGE,), at_once=16),
)  # fmt: skip


@pytest.fixture(scope="module")
def office(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_office(postgres, tmp_path_factory.mktemp("engines")) as served:
        held = served.run(at_work(served))
        yield served
        served.run(held.aclose())


async def at_work(served: Served) -> AsyncExitStack:
    """One busy with a line before it, one ill, one whose circuit is open, one well."""
    house, loop = served.office.house, asyncio.get_running_loop()
    pool, held = Pool(ENGINES, egress=house.egress), AsyncExitStack()
    for _ in range(3):
        async with pool.lease(
            "qwen3-32b", "t", deadline=loop.time(), not_engine=("gpu1", "gpu2", "cloud")
        ) as one:
            one.failed()
    for name, why in (
        ("gpu1", ""), ("cloud", ""),
        ("gpu2", "The engine gpu2 did not answer its health check within 3 s."),
    ):  # fmt: skip
        pool._lanes[name].checked(why, loop.time() - 2)
        pool._lanes[name].next_check = loop.time() + 3600
    for _ in range(3):
        await held.enter_async_context(pool.lease("small", "t", deadline=loop.time()))
    house.gateway = Gateway(None, engines=EngineService(house.database, pool))
    return held


async def operator(served: Served) -> str:
    database = served.office.house.database
    link = await identity.issue(database, *await tenants.ensure_platform(database), "link")
    return f"{served.url}/sign-in#{link}"


@pytest.mark.parametrize("language", LOCALES)
def test_engines_fit_a_desktop_and_a_phone_in_each_language(
    browser: Browser, office: Served, language: str
) -> None:
    desk = Desk.of(browser, office, ADMINISTRATOR, LOCALES[language])
    desk.open("engines")
    desk.shoot(f"{language}-engines-administrator")
    desk.page.goto(office.run(operator(office)))
    desk.page.wait_for_url(lambda address: "sign-in" not in address)
    page = desk.open("engines")
    expect(page.locator(".engines tbody tr")).to_have_count(4)
    desk.shoot(f"{language}-engines")
    desk.done()


def test_a_key_pressed_as_the_page_renews_itself_opens_the_question_too(
    browser: Browser, office: Served
) -> None:
    desk = Desk.of(browser, office, ADMINISTRATOR)
    desk.page.goto(office.run(operator(office)))
    desk.page.wait_for_url(lambda address: "sign-in" not in address)
    page = desk.open("engines")
    page.locator("#drain-gpu1").focus()
    page.evaluate(
        "document.addEventListener('htmx:afterSwap',"
        " () => setTimeout(() => document.activeElement.click()), { once: true })"
    )
    expect(page.locator("#sheet")).to_contain_text("Drain gpu1?")
    assert page.url.endswith("/engines")
    desk.done()


def test_an_operator_drains_an_engine_without_leaving_the_keyboard(
    browser: Browser, office: Served
) -> None:
    desk = Desk.of(browser, office, ADMINISTRATOR)
    desk.page.goto(office.run(operator(office)))
    desk.page.wait_for_url(lambda address: "sign-in" not in address)
    page = desk.open("engines")
    page.locator("#drain-gpu1").focus()
    with page.expect_response(lambda answer: "turn=2" in answer.url):
        pass  # the page asks anew, twice, under the operator's hands
    expect(page.locator("#drain-gpu1")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.locator("#sheet")
    expect(dialog).to_contain_text("3 requests that it works on go on to their end.")
    expect(dialog).to_contain_text("No other engine is used for small: calls are refused.")
    desk.shoot("engines-drain")
    expect(dialog.locator(".danger")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".state.draining")).to_have_text("Draining")
    desk.shoot("engines-draining")
    page.locator("#resume-gpu1").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Use gpu1 again?")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.locator("#resume-gpu1").click()
    expect(dialog.locator(".danger")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#drain-gpu1")).to_be_visible()
    desk.done()
