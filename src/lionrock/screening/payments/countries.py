"""The countries a payment touches, each with what says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lionrock.screening.countries import code as country_named
from lionrock.screening.payments.payment import Payment, Place, TextKind

_IBAN: Final = re.compile(r"([A-Z]{2})[0-9]{2}[A-Z0-9]{11,30}")
_REPORTED: Final = re.compile(r"^/(?:ORDERRES|BENEFRES)/([A-Z]{2})(?=/|$)", re.MULTILINE)

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SAME: Final = re.compile(r"[\s.&]*")
"""Between two words of one part of a line."""
_WORDS: Final = 8
"""Words of the longest country name looked for."""


@dataclass(frozen=True, slots=True)
class CountryUse:
    code: str
    """ISO 3166-1 alpha-2, lower case."""
    what: str
    """Such as "address of the creditor"."""
    where: Place


def countries(payment: Payment) -> list[CountryUse]:
    """Countries of addresses, residence, birth, BICs and IBANs, those that field 77B reports, and those written
    out at the end of a part of a free address line ("TEHRAN IRAN", "德黑蘭，伊朗"). Codes of two letters
    are not read in a free line: most are also a state's or a word."""
    return list(dict.fromkeys(_uses(payment)))


def _uses(payment: Payment) -> Iterator[CountryUse]:
    for party in payment.parties:
        iban = _IBAN.fullmatch(party.account.replace(" ", "").upper())
        coded = {
            "address": party.country,
            "residence": party.residence,
            "country of birth": party.birth_country,
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
    """The countries that the parts of an address line end with, from the line's end to its start.

    A part ends at a comma, a bracket, a hyphen or a number, which a country's name may also have within:
    of the names that end in one place the longest counts ("KOREA, DEMOCRATIC PEOPLE'S REPUBLIC OF").
    """
    words = [*_WORD.finditer(line)]
    found: list[str] = []
    end = len(words)
    while end:
        ends_here = end == len(words) or not _SAME.fullmatch(
            line[words[end - 1].end() : words[end].start()]
        )
        code, first = _longest(line, words, end) if ends_here else ("", 0)
        found += [code] if code else []
        end = first if code else end - 1
    return found


def _longest(line: str, words: Sequence[re.Match[str]], end: int) -> tuple[str, int]:
    """The country whose name stands before word `end`, and the number of its first word."""
    for first in range(max(end - _WORDS, 0), end):
        name = line[words[first].start() : words[end - 1].end()]
        if (len(name) > 2 or not name.isascii()) and (code := country_named(name)):
            return code, first
    return "", end
