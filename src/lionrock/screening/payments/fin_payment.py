"""The payment in the fields of an MT103, MT202 or MT202 COV (SWIFT Standards MT, categories 1 and 2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from lionrock.errors import InvalidInput
from lionrock.screening.payments.codes import code_runs
from lionrock.screening.payments.fin_party import WIDTH, Field, party_from
from lionrock.screening.payments.payment import (
    MessageType,
    Party,
    Payment,
    Place,
    Role,
    Text,
    TextKind,
)

_ROLES: Final = {
    "50": Role.DEBTOR,
    "51": Role.INSTRUCTING_AGENT,
    "52": Role.DEBTOR_AGENT,
    "53": Role.REIMBURSEMENT_AGENT,
    "54": Role.REIMBURSEMENT_AGENT,
    "55": Role.REIMBURSEMENT_AGENT,
    "56": Role.INTERMEDIARY,
    "57": Role.CREDITOR_AGENT,
    "58": Role.CREDITOR,
    "59": Role.CREDITOR,
}
_TEXTS: Final = {
    "20": TextKind.REFERENCE,
    "21": TextKind.REFERENCE,
    "23E": TextKind.INSTRUCTION,
    "70": TextKind.REMITTANCE,
    "72": TextKind.INSTRUCTION,
    "77B": TextKind.REGULATORY,
    "77T": TextKind.REMITTANCE,
}
_NO_NAMES: Final = {
    tag: re.compile(form)
    for tag, form in {
        "13C": "/(?:CLS|FRO|REJ|RNC|SND|TIL)TIME/[0-9]{4}[+-][0-9]{4}",
        "23B": "[A-Z]{4}",
        "26T": "[A-Z0-9]{3}",
        "32A": "[0-9]{6}[A-Z]{3}[0-9,]{1,15}",
        "33B": "[A-Z]{3}[0-9,]{1,15}",
        "36": "[0-9,]{1,12}",
        "71A": "[A-Z]{3}",
        "71F": "[A-Z]{3}[0-9,]{1,15}",
        "71G": "[A-Z]{3}[0-9,]{1,15}",
    }.items()
}
"""Codes, dates, amounts and rates. A field that is in none of these tables, or not of its form, is
screened as a text."""
_SETTLED: Final = re.compile(r"([0-9]{6})([A-Z]{3})([0-9]{1,14},[0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Headers:
    """What the blocks before the text say. `sender` and `receiver` are logical terminals of 12 letters."""

    type: MessageType
    sender: str
    receiver: str
    uetr: str
    line: int


def payment_from(headers: Headers, fields: Sequence[Field], number: int) -> Payment:
    """The payment. Raises `InvalidInput` without field 20 or 32A, or without the two customers."""
    one = {field.tag: field for field in reversed(fields)}  # the first of each
    where = Place(headers.type.value, headers.line)
    for tag in ("20", "32A"):
        if tag not in one:
            raise InvalidInput(f"There is no field {tag} in the message at {where}.")
    settled, currency, amount = _settled(one["32A"])
    parties = [_terminal(Role.SENDER, headers), _terminal(Role.RECEIVER, headers)]
    texts: list[Text] = []
    for field, role, path in _placed(headers.type, fields):
        if role:
            party = party_from(field, role, path)
            parties.append(party)
            texts += [_text(TextKind.ADDRESS, field, path, party.loose)] if party.loose else []
        elif not _is_code(field):
            texts.append(_text(_TEXTS.get(field.tag, TextKind.OTHER), field, path, field.lines))
    _need_both(headers, parties, where)
    return Payment(
        type=headers.type,
        message=headers.type.value.removeprefix("MT"),
        message_id=one["20"].lines[0].strip(),
        reference=one["20"].lines[0].strip(),
        uetr=headers.uetr,
        amount=amount,
        currency=currency,
        date=settled,
        parties=tuple(parties),
        texts=tuple(texts),
        number=number,
        where=where,
    )


def _is_code(field: Field) -> bool:
    form = _NO_NAMES.get(field.tag)
    return form is not None and bool(form.fullmatch("\n".join(field.lines)))


def _placed(type: MessageType, fields: Sequence[Field]) -> list[tuple[Field, Role | None, str]]:
    """Each field with its role, if it is a party, and its path: "B/50K" in the underlying transfer of a
    cover payment. In an MT202 the ordering institution is the debtor, as in pacs.009."""
    placed, underlying = [], False
    for field in fields:
        number = field.tag[:2]
        underlying = underlying or (type is not MessageType.MT103 and number == "50")
        role = _ROLES.get(number)
        if number == "52" and type is not MessageType.MT103 and not underlying:
            role = Role.DEBTOR
        placed.append((field, role, f"B/{field.tag}" if underlying else field.tag))
    return placed


def _need_both(headers: Headers, parties: Sequence[Party], where: Place) -> None:
    """An MT202 without field 52 is the sender's own payment; all else must name who pays and who gets."""
    told = {party.where.path.removeprefix("B/")[:2] for party in parties if party.told}
    needed = ["50", "59"] if headers.type is MessageType.MT103 else ["58"]
    if headers.type is MessageType.MT202_COV:
        needed += ["50", "59"]
    for number in needed:
        if number not in told:
            raise InvalidInput(
                f"There is no field {number} that names anyone in the message at {where}."
            )


def _settled(field: Field) -> tuple[date, str, Decimal]:
    found = _SETTLED.fullmatch(field.lines[0]) if len(field.lines) == 1 else None
    if not found:
        raise InvalidInput(
            f"Field 32A at line {field.line} is not a date, a currency and an amount."
        )
    day = found[1]
    # SWIFT's own rule for the century: 80 and above are of the last.
    year = int(day[:2]) + (1900 if int(day[:2]) >= 80 else 2000)
    try:
        settled = date(year, int(day[2:4]), int(day[4:]))
    except ValueError:
        raise InvalidInput(f"Field 32A at line {field.line} has a day that is not one.") from None
    return settled, found[2], Decimal(found[3].replace(",", ".") + "0")


def _terminal(role: Role, headers: Headers) -> Party:
    terminal = headers.sender if role is Role.SENDER else headers.receiver
    bic = terminal[:8] + terminal[9:]  # the ninth letter is the terminal, not the institution
    place = Place("header", headers.line)
    return Party(role, place, bic=bic.removesuffix("XXX"))


def _text(kind: TextKind, field: Field, path: str, lines: Sequence[str]) -> Text:
    """Lines with the "//" that marks the rest of a line taken off."""
    plain = [line.removeprefix("//") for line in lines]
    where = Place(path, field.line)
    return Text(kind, "\n".join(plain), where, WIDTH, code_runs(plain, width=WIDTH))
