"""The countries a payment touches, each with what says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lionrock.screening.countries import code as country_named
from lionrock.screening.payments.payment import Payment, Place, TextKind

_IBAN: Final = re.compile(r"([A-Z]{2})[0-9]{2}[A-Z0-9]{11,30}")
_REPORTED: Final = re.compile(r"^/(?:ORDERRES|BENEFRES)/([A-Z]{2})(?=/|$)", re.MULTILINE)

_PARTS: Final = re.compile(r"[,，、;；/()（）]")
_WORDS: Final = 6
"""Words of the longest country name looked for."""


@dataclass(frozen=True, slots=True)
class CountryUse:
    code: str
    """ISO 3166-1 alpha-2, lower case."""
    what: str
    """Such as "address of the creditor"."""
    where: Place


def countries(payment: Payment) -> list[CountryUse]:
    """Countries of addresses, residence, BICs and IBANs, those that field 77B reports, and those written
    out at the end of a part of a free address line ("TEHRAN IRAN", "德黑蘭，伊朗"). Codes of two letters
    are not read in a free line: most are also a state's or a word."""
    return list(dict.fromkeys(_uses(payment)))


def _uses(payment: Payment) -> Iterator[CountryUse]:
    for party in payment.parties:
        iban = _IBAN.fullmatch(party.account.replace(" ", ""))
        coded = {
            "address": party.country,
            "residence": party.residence,
            "BIC": party.bic[4:6].lower(),
            "IBAN": iban[1].lower() if iban else "",
        }
        for what, code in coded.items():
            if code:
                yield CountryUse(code, f"{what} of the {party.role}", party.where)
        for line in party.loose:
            for code in written_out(line):
                yield CountryUse(code, f"address line of the {party.role}", party.where)
    for text in payment.texts:
        if text.kind is TextKind.REGULATORY:
            for code in _REPORTED.findall(text.text):
                yield CountryUse(code.lower(), "residence reported", text.where)


def written_out(line: str) -> list[str]:
    """The countries that the parts of an address line end with."""
    found = []
    for part in _PARTS.split(line):
        words = part.split()
        endings = (" ".join(words[-n:]) for n in range(min(len(words), _WORDS), 0, -1))
        named = (country_named(e) for e in endings if len(e) > 2 or not e.isascii())
        found += [code for code in named if code][:1]
    return found
