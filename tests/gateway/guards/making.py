"""Numbers that carry their check digits, made up."""

from __future__ import annotations

from lionrock.kernel.hkid import check_digit


def hkid(letters: str, digits: str) -> str:
    return f"{letters}{digits}({check_digit(letters, digits)})"


def card(head: str) -> str:
    """`head` and the digit that makes it hold (ISO/IEC 7812-1)."""
    for last in "0123456789":
        digits = [int(c) for c in reversed(head + last)]
        total = sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
        if total % 10 == 0:
            return head + last
    raise AssertionError


def cn_id(head: str) -> str:
    """Seventeen digits and their check character: the sum of weight and digit is 1 modulo 11."""
    for last in "0123456789X":
        value = 10 if last == "X" else int(last)
        total = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(head)) + value
        if total % 11 == 1:
            return head + last
    raise AssertionError


def iban(country: str, account: str) -> str:
    """ISO 13616: the check digits that make the rearranged number 1 modulo 97."""
    number = "".join(str(int(c, 36)) for c in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02}{account}"
