"""Signing in with a password, accepting an invitation, and one's own account, as pages."""

from __future__ import annotations

import re
import time

import pytest

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity, totp
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.members import Invited
from lionrock.web.auth import DEVICE_COOKIE
from tests.kernel.joining import PASSWORD, handle_for, new_email
from tests.web.client import Client
from tests.web.conftest import House


@pytest.fixture
def email() -> str:
    return new_email()


@pytest.fixture
async def invited(house: House, actor: Actor, email: str) -> Invited:
    return await house.people.members.invite(actor, email, {Role.ANALYST})


@pytest.fixture
async def member(visitor: Client, invited: Invited) -> Client:
    """Someone who has just accepted."""
    form = {"token": invited.made.token, "name": "陳大文", "password": PASSWORD, "again": PASSWORD}
    answer = await visitor.post("/invitation", form)
    assert (answer.status, answer.headers["location"]) == (303, "/account")
    return visitor


async def signing_in(
    house: House, actor: Actor, client: Client, email: str, password: str = PASSWORD, code: str = ""
):  # type: ignore[no-untyped-def]
    organisation = await handle_for(house.database, actor.tenant_id)
    form = {"organisation": organisation, "email": email, "password": password, "code": code}
    return await client.post("/sign-in", form)


def code_of(secret: str, steps: int = 0) -> str:
    return totp.code_at(secret.replace(" ", ""), int(time.time() // 30) + steps)


async def test_an_invitation_is_accepted_and_leads_to_the_account(member: Client) -> None:
    page = await member.get("/account")
    assert page.status == 200
    assert "陳大文" in page.text and "this one" in page.text


async def test_the_invitations_token_is_in_no_address(visitor: Client) -> None:
    page = await visitor.get("/invitation")
    assert page.status == 200 and 'name="token" value=""' in page.text


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"again": "three other words"}, 422, "not the same"),
        ({"password": "short", "again": "short"}, 422, "shorter than 12"),
        ({"name": " "}, 422, "1 to 100 characters"),
        ({"token": "0" * 32 + "." + "a" * 43}, 401, "has been used or has expired"),
        ({"token": "nonsense"}, 401, "right form"),
    ],
)
async def test_what_is_wrong_with_an_acceptance_is_said_on_its_page(
    visitor: Client, invited: Invited, change: dict[str, str], status: int, said: str
) -> None:
    form = {"token": invited.made.token, "name": "A", "password": PASSWORD, "again": PASSWORD}
    answer = await visitor.post("/invitation", form | change)
    assert answer.status == status and said in answer.text
    assert SESSION_COOKIE not in visitor.cookies and PASSWORD not in answer.text


async def test_a_member_signs_in_and_out(
    house: House, actor: Actor, member: Client, email: str
) -> None:
    await member.post("/sign-out")
    assert SESSION_COOKIE not in member.cookies
    answer = await signing_in(house, actor, member, email)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert (await member.get("/account")).status == 200
    device = next(c for c in answer.cookies if c.startswith(DEVICE_COOKIE))
    assert "HttpOnly" in device and "Path=/sign-in" in device and "SameSite=strict" in device


async def test_a_wrong_sign_in_says_so_and_keeps_the_organisation(
    house: House, actor: Actor, visitor: Client, member: Client, email: str
) -> None:
    answer = await signing_in(house, actor, Client(visitor.app), email, "wrong words here")
    assert answer.status == 401 and "is not right" in answer.text
    assert f'value="t-{actor.tenant_id.hex[:12]}"' in answer.text
    assert "wrong words here" not in answer.text and email not in answer.text


async def test_after_too_many_failures_the_page_says_how_long_to_wait(
    house: House, actor: Actor, visitor: Client, member: Client, email: str
) -> None:
    guesser = Client(visitor.app)
    answers = [await signing_in(house, actor, guesser, email, "wrong words here") for _ in range(6)]
    assert [a.status for a in answers] == [401] * 5 + [429]
    assert "Try again in" in answers[-1].text


