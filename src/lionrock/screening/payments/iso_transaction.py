"""One transaction of an ISO 20022 message, with what its header and its batch say for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from lionrock.errors import InvalidInput
from lionrock.screening.payments import wire
from lionrock.screening.payments.iso_parties import Scope
from lionrock.screening.payments.iso_party import leaf
from lionrock.screening.payments.payment import MessageType, Party, Payment, Place, Role
from lionrock.screening.payments.safe_xml import line, name

_DATES: Final = ("IntrBkSttlmDt", "ReqdExctnDt")
_AMOUNTS: Final = ("IntrBkSttlmAmt", "InstdAmt", "EqvtAmt")
_REFERENCES: Final = ("EndToEndId", "TxId", "InstrId")
_NONE_GIVEN: Final = "NOTPROVIDED"
_INSIDE: Final = re.compile("/(?:FinInstnId|BrnchId)$")
"""Steps to a party of an institution from the element of its role."""
_MOST_ELEMENTS: Final = 1000
"""In a group header, and in a batch before its transactions. A full one of the standard has some 400."""


class Header:
    """What holds for all transactions that follow: group header, batch (pain.001), envelope."""

    def __init__(self, type: MessageType, message: str, envelope: Scope) -> None:
        self.type, self.message = type, message
        self.scopes = [envelope, Scope(), Scope()]
        self._elements = [0, 0, 0]
        self.message_id = ""
        self.count: int | None = None
        self.dates: dict[str, str] = {}

    def add(self, element: Any, path: str) -> None:
        self._add(1, element, path)
        if name(element) == "GrpHdr":
            fields = {name(e): leaf(e, path) for e in element if not len(e)}
            self.message_id = fields.get("MsgId", "")
            self.count = _count(fields.get("NbOfTxs", ""), Place(path, line(element)))
        self._date(element)

    def new_batch(self) -> None:
        self.scopes[2] = Scope()
        self._elements[2] = 0

    def add_to_batch(self, element: Any, path: str) -> None:
        self._add(2, element, path)
        self._date(element)

    def _add(self, scope: int, element: Any, path: str) -> None:
        """Each transaction is screened with its header: a long one would be screened a million times."""
        self._elements[scope] += sum(1 for _ in element.iter())
        if self._elements[scope] > _MOST_ELEMENTS:
            raise InvalidInput(
                f"There are more than {_MOST_ELEMENTS} elements before the transactions, at line"
                f" {line(element)}."
            )
        self.scopes[scope].add(element, path)

    def _date(self, element: Any) -> None:
        for part in element.iter():
            if name(part) in _DATES:
                self.dates[name(part)] = "".join(part.itertext()).strip()


def payment_from(element: Any, path: str, number: int, header: Header) -> Payment:
    """The payment in a CdtTrfTxInf element. Raises `InvalidInput` without an amount, or without a
    debtor or creditor where the message must have them."""
    scope = Scope()
    scope.add(element, path)
    scopes = [*header.scopes, scope]
    where = Place(path, line(element))
    parties = tuple(party for s in scopes for party in s.found()[0])
    needed = [Role.DEBTOR] if header.type is MessageType.PAIN_001 else [Role.DEBTOR, Role.CREDITOR]
    for role in needed:
        if not any(party.role is role for party in parties):
            raise InvalidInput(f"There is no {role} at {where}.")
        _refuse_untold([party for party in parties if party.role is role])
    amount, currency = _amount(element, where)
    fields = _fields(element)
    dated = next((d for n in _DATES if (d := fields.get(n) or header.dates.get(n))), "")
    references = [r for n in _REFERENCES if (r := fields.get(n)) and r != _NONE_GIVEN]
    return Payment(
        type=header.type,
        message=header.message,
        message_id=header.message_id,
        reference=references[0] if references else "",
        uetr=fields.get("UETR", ""),
        amount=amount,
        currency=currency,
        date=wire.day(dated, where) if dated else None,
        parties=parties,
        texts=tuple(text for s in scopes for text in s.found()[1]),
        number=number,
        where=where,
    )


def _refuse_untold(parties: Sequence[Party]) -> None:
    """Raise if an element of the debtor's or creditor's, all that is in it together, names no one."""
    told: dict[str, bool] = {}
    for party in parties:
        at = _INSIDE.sub("", party.where.path)
        told[at] = told.get(at, False) or party.told
    for party in parties:
        if not told[_INSIDE.sub("", party.where.path)]:
            raise InvalidInput(
                f"The {party.role} at {party.where} has no name, BIC, LEI or identification to screen."
            )


def _fields(element: Any) -> dict[str, str]:
    """Texts of the transaction's own elements and of its PmtId's."""
    own = [*element, *(e for child in element if name(child) == "PmtId" for e in child)]
    return {name(e): leaf(e, "") for e in own if not len(e)}


def _amount(element: Any, where: Place) -> tuple[Any, str]:
    """The settled amount; the instructed one of a message between a customer and a bank."""
    for wanted in _AMOUNTS:
        for part in element.iter():
            if name(part) == wanted:
                holder = part.find("{*}Amt") if len(part) else part
                if holder is None:
                    break
                place = Place(f"{where.path}/{wanted}", line(part))
                number = wire.amount(leaf(holder, place.path), place)
                return number, wire.currency(holder.get("Ccy", ""), place)
    raise InvalidInput(f"There is no amount at {where}.")


def _count(text: str, place: Place) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise InvalidInput(f"NbOfTxs is not a number at {place}.")
    return int(text)
