"""Attack 48: guessing passwords, codes and keys."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import aiohttp

from lionrock.kernel.secrets import new_token
from tests.attacks.doors import fetch
from tests.attacks.taken_apart import missing
from tests.matrix.world import World


async def test_guessing_a_password_is_slowed_down_also_for_an_address_nobody_has(
    world: World, url: str
) -> None:
    await world.admin.execute(
        "UPDATE tenant_directory SET handle = 'guessed' WHERE tenant_id = $1", world.ours.tenant
    )
    for address in (f"{uuid4().hex}@bank.example", f"{uuid4().hex}@bank.example"):
        guesses = [
            {"email": address, "password": f"guess {n}", "organisation": "guessed"}
            for n in range(15)
        ]
        fresh = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(url, connector=fresh) as visitor:
            answers = await asyncio.gather(
                *(fetch(visitor, "POST", "/sign-in", data=form) for form in guesses)
            )
        told = [answer.status for answer in answers]
        assert set(told) == {401, 429} and told.count(401) < 12


async def test_a_key_cannot_be_guessed(world: World, url: str) -> None:
    """256 random bits: there is nothing to slow down, and a wrong one tells nothing of a right one."""
    async with aiohttp.ClientSession(url) as session:
        told = set()
        for _ in range(20):
            token = new_token(world.ours.tenant)
            assert len(token.partition(".")[2]) == 43
            headers = {"Authorization": f"Bearer {token}"}
            reply = await fetch(session, "GET", "/v1/documents", headers=headers)
            told.add((reply.status, reply.text))
        unknown = {"Authorization": f"Bearer {new_token(uuid4())}"}
        reply = await fetch(session, "GET", "/v1/documents", headers=unknown)
        told.add((reply.status, reply.text))
    assert len(told) == 1 and next(iter(told))[0] == 401


def test_each_way_of_guessing_is_taken_apart_in_its_room() -> None:
    assert missing(
        "kernel/test_accounts", "every_refusal_says_the_same", "attempts_at_once_are_each_counted",
        "after_some_failures_the_next_attempt_has_to_wait_even_with_the_right_password",
        "an_account_that_does_not_exist_is_slowed_down_in_the_same_way",
        "who_guesses_from_elsewhere_cannot_keep_the_owner_out",
        "one_address_cannot_try_account_after_account", "with_an_app_set_up_a_code_is_needed_and_taken_once",
    ) == []  # fmt: skip
