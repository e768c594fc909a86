from __future__ import annotations

import base64

import pytest

from lionrock.kernel import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert totp.code_at(SECRET, seconds // 30) == code


def test_a_code_is_taken_one_step_early_or_late_and_no_more() -> None:
    now = 1_700_000_000
    for steps in range(-3, 4):
        code = totp.code_at(SECRET, now // 30 + steps)
        accepted = totp.accepted_step(SECRET, code, 0, now=now)
        assert accepted == (now // 30 + steps if abs(steps) <= 1 else None)


def test_no_code_is_taken_twice_nor_one_before_it() -> None:
    now = 1_700_000_000
    step = totp.accepted_step(SECRET, totp.code_at(SECRET, now // 30), 0, now=now)
    assert step is not None
    for earlier in (step, step - 1):
        assert totp.accepted_step(SECRET, totp.code_at(SECRET, earlier), step, now=now) is None
    assert totp.accepted_step(SECRET, totp.code_at(SECRET, step + 1), step, now=now) == step + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "２８７０８２", "\x00" * 6])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert totp.accepted_step(SECRET, code, 0, now=59) is None


def test_spaces_in_a_code_are_ignored() -> None:
    assert totp.accepted_step(SECRET, "287 082", 0, now=59) == 1


def test_secrets_are_160_bits_and_differ() -> None:
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b32decode(s)) for s in made} == {20}


def test_the_address_for_apps_escapes_the_account() -> None:
    address = totp.address("ABC", "chan tai man@example.hk?x=1")
    assert address.startswith(
        "otpauth://totp/Lionrock:chan%20tai%20man%40example.hk%3Fx%3D1?secret=ABC&"
    )
