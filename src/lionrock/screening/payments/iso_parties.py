"""The parties and texts of a part of an ISO 20022 message, found by shape rather than by a list of paths.

What has a name, a postal address or an identification is a party, whatever it is called; every other
element that holds words is a text. So a message version that adds a party has it screened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from lionrock.errors import InvalidInput
from lionrock.screening.payments.codes import code_runs
from lionrock.screening.payments.iso_party import (
    account_number,
    is_party,
    leaf,
    numbered,
    party_from,
)
from lionrock.screening.payments.payment import Party, Place, Role, Text, TextKind
from lionrock.screening.payments.safe_xml import line, name

ROLES: Final = {
    "Dbtr": Role.DEBTOR,
    "Cdtr": Role.CREDITOR,
    "UltmtDbtr": Role.ULTIMATE_DEBTOR,
    "UltmtCdtr": Role.ULTIMATE_CREDITOR,
    "InitgPty": Role.INITIATING_PARTY,
    "DbtrAgt": Role.DEBTOR_AGENT,
    "CdtrAgt": Role.CREDITOR_AGENT,
    "IntrmyAgt": Role.INTERMEDIARY,
    "PrvsInstgAgt": Role.PREVIOUS_AGENT,
    "InstgAgt": Role.INSTRUCTING_AGENT,
    "InstdAgt": Role.INSTRUCTED_AGENT,
    "InstgRmbrsmntAgt": Role.REIMBURSEMENT_AGENT,
    "InstdRmbrsmntAgt": Role.REIMBURSEMENT_AGENT,
    "ThrdRmbrsmntAgt": Role.REIMBURSEMENT_AGENT,
    "FwdgAgt": Role.FORWARDING_AGENT,
    "ChrgsAcctAgt": Role.CHARGES_AGENT,
    "ChrgsInf": Role.CHARGES_AGENT,
    "CtctDtls": Role.CONTACT,
    "Fr": Role.SENDER,
    "To": Role.RECEIVER,
}
"""By element name; an IntrmyAgt2 is an IntrmyAgt. What stands inside has its parent's role."""
_ASIDE: Final = frozenset(("RmtInf", "RltdRmtInf", "RgltryRptg", "Tax", "SplmtryData"))
"""A creditor in here is not the payment's: its role is OTHER."""
_TEXTS: Final = {
    "RmtInf": TextKind.REMITTANCE,
    "RltdRmtInf": TextKind.REMITTANCE,
    "RgltryRptg": TextKind.REGULATORY,
    "Purp": TextKind.PURPOSE,
    "CtgyPurp": TextKind.PURPOSE,
    "InstrForCdtrAgt": TextKind.INSTRUCTION,
    "InstrForDbtrAgt": TextKind.INSTRUCTION,
    "InstrForNxtAgt": TextKind.INSTRUCTION,
    "PmtId": TextKind.REFERENCE,
}
_CODES: Final = {
    "Cd": re.compile("[A-Z0-9]{1,4}"),
    "ChrgBr": re.compile("[A-Z]{4}"),
    "ClrChanl": re.compile("[A-Z]{4}"),
    "InstrPrty": re.compile("[A-Z]{4}"),
    "PmtMtd": re.compile("[A-Z]{3}"),
    "SttlmMtd": re.compile("[A-Z]{4}"),
    "Ccy": re.compile("[A-Z]{3}"),
    "Ctry": re.compile("[A-Z]{2}"),
    "CtryOfRes": re.compile("[A-Z]{2}"),
    "IBAN": re.compile("[A-Z]{2}[0-9]{2}[A-Za-z0-9]{1,30}"),
    "LEI": re.compile("[A-Z0-9]{18}[0-9]{2}"),
    "UETR": re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "CreDtTm": re.compile("[-+:.TZ0-9]+"),
}
"""Elements whose type is a code list or a pattern: no name fits in what has that form."""
_WORDS: Final = re.compile(
    r"[^\W\d_]{2}|[\u3005-\u3007\u3400-\u9fff\ue000-\ufaff\U00020000-\U0010fffd]|[0-9]{4} [0-9]{4}"
)
_NUMBER: Final = re.compile("[0-9]$")
_INDEX: Final = re.compile(r"\[[0-9]+\]$")
_WIDTHS: Final = {"Ustrd": 140, "AdrLine": 70}
"""The most characters of one of the elements that repeat to make a text."""


