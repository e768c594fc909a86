from __future__ import annotations

import pytest

from lionrock.errors import InvalidInput
from lionrock.kernel.passwords import Passwords, fit

GOOD = "three small words"


async def test_a_password_is_verified_and_another_is_not() -> None:
    passwords = Passwords()
    kept = await passwords.hash(GOOD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.verify(kept, GOOD)
    assert not await passwords.verify(kept, GOOD + " ")
    assert not passwords.outdated(kept)


async def test_the_same_password_is_hashed_differently_each_time() -> None:
    passwords = Passwords()
    assert await passwords.hash(GOOD) != await passwords.hash(GOOD)


async def test_who_has_no_password_is_refused_after_the_same_work() -> None:
    passwords = Passwords()
    assert not await passwords.verify("", "nobody has this password")
    assert not await passwords.verify("not a hash", GOOD)


async def test_full_width_letters_are_the_same_password() -> None:
    passwords = Passwords()
    assert await passwords.verify(await passwords.hash("ｔｈｒｅｅ small words"), GOOD)


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "shorter than 12"), ("a" * 201, "longer than 200"), ("abababababab", "repeats"),
     ("Chan.Tai.Man@example.hk", "e-mail address"), ("chan.tai.man", "e-mail address")],
)  # fmt: skip
def test_what_cannot_be_a_password_is_refused_and_says_why(password: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        fit(password, other_than="chan.tai.man@example.hk")


def test_chinese_words_are_a_password() -> None:
    assert fit("獅子山下同舟人在四海濤濤") == "獅子山下同舟人在四海濤濤"
