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
_CODES: Final = frozenset(
    "Cd ChrgBr UETR SttlmMtd InstrPrty ClrChanl PmtMtd IBAN LEI Ccy Ctry CtryOfRes CreDtTm".split()
)
"""Elements whose type is a code list or a pattern: no name fits in."""
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
        self._accounts: dict[str, str] = {}
        self._texts: list[_Lines] = []
        self._found: tuple[tuple[Party, ...], tuple[Text, ...]] | None = None

    def add(self, element: Any, path: str) -> None:
        """Take in the element at `path` with all that is in it. Raises `InvalidInput`."""
        self._found = None
        _refuse_loose_text(element, path)
        self._walk(element, path, Role.OTHER, TextKind.OTHER, aside=False)

    def found(self) -> tuple[tuple[Party, ...], tuple[Text, ...]]:
        """Parties, with the accounts that stand beside them, and texts, in the message's order."""
        if self._found is None:
            parties = (replace(p, account=self._accounts.get(_of(p), "")) for p in self._parties)
            self._found = tuple(parties), tuple(lines.text() for lines in self._texts)
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
        if tag in _CODES or not _WORDS.search(words):
            return
        last = self._texts[-1] if self._texts else None
        if last and _INDEX.sub("", path) == _INDEX.sub("", last.where.path) != path:
            last.lines.append(words)
        else:
            place = Place(path, line(element))
            self._texts.append(_Lines(kind, [words], place, _WIDTHS.get(tag, 0)))

    def _account(self, element: Any, path: str) -> list[tuple[Any, str]]:
        """Keep the number and the account's name; what is left is walked."""
        self._accounts[path.removesuffix("Acct")] = account_number(element, path)
        rest = []
        for child, at in numbered(element, path):
            if name(child) == "Nm":
                words, place = leaf(child, at), Place(at, line(child))
                codes = code_runs([words])
                self._parties.append(Party(Role.ACCOUNT_HOLDER, place, words, codes=codes))
            elif name(child) not in ("Id", "Ccy"):
                rest.append((child, at))
        return rest


def _of(party: Party) -> str:
    """The path that a party's account shares, but for its "Acct"."""
    return party.where.path.removesuffix("/FinInstnId")


def _refuse_loose_text(element: Any, path: str) -> None:
    """Text beside elements has no place in these messages: a name could be hidden there."""
    for part in element.iter():
        beside = [part.text] if len(part) else []
        beside += [child.tail for child in part]
        if any(words and words.strip() for words in beside):
            place = Place(f"{path}, in {name(part)}", line(part))
            raise InvalidInput(f"There is text between the elements at {place}.")