@dataclass(slots=True)
class _Lines:
    """A text while its elements are met."""

    kind: TextKind
    lines: list[str]
    where: Place
    width: int = 0

    def text(self) -> Text:
        codes = code_runs(self.lines, width=self.width)
        return Text(self.kind, "\n".join(self.lines), self.where, self.width, codes)


class Scope:
    """What was found in the elements added so far."""

    def __init__(self) -> None:
        self._parties: list[Party] = []
        self._accounts: dict[str, Party] = {}
        self._texts: list[_Lines] = []
        self._found: tuple[tuple[Party, ...], tuple[Text, ...]] | None = None

    def add(self, element: Any, path: str) -> None:
        """Take in the element at `path` with all that is in it. Raises `InvalidInput`."""
        self._found = None
        _refuse_loose_text(element, path)
        self._walk(element, path, Role.OTHER, TextKind.OTHER, aside=False)

    def found(self) -> tuple[tuple[Party, ...], tuple[Text, ...]]:
        """Parties, with the accounts that stand beside them, and texts, in the message's order. An account
        that no party has is its holder's, who is not named."""
        if self._found is None:
            of = {_of(party) for party in self._parties}
            alone = [a for at, a in self._accounts.items() if a.account and at not in of]
            parties = [
                replace(p, account=self._accounts[_of(p)].account)
                if _of(p) in self._accounts
                else p
                for p in self._parties
            ]
            self._found = (*parties, *alone), tuple(lines.text() for lines in self._texts)
        return self._found

    def _walk(self, element: Any, path: str, role: Role, kind: TextKind, *, aside: bool) -> None:
        tag = name(element)
        aside = aside or tag in _ASIDE
        if not aside:
            role = ROLES.get(_NUMBER.sub("", tag), role)
        kind = _TEXTS.get(tag, kind)
        if not len(element):
            self._text(element, path, kind)
            return
        if tag.endswith("Acct"):
            rest = self._account(element, path)
        elif is_party(element):
            party, rest = party_from(element, path, role)
            self._parties.append(party)
            if party.loose:
                width = _WIDTHS["AdrLine"]
                self._texts.append(_Lines(TextKind.ADDRESS, list(party.loose), party.where, width))
        else:
            rest = list(numbered(element, path))
        for child, at in rest:
            self._walk(child, at, role, kind, aside=aside)

    def _text(self, element: Any, path: str, kind: TextKind) -> None:
        """Keep a text; one that repeats the element before it is its next line, as a name may run over."""
        words, tag = leaf(element, path), name(element)
        code = _CODES.get(tag)
        if (code and code.fullmatch(words)) or not _WORDS.search(words):
            return
        last = self._texts[-1] if self._texts else None
        if last and _INDEX.sub("", path) == _INDEX.sub("", last.where.path) != path:
            last.lines.append(words)
        else:
            place = Place(path, line(element))
            self._texts.append(_Lines(kind, [words], place, _WIDTHS.get(tag, 0)))

    def _account(self, element: Any, path: str) -> list[tuple[Any, str]]:
        """Keep the number and the account's name; what is left is walked."""
        number, rest = "", []
        for child, at in numbered(element, path):
            if name(child) == "Nm":
                words, place = leaf(child, at), Place(at, line(child))
                codes = code_runs([words])
                self._parties.append(Party(Role.ACCOUNT_HOLDER, place, words, codes=codes))
            elif name(child) == "Id" and len(child) and not number:
                number, others = account_number(child, at)
                rest += others
            else:
                rest.append((child, at))
        holder = Party(Role.ACCOUNT_HOLDER, Place(path, line(element)), account=number)
        self._accounts[path.removesuffix("Acct")] = holder
        return rest


def _of(party: Party) -> str:
    """The path that a party's account shares, but for its "Acct"."""
    return party.where.path.removesuffix("/FinInstnId")


def _refuse_loose_text(element: Any, path: str) -> None:
    """Text beside elements has no place in these messages: a name could be hidden there."""
    for part in element.iter():
        if len(part):
            refuse_text_in(part, f"{path}, in {name(part)}")


def refuse_text_in(element: Any, path: str) -> None:
    """Raise if there is text in the element beside the elements in it."""
    beside = [element.text, *(child.tail for child in element)]
    if any(words and words.strip() for words in beside):
        place = Place(path, line(element))
        raise InvalidInput(f"There is text between the elements at {place}.")