async def test_an_app_is_set_up_and_its_codes_are_asked_for(
    house: House, actor: Actor, member: Client, email: str
) -> None:
    begun = await member.post("/account/codes", {"present": PASSWORD, "step": "begin"})
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", begun.text)
    assert secret and "otpauth://totp/" in begun.text
    wrong = await member.post("/account/codes/confirm", {"code": code_of(secret[1], 50)})
    assert wrong.status == 422 and secret[1] in wrong.text
    done = await member.post("/account/codes/confirm", {"code": code_of(secret[1], -1)})
    recovery = re.findall(r"<li><code>([A-Z2-7-]+)</code></li>", done.text)
    assert len(recovery) == 10
    browser = Client(member.app)
    assert (await signing_in(house, actor, browser, email)).status == 401
    code = code_of(secret[1])
    assert (await signing_in(house, actor, browser, email, code=code)).status == 303
    assert (await signing_in(house, actor, browser, email, code=recovery[0])).status == 303


@pytest.mark.parametrize("step", ["begin", "renew", "remove"])
async def test_what_changes_the_account_asks_for_the_password_again(
    member: Client, step: str
) -> None:
    form = {"present": "wrong words here", "step": step}
    answer = await member.post("/account/codes", form)
    assert answer.status == 403 and "password is not right" in answer.text
    assert "otpauth" not in answer.text


async def test_the_purpose_of_a_session_is_stated_on_the_page(house: House, member: Client) -> None:
    form = {"purpose": "complaint-handling", "zero_retention": "true"}
    answer = await member.post("/account/purpose", form)
    assert answer.headers["location"] == "/account?done=purpose"
    session = member.cookies[SESSION_COOKIE]
    now = await identity.resolve(house.database, session, ("session",))
    assert (now.purpose, now.zero_retention) == ("complaint-handling", True)
    page = await member.get("/account?done=purpose")
    assert "is stated" in page.text
    assert re.search(r'value="complaint-handling" selected', page.text)


async def test_another_session_is_ended_from_the_page(
    house: House, actor: Actor, member: Client, email: str
) -> None:
    other = Client(member.app)
    await signing_in(house, actor, other, email)
    page = await member.get("/account")
    (form,) = re.findall(r'action="(/account/sessions/[0-9a-f-]+/end)"', page.text)
    await member.post(form)
    assert (await other.get("/account")).headers["location"] == "/sign-in?ended=1"
    assert (await member.get("/account")).status == 200


async def test_a_changed_password_is_the_one_that_signs_in(
    house: House, actor: Actor, member: Client, email: str
) -> None:
    new = "three other words"
    form = {"old": "wrong words here", "password": new, "again": new}
    assert (await member.post("/account/password", form)).status == 403
    form["old"] = PASSWORD
    answer = await member.post("/account/password", form)
    assert answer.headers["location"] == "/account?done=password"
    assert (await signing_in(house, actor, Client(member.app), email, new)).status == 303


@pytest.mark.parametrize(
    "path",
    ["/invitation", "/account/purpose", "/account/password", "/account/codes",
     "/account/codes/confirm"],
)  # fmt: skip
async def test_another_site_cannot_change_an_account(member: Client, path: str) -> None:
    form = {
        "token": "x", "name": "x", "password": "x", "again": "x", "old": "x", "present": "x",
        "step": "begin", "code": "1", "purpose": "general",
    }  # fmt: skip
    for headers in ({"origin": "https://elsewhere.example"}, {"sec_fetch_site": "cross-site"}):
        assert (await member.post(path, form, **headers)).status == 403


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-Hant", ("您的帳戶", "處理投訴")), ("zh-Hans", ("您的账户", "处理投诉"))],
)
async def test_the_account_speaks_the_readers_language(
    member: Client, language: str, words: tuple[str, ...]
) -> None:
    page = await member.get("/account", accept_language=language)
    assert all(word in page.text for word in words)
