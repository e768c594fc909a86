from __future__ import annotations

import pytest

from lionrock.errors import InvalidInput
from lionrock.kernel.hkid import check_digit
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind, canonical

K = IdentifierKind


def same(kind: IdentifierKind, *writings: str) -> bool:
    return len({canonical(Identifier(kind=kind, value=w)) for w in writings}) == 1


def test_two_writings_of_one_identifier_are_one() -> None:
    assert same(K.HKID, "A123456(3)", "a123456 3", "Ａ１２３４５６（３）", "A 123456 (3)")
    assert same(K.PHONE, "+852 9123 4567", "9123-4567", "(852) 91234567")
    assert same(K.EMAIL, "Tai.Man@Example.com", "tai.man@example.com")
    assert same(K.NAME, "CHAN, Tai-man", "Tai Man Chan", "chan tai man")
    assert same(K.NAME, "陳大文", "陈大文")
    assert same(K.ACCOUNT, "012-345678-833", "012345678833")


def test_different_ones_stay_different() -> None:
    assert not same(K.PHONE, "9123 4567", "9123 4568")
    assert not same(K.NAME, "Chan Tai Man", "Chan Tai Ming")


@pytest.mark.parametrize("number", ["A123456(4)", "A12345(6)", "123456(7)", "ABC123456(3)"])
def test_an_identity_card_number_has_the_digit_that_belongs_to_it(number: str) -> None:
    with pytest.raises(InvalidInput, match="check digit"):
        canonical(Identifier(kind=K.HKID, value=number))


def test_the_check_digit_may_be_a_letter_and_the_prefix_two() -> None:
    assert canonical(Identifier(kind=K.HKID, value="Z683365(A)")) == "Z683365A"
    two = f"WX123456{check_digit('WX', '123456')}"
    assert canonical(Identifier(kind=K.HKID, value=two)) == two


@pytest.mark.parametrize(
    ("kind", "value"),
    [(K.ACCOUNT, "12"), (K.EMAIL, "no address"), (K.NAME, "a\nb"), (K.OTHER, "—")],
)
def test_what_would_be_found_everywhere_is_refused(kind: IdentifierKind, value: str) -> None:
    with pytest.raises(InvalidInput):
        canonical(Identifier(kind=kind, value=value))
