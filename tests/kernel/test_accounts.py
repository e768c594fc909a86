from __future__ import annotations

import asyncio

import pytest

from lionrock.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    LionrockError,
    TooManyAttempts,
    Unauthenticated,
)
from lionrock.kernel import identity, sessions, totp
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.people import People
from tests.kernel.joining import (
    PASSWORD,
    accepted,
    as_actor,
    events,
    handle_for,
    new_email,
    signing_in,
)


class Account:
    """A member who has joined, and how they sign in."""

    def __init__(self, people: People, handle: str, email: str, actor: Actor) -> None:
        self.people, self.handle, self.email, self.actor = people, handle, email, actor

    async def enter(self, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
        said = signing_in(self.handle, self.email, password, **more)
        return await self.people.accounts.sign_in(said)


@pytest.fixture
async def account(database: Database, people: People, actor: Actor) -> Account:
    email = new_email()
    invited = await people.members.invite(actor, email, {Role.ANALYST})
    member = await accepted(database, people, invited.made.token)
    return Account(people, await handle_for(database, actor.tenant_id), email, member)


async def no_waiting(database: Database, actor: Actor) -> None:
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE sign_in_attempts SET next_at = now()")


async def enrolled(account: Account) -> tuple[str, list[str]]:
    second = account.people.accounts.second_factor
    secret = await second.begin(account.actor)
    codes = await second.confirm(account.actor, now_code(secret, -1))
    return secret, codes


def now_code(secret: str, steps: int = 0) -> str:
    import time

    return totp.code_at(secret, int(time.time() // 30) + steps)


async def test_a_member_signs_in_with_address_and_password(
    database: Database, account: Account
) -> None:
    entered = await account.enter()
    member = await as_actor(database, entered)
    assert (member.id, member.purpose) == (account.actor.id, "general")
    account.email = account.email.upper()
    account.handle = account.handle.upper()
    assert await account.enter()


async def test_every_refusal_says_the_same(account: Account, people: People, actor: Actor) -> None:
    invited_only = new_email()
    await people.members.invite(actor, invited_only, {Role.ANALYST})
    said = set()
    for attempt in (
        signing_in(account.handle, account.email, "wrong words here"),
        signing_in(account.handle, new_email()),
        signing_in(account.handle, "not an address"),
        signing_in(account.handle, invited_only),
        signing_in("no-such-house", account.email),
        signing_in(account.handle, account.email, ""),
    ):
        with pytest.raises(Unauthenticated) as refused:
            await people.accounts.sign_in(attempt)
        said.add(refused.value.detail)
    assert len(said) == 1


async def test_a_purpose_can_be_stated_and_must_be_one_of_the_tenants(
    database: Database, account: Account
) -> None:
    entered = await account.enter(purpose="customer-due-diligence")
    assert (await as_actor(database, entered)).purpose == "customer-due-diligence"
    with pytest.raises(InvalidInput, match="complaint-handling"):
        await account.enter(purpose="curiosity")


async def test_a_suspended_member_is_refused_as_with_a_wrong_password(
    people: People, account: Account, actor: Actor
) -> None:
    await people.members.suspend(actor, account.actor.id)
    with pytest.raises(Unauthenticated, match="not right"):
        await account.enter()


# -- The second factor -----------------------------------------------------------------------------


async def test_with_an_app_set_up_a_code_is_needed_and_taken_once(account: Account) -> None:
    secret, _ = await enrolled(account)
    with pytest.raises(Unauthenticated):
        await account.enter()
    code = now_code(secret)
    assert await account.enter(code=code)
    with pytest.raises(Unauthenticated):
        await account.enter(code=code)


async def test_the_code_that_enrolled_is_not_taken_again(account: Account) -> None:
    secret = await account.people.accounts.second_factor.begin(account.actor)
    code = now_code(secret)
    await account.people.accounts.second_factor.confirm(account.actor, code)
    with pytest.raises(Unauthenticated):
        await account.enter(code=code)


async def test_the_same_code_at_once_from_two_places_opens_one_session(account: Account) -> None:
    secret, _ = await enrolled(account)
    code = now_code(secret)
    results = await asyncio.gather(
        *(account.enter(code=code, address=f"10.0.0.{n}") for n in range(3)), return_exceptions=True
    )
    assert sum(isinstance(r, LionrockError) for r in results) == 2


async def test_a_recovery_code_opens_once(database: Database, account: Account) -> None:
    _, codes = await enrolled(account)
    assert len(set(codes)) == 10
    assert await account.enter(code=codes[0].lower())
    with pytest.raises(Unauthenticated):
        await account.enter(code=codes[0])
    assert await account.enter(code=codes[1].replace("-", ""))
    assert (await events(database, account.actor)).count("member:recovery:use") == 2


async def test_new_recovery_codes_void_the_old(account: Account) -> None:
    _, old = await enrolled(account)
    new = await account.people.accounts.second_factor.renew_codes(account.actor)
    with pytest.raises(Unauthenticated):
        await account.enter(code=old[0])
    assert await account.enter(code=new[0])


async def test_secrets_and_codes_are_not_kept_as_they_are(
    database: Database, account: Account
) -> None:
    secret, codes = await enrolled(account)
    async with database.tenant_session(account.actor) as db:
        rows = await db.fetch("SELECT row_to_json(p)::text AS row FROM member_proofs p")
        rows += await db.fetch("SELECT row_to_json(c)::text AS row FROM recovery_codes c")
    kept = "".join(r["row"] for r in rows)
    assert len(rows) == 11
    for text in (secret, PASSWORD, codes[0], codes[0].replace("-", "")):
        assert text not in kept and text.encode().hex() not in kept


async def test_a_wrong_code_does_not_take_the_pending_secret_into_use(account: Account) -> None:
    second = account.people.accounts.second_factor
    secret = await second.begin(account.actor)
    with pytest.raises(InvalidInput):
        await second.confirm(account.actor, now_code(secret, 100))
    assert not await second.enrolled(account.actor)
    assert await account.enter()


async def test_the_second_factor_can_be_removed(account: Account) -> None:
    await enrolled(account)
    await account.people.accounts.second_factor.remove(account.actor)
    assert await account.enter()
    with pytest.raises(Conflict, match="authenticator"):
        await account.people.accounts.second_factor.renew_codes(account.actor)


# -- Guessing --------------------------------------------------------------------------------------


async def test_after_some_failures_the_next_attempt_has_to_wait_even_with_the_right_password(
    account: Account,
) -> None:
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await account.enter("wrong words here")
    with pytest.raises(TooManyAttempts, match="seconds"):
        await account.enter()


async def test_an_account_that_does_not_exist_is_slowed_down_in_the_same_way(
    account: Account,
) -> None:
    account.email = new_email()
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await account.enter()
    with pytest.raises(TooManyAttempts):
        await account.enter()


async def test_who_guesses_from_elsewhere_cannot_keep_the_owner_out(account: Account) -> None:
    device = (await account.enter()).device
    for _ in range(6):
        with pytest.raises(LionrockError):
            await account.enter("wrong words here", address="203.0.113.9")
    with pytest.raises(TooManyAttempts):
        await account.enter(address="10.0.0.1")
    assert await account.enter(device=device, address="10.0.0.1")


async def test_a_device_cookie_is_of_one_member_and_cannot_be_made_up(
    account: Account, people: People, actor: Actor, database: Database
) -> None:
    other = new_email()
    invited = await people.members.invite(actor, other, {Role.ANALYST})
    entered = await people.accounts.accept(invited.made.token, name="B", password=PASSWORD)
    for device in (entered.device, "made.up", "x" * 500, "."):
        for _ in range(5):
            with pytest.raises(LionrockError):
                await account.enter("wrong words here", device=device)
    with pytest.raises(TooManyAttempts):
        await account.enter(device=entered.device)


async def test_a_known_device_is_slowed_down_too(account: Account) -> None:
    device = (await account.enter()).device
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await account.enter("wrong words here", device=device)
    with pytest.raises(TooManyAttempts):
        await account.enter(device=device)


async def test_the_wait_ends_and_grows_and_a_success_ends_it(
    database: Database, account: Account
) -> None:
    waits = []
    for _ in range(8):
        with pytest.raises(Unauthenticated):
            await account.enter("wrong words here")
        async with database.tenant_session(account.actor) as db:
            waits.append(
                await db.fetchval(
                    "SELECT max(extract(epoch FROM next_at - at)::float) FROM sign_in_attempts"
                )
            )
        await no_waiting(database, account.actor)
    assert [round(w) for w in waits] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert await account.enter()
    with pytest.raises(Unauthenticated):
        await account.enter("wrong words here")
    assert await account.enter()


async def test_attempts_at_once_are_each_counted(account: Account) -> None:
    results = await asyncio.gather(
        *(account.enter("wrong words here") for _ in range(12)), return_exceptions=True
    )
    assert sum(isinstance(r, TooManyAttempts) for r in results) == 12 - 5


async def test_one_address_cannot_try_account_after_account(
    people: People, account: Account, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(self: object, kept: str, password: str) -> bool:
        return False

    monkeypatch.setattr(type(people.accounts._passwords), "verify", wrong)
    refusals = []
    for _ in range(51):
        try:
            await people.accounts.sign_in(
                signing_in(account.handle, new_email(), address="203.0.113.9")
            )
        except LionrockError as error:
            refusals.append(type(error))
    assert refusals == [Unauthenticated] * 50 + [TooManyAttempts]


async def test_refusals_are_events_that_say_why(database: Database, account: Account) -> None:
    for said in (("wrong words here", account.email), (PASSWORD, new_email())):
        with pytest.raises(Unauthenticated):
            await account.people.accounts.sign_in(signing_in(account.handle, said[1], said[0]))
    async with database.tenant_session(account.actor) as db:
        rows = await db.fetch(
            "SELECT p.payload->'details'->>'why' AS why FROM events e"
            " JOIN event_payloads p ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id)"
            " WHERE e.event = 'member:signin:refuse' ORDER BY e.id"
        )
    assert [r["why"] for r in rows] == ["password", "unknown"]


# -- Changing the password -------------------------------------------------------------------------


async def test_a_changed_password_ends_every_other_session(
    database: Database, account: Account
) -> None:
    here, elsewhere = await account.enter(), await account.enter()
    key = await identity.issue(database, account.actor.tenant_id, account.actor.id, "key")
    me = await as_actor(database, here)
    await account.people.accounts.change_password(me, PASSWORD, "three other words")
    assert await as_actor(database, here)
    with pytest.raises(Unauthenticated):
        await as_actor(database, elsewhere)
    assert await identity.resolve(database, key, ("key",))
    with pytest.raises(Unauthenticated):
        await account.enter()
    assert await account.enter("three other words")
    assert [s.current for s in await sessions.mine(database, me)].count(True) == 1


async def test_a_stolen_session_does_not_change_the_password(account: Account) -> None:
    for _ in range(5):
        with pytest.raises(Forbidden, match="not right"):
            await account.people.accounts.change_password(
                account.actor, "wrong words here", "my words now, thief"
            )
    with pytest.raises(TooManyAttempts):
        await account.people.accounts.change_password(
            account.actor, PASSWORD, "my words now, thief"
        )


async def test_a_key_changes_no_account(database: Database, account: Account) -> None:
    token = await identity.issue(database, account.actor.tenant_id, account.actor.id, "key")
    key = await identity.resolve(database, token, ("key",))
    with pytest.raises(Forbidden, match="key"):
        await account.people.accounts.change_password(key, PASSWORD, "three other words")


async def test_an_invitations_password_cannot_be_the_address(people: People, actor: Actor) -> None:
    email = "chan.tai.man@bank.example"
    invited = await people.members.invite(actor, email, {Role.ANALYST})
    with pytest.raises(InvalidInput, match="e-mail address"):
        await people.accounts.accept(invited.made.token, name="A", password=email)
    assert await people.accounts.accept(invited.made.token, name="A", password=PASSWORD)
