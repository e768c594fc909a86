"""ISO 20022 credit transfers: pacs.008, pacs.009 and pain.001 of any version, alone or in an envelope.

Read as a stream: what is kept is the header, the batch and one transaction. Elements are known by their
names in any version's namespace (ISO 20022, urn:iso:std:iso:20022:tech:xsd:…). The order of the
standard is held to where a name could hide in another: nothing follows the transactions it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from lionrock.errors import InvalidInput
from lionrock.screening.payments.iso_parties import Scope, refuse_text_in
from lionrock.screening.payments.iso_transaction import Header, payment_from
from lionrock.screening.payments.payment import MessageType, Payment
from lionrock.screening.payments.safe_xml import Bounds, events, line, name, namespace

_MESSAGE: Final = re.compile(r"(?:urn:.*[:$])?(?P<id>(?P<type>[a-z]{4}\.\d{3})\.\d{3}\.\d{2})")
_READ: Final = (MessageType.PACS_008, MessageType.PACS_009, MessageType.PAIN_001)
_TRANSACTION: Final = "CdtTrfTxInf"
_BATCH: Final = "PmtInf"
_HEADER: Final = "GrpHdr"
_BOUNDS: Final = Bounds()


def read_iso20022(chunks: Iterable[bytes], *, bounds: Bounds = _BOUNDS) -> Iterator[Payment]:
    """Every transaction of the message in `chunks`, in order.

    Raises `InvalidInput` naming what is wrong and where, `TooLarge` beyond `bounds`. What was yielded
    before an error is part of a message that is refused: release none of it.
    """
    reading = _Reading(bounds)
    for event, element in events(chunks, bounds):
        if event == "start":
            reading.start(element)
        elif payment := reading.end(element):
            yield payment
    reading.finish()


class _Reading:
    """Where in a message the stream stands, and what holds for the next transaction."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._stack: list[str] = []
        self._kept = self._characters = 0
        self._document = -1
        """How deep the Document stands; -1 outside of one."""
        self._header: Header | None = None
        self._envelope = Scope()
        self._transactions = 0
        self._batches = 0
        self._in_batch = 0
        self._done: Any = None
        """The last transaction, emptied: what comes after it is not known before the next event."""

    def start(self, element: Any) -> None:
        self._kept += 1
        if self._kept > self._bounds.elements:
            raise InvalidInput(
                f"There are more than {self._bounds.elements} elements before the end of one"
                f" transaction, at line {line(element)}."
            )
        self._drop_done()
        tag = name(element)
        if tag == "Document" and self._document < 0:
            self._open(element)
        elif self._document >= 0:
            self._check_order(tag, element)
        self._stack.append(tag)

    def _open(self, element: Any) -> None:
        if self._header is not None:
            raise InvalidInput(
                f"There is a second Document at line {line(element)}. Send it alone."
            )
        known = _MESSAGE.fullmatch(namespace(element))
        if not known or known["type"] not in _READ:
            raise InvalidInput(
                f"The Document at line {line(element)} is not a payment that is read here:"
                f" {', '.join(_READ)} are."
            )
        self._document = len(self._stack)
        self._header = Header(MessageType(known["type"]), known["id"], self._envelope)

    def _check_order(self, tag: str, element: Any) -> None:
        inside = self._stack[self._document + 1 :]
        if len(inside) == 1:
            expected: tuple[str, ...] = (
                _HEADER,
                _BATCH if self._is_pain else _TRANSACTION,
                "SplmtryData",
            )
            late = self._transactions and tag not in expected[1:2]
        elif inside[1:] == [_BATCH]:
            expected, late = (tag,), self._in_batch and tag != _TRANSACTION
        else:
            return
        if late or tag not in expected:
            raise InvalidInput(
                f"{tag} at line {line(element)} does not stand where the standard has it"
                f" ({'after the transactions' if late else 'beside the transactions'})."
            )
        if tag == _BATCH:
            self._in_batch = 0
            self._batches += 1
            self._the_header.new_batch()

    def end(self, element: Any) -> Payment | None:
        self._stack.pop()
        self._characters += len(element.text or "")
        if self._characters > self._bounds.characters:
            raise InvalidInput(
                f"There are more than {self._bounds.characters} characters before the end of one"
                f" transaction, at line {line(element)}."
            )
        tag, inside = name(element), self._stack[self._document + 1 :]
        if self._document < 0:
            if tag == "AppHdr" and self._header is not None:
                raise InvalidInput(f"The AppHdr at line {line(element)} comes after its Document.")
            if tag == "AppHdr":
                self._envelope.add(element, tag)
            return None
        if not inside or (tag == _BATCH and len(inside) == 1):
            refuse_text_in(element, tag)
        if len(self._stack) == self._document:
            self._document = -1
        elif tag == _TRANSACTION and len(inside) == 1 + self._is_pain:
            return self._transaction(element)
        elif len(inside) == 1 and tag == _BATCH:
            self._let_go(element)
        elif len(inside) == 1:
            self._the_header.add(element, tag)
        elif inside[1:] == [_BATCH]:
            self._the_header.add_to_batch(element, f"{_BATCH}[{self._batches}]/{tag}")
        return None

    def _transaction(self, element: Any) -> Payment:
        self._transactions += 1
        self._in_batch += 1
        if self._is_pain:
            path = f"{_BATCH}[{self._batches}]/{_TRANSACTION}[{self._in_batch}]"
        else:
            path = f"{_TRANSACTION}[{self._transactions}]"
        payment = payment_from(element, path, self._transactions, self._the_header)
        self._let_go(element)
        self._kept = self._characters = 0
        return payment

    def _let_go(self, element: Any) -> None:
        element.clear(keep_tail=True)
        self._done = element

    def _drop_done(self) -> None:
        """Forget the transaction that was read, so that a file of any length fits in memory."""
        done, self._done = self._done, None
        if done is None:
            return
        if done.tail and done.tail.strip():
            raise InvalidInput(f"There is text after the transaction at line {line(done)}.")
        done.getparent().remove(done)

    def finish(self) -> None:
        """Raise if the message held no payment, or not as many as it says."""
        self._drop_done()
        if self._header is None:
            raise InvalidInput(
                f"There is no ISO 20022 Document in the message. Read are: {', '.join(_READ)}."
            )
        said = self._header.count
        if not self._transactions:
            raise InvalidInput("The message holds no transaction.")
        if said is not None and said != self._transactions:
            raise InvalidInput(
                f"The header says {said} transactions and the message holds {self._transactions}."
            )

    @property
    def _is_pain(self) -> bool:
        return self._the_header.type is MessageType.PAIN_001

    @property
    def _the_header(self) -> Header:
        if self._header is None:
            raise AssertionError("asked outside of a Document")
        return self._header
