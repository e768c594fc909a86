"""Small values as messages write them: dates, amounts, codes. Each error says which field at which line."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from lionrock.errors import InvalidInput
from lionrock.kernel import hkid
from lionrock.screening.entities import Identifier, IdentifierKind
from lionrock.screening.payments.payment import Place

BIC: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
"""ISO 9362:2014, as ISO 20022's AnyBICDec2014Identifier."""
_AMOUNT: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]{0,5})?")
_CURRENCY: Final = re.compile("[A-Z]{3}")
_COUNTRY: Final = re.compile("[A-Za-z]{2}")
_LEI: Final = re.compile("[A-Z0-9]{18}[0-9]{2}")
_DAY: Final = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+)?(?:Z|[+-][0-9:]+)?")
_WORD: Final = re.compile(
    r"(?<![^\W_])[^\W\d_]{2}[^\W\d_]*(?![^\W_])|[0-9]{4} [0-9]{4}"
    r"|[\u3005-\u3007\u3400-\u9fff\ue000-\ufaff\U00020000-\U0010fffd]"
)
KINDS: Final = {
    "ARNU": IdentifierKind.NATIONAL_ID,
    "CCPT": IdentifierKind.PASSPORT,
    "COID": IdentifierKind.REGISTRATION,
    "NIDN": IdentifierKind.NATIONAL_ID,
    "TXID": IdentifierKind.TAX,
}
"""What the codes of ISO 20022's external code sets and of SWIFT's option F identify; others are OTHER."""


def amount(text: str, place: Place) -> Decimal:
    """A positive number with a decimal point, ISO 20022's ActiveCurrencyAndAmount."""
    if not _AMOUNT.fullmatch(text):
        raise InvalidInput(f"The amount is not a number at {place}.")
    return Decimal(text)


def currency(text: str, place: Place) -> str:
    if not _CURRENCY.fullmatch(text):
        raise InvalidInput(f"The currency is not a code of three letters at {place}.")
    return text


def day(text: str, place: Place) -> date:
    """The date of an ISO 8601 date or date and time, as written there."""
    found = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise InvalidInput(f"The date is not one of the calendar at {place}.") from None


def bic(text: str, place: Place) -> str:
    if not BIC.fullmatch(text):
        raise InvalidInput(f"The BIC is not one at {place}: eight or eleven letters and digits.")
    return text


def lei(text: str, place: Place) -> str:
    if not _LEI.fullmatch(text):
        raise InvalidInput(f"The LEI is not one at {place}: twenty letters and digits.")
    return text


def holds_words(text: str) -> bool:
    """Whether a value that should be a number or a code holds a word of letters alone, as a name has."""
    return bool(_WORD.search(text))


def country(text: str, place: Place) -> str:
    """ISO 3166-1 alpha-2 in lower case."""
    if not _COUNTRY.fullmatch(text):
        raise InvalidInput(f"The country is not a code of two letters at {place}.")
    return text.lower()


def identifier(code: str, value: str, issued_in: str = "") -> Identifier:
    """An identifier of the kind that a code of `KINDS` names. A national identity number in the shape of
    a Hong Kong identity card's is one, unless another country issued it."""
    kind = KINDS.get(code, IdentifierKind.OTHER)
    if kind is IdentifierKind.NATIONAL_ID and issued_in in ("", "hk") and hkid.parse(value):
        return Identifier(IdentifierKind.HKID, value, "hk")
    return Identifier(kind, value, issued_in)
