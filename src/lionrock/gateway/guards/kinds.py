"""The kinds of personal data, and a place where one stands."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """In the order of sureness: of two that cover the same characters the earlier counts."""

    HKID = "hkid"
    CN_ID = "cn_id"
    IBAN = "iban"
    CARD = "card"
    EMAIL = "email"
    PASSPORT = "passport"
    ACCOUNT = "account"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


RANK: Final = {kind: at for at, kind in enumerate(Kind)}
ALL: Final = frozenset(Kind)
LABELS: Final = {kind: kind.name.replace("_", "") for kind in Kind}
"""The word in a kind's masks: `[CNID-1]`."""
DESCRIBED: Final = {
    Kind.HKID: "a Hong Kong identity card number",
    Kind.CN_ID: "a mainland Chinese resident identity number",
    Kind.IBAN: "an IBAN",
    Kind.CARD: "a payment card number",
    Kind.EMAIL: "an e-mail address",
    Kind.PASSPORT: "a passport or travel document number",
    Kind.ACCOUNT: "a bank account number",
    Kind.PHONE: "a telephone number",
    Kind.ADDRESS: "a postal address",
    Kind.NAME: "a person's name",
}


class Finding(NamedTuple):
    """Characters [start, end) of a text. It never holds the value itself."""

    kind: Kind
    start: int
    end: int
