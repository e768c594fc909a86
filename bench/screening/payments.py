"""Time for one payment: a pacs.008 of invented parties and a text, read, searched and answered."""

from __future__ import annotations

import io
from collections.abc import Sequence
from random import Random
from time import perf_counter, process_time
from xml.sax.saxutils import escape

from common import median, percentile
from lionrock.screening.entities import Entity
from lionrock.screening.matching.index import EntityIndex
from lionrock.screening.payments.answers import check
from lionrock.screening.payments.reading import read_payments

_WARM, _MADE = 50, 500
_GOODS = (
    "paper cartons steel tubes printed circuits garments toys frozen prawns fittings ceramic tiles software "
    "licence legal fees tuition deposit rent management fee freight insurance premium commission dividend "
    "consulting equipment spare parts medical supplies timber chemicals furniture jewellery wine seafood"
).split()
_WORDS = (
    "invoice payment for goods order contract ref no dated balance advance final settlement account of "
    "services rendered shipment per agreement attention department second instalment quarter january may "
    "october less charges received with thanks from to via and our your"
).split()
_STREETS = (
    "Nathan Road", "Queen's Road Central", "Des Voeux Road West", "King's Road", "Hennessy Road",
    "Canton Road", "Castle Peak Road", "Java Road", "Electric Road", "Lockhart Road",
)  # fmt: skip
_FIRMS = ("Trading", "Industries", "Holdings", "International", "Logistics", "Engineering")
_MESSAGE = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>
<GrpHdr><MsgId>{ref}</MsgId><CreDtTm>2026-11-20T09:00:00+08:00</CreDtTm><NbOfTxs>1</NbOfTxs></GrpHdr>
<CdtTrfTxInf><PmtId><EndToEndId>{ref}</EndToEndId></PmtId><IntrBkSttlmAmt Ccy="HKD">{amount}</IntrBkSttlmAmt>
<Dbtr><Nm>{debtor}</Nm><PstlAdr><Ctry>HK</Ctry><AdrLine>{address}</AdrLine></PstlAdr></Dbtr>
<DbtrAgt><FinInstnId><BICFI>DEBTHKHHXXX</BICFI></FinInstnId></DbtrAgt>
<CdtrAgt><FinInstnId><BICFI>CREDGB2L</BICFI></FinInstnId></CdtrAgt>
<Cdtr><Nm>{creditor}</Nm></Cdtr><RmtInf><Ustrd>{text}</Ustrd></RmtInf></CdtTrfTxInf></FIToFICstmrCdtTrf></Document>"""


def messages(customers: Sequence[Entity], number: int, seed: int = 7) -> list[bytes]:
    """Two parties, an address and up to 140 characters of text each, with a name in every second one."""
    random = Random(seed)
    names = [name.text for customer in customers for name in customer.names]
    return [_message(random, names).encode() for _ in range(number)]


def _message(random: Random, names: Sequence[str]) -> str:
    goods = random.sample(_WORDS + _GOODS, random.randint(4, 12))
    goods.insert(random.randint(0, 3), str(random.randint(1000, 99999)))
    if random.random() < 0.5:
        goods.insert(random.randint(0, len(goods)), random.choice(names))
    firm = f"{random.choice(names).split()[0]} {random.choice(_GOODS)} {random.choice(_FIRMS)} Ltd"
    return _MESSAGE.format(
        ref=f"E2E{random.randint(0, 999999):06}",
        amount=random.randint(100, 999999),
        debtor=escape(random.choice(names)),
        creditor=escape(firm if random.random() < 0.5 else random.choice(names)),
        address=escape(f"{random.randint(1, 900)} {random.choice(_STREETS)}"),
        text=escape(" ".join(goods)[:140]),
    )


def measure(index: EntityIndex, customers: Sequence[Entity]) -> dict[str, float]:
    """Milliseconds by the clock, median and 99th percentile, after `_WARM` payments."""
    made = messages(customers, _WARM + _MADE)
    wall: list[float] = []
    cpu: list[float] = []
    held = 0
    for message in made:
        began, used = perf_counter(), process_time()
        answers = [check(payment, index, index) for payment in read_payments(io.BytesIO(message))]
        cpu.append(1000 * (process_time() - used))
        wall.append(1000 * (perf_counter() - began))
        held += any(one.decision == "hold" for one in answers)
    print(
        f"the first payment {wall[0]:.0f} ms, the first {_WARM} {sum(wall[:_WARM]) / _WARM:.0f} ms each"
    )
    for label, times in (("clock", wall[_WARM:]), ("processor", cpu[_WARM:])):
        print(
            f"one payment, {label:9}  median {median(times):.1f} ms, p99 {percentile(times, 0.99):.1f} ms,"
            f" longest {max(times):.1f} ms ({_MADE} payments)"
        )
    print(f"held: {held} of {_WARM + _MADE}")
    return {"payment_ms": median(wall[_WARM:]), "payment_p99_ms": percentile(wall[_WARM:], 0.99)}
