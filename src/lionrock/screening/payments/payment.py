"""A payment as screening sees it: who takes part in it, what it says in free text, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lionrock.screening.entities import Identifier


class MessageType(StrEnum):
    PACS_008 = "pacs.008"
    PACS_009 = "pacs.009"
    PAIN_001 = "pain.001"
    MT103 = "MT103"
    MT202 = "MT202"
    MT202_COV = "MT202COV"


class Role(StrEnum):
    """What a party is in the payment; the words are ISO 20022's, for SWIFT fields too."""

    DEBTOR = "debtor"
    CREDITOR = "creditor"
    ULTIMATE_DEBTOR = "ultimate debtor"
    ULTIMATE_CREDITOR = "ultimate creditor"
    INITIATING_PARTY = "initiating party"
    DEBTOR_AGENT = "debtor agent"
    CREDITOR_AGENT = "creditor agent"
    INTERMEDIARY = "intermediary"
    PREVIOUS_AGENT = "previous instructing agent"
    INSTRUCTING_AGENT = "instructing agent"
    INSTRUCTED_AGENT = "instructed agent"
    REIMBURSEMENT_AGENT = "reimbursement agent"
    FORWARDING_AGENT = "forwarding agent"
    CHARGES_AGENT = "charges agent"
    ACCOUNT_HOLDER = "account holder"
    """An account's own name, where the message gives one beside its owner's."""
    CONTACT = "contact"
    SENDER = "sender"
    RECEIVER = "receiver"
    OTHER = "other"
    """Named somewhere else in the message: `Party.where` says where."""


class TextKind(StrEnum):
    REMITTANCE = "remittance information"
    REGULATORY = "regulatory reporting"
    PURPOSE = "purpose"
    INSTRUCTION = "instruction"
    REFERENCE = "reference"
    ADDRESS = "address"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a message: an element's path ("CdtTrfTxInf[2]/RmtInf/Ustrd") or a field ("50K"), and the
    line of the file, from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Text:
    """Free text, lines as written. `width` is the room a line had, 0 for as much as was wanted."""

    kind: TextKind
    text: str
    where: Place
    width: int = 0
    codes: tuple[str, ...] = ()
    """Runs of Chinese commercial codes in it, see `codes`."""


@dataclass(frozen=True, slots=True)
class Party:
    role: Role
    where: Place
    name: str = ""
    other_names: tuple[str, ...] = ()
    """What else the name may be: a name that ran over its line."""
    address: tuple[str, ...] = ()
    """Lines as written; of a structured address, its parts in the message's order."""
    loose: tuple[str, ...] = ()
    """Those of `address` that are free text, where a name can stand."""
    country: str = ""
    """Of the address, ISO 3166-1 alpha-2, lower case."""
    residence: str = ""
    bic: str = ""
    lei: str = ""
    identifiers: tuple[Identifier, ...] = ()
    account: str = ""
    """IBAN or account number as written."""
    born: date | None = None
    birth_place: str = ""
    birth_country: str = ""
    codes: tuple[str, ...] = ()
    """Runs of Chinese commercial codes in the name or the address, see `codes`."""

    @property
    def told(self) -> bool:
        """Whether there is something to screen: a name, a BIC, an LEI or another identification."""
        named = any(letter.isalnum() for letter in self.name)
        return bool(named or self.bic or self.lei or self.identifiers)


@dataclass(frozen=True, slots=True)
class Payment:
    """One credit transfer. A message with many transactions is as many payments."""

    type: MessageType
    message: str
    """As the message names itself: "pacs.008.001.08", "103"."""
    message_id: str
    reference: str
    """End-to-end id or transaction id; field 20 of a SWIFT message."""
    uetr: str
    amount: Decimal
    currency: str
    """ISO 4217, three letters."""
    date: date | None
    """Settlement, value or requested execution date."""
    parties: tuple[Party, ...]
    texts: tuple[Text, ...]
    number: int = 1
    """Its place among the transactions of the message, from 1."""
    where: Place = Place("", 1)
