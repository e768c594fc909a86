"""Fields of the project's own forms and documents, and identity card numbers with wrong check digits.

The sample documents are the project's own and were looked at; a field with no value in `forms.json` is not
in its document. The identity cards are drawn by a fixed seed, half of them with a wrong check digit.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from assist.receipts import extracted, known
from common import SAMPLES, bench_house, figure, load
from lionrock.kernel.hkid import check_digit

CARDS = 40


async def measure(arguments: argparse.Namespace) -> None:
    told = json.loads((Path(__file__).parent / "forms.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        cards = [_card(Path(folder), number) for number in range(CARDS)]
        async with bench_house("receipts", arguments.model) as (house, actor):
            await load(house, actor, [*(SAMPLES / name for name in told), *(p for p, _ in cards)])
            right = given = there = 0
            for name, fields in told.items():
                read = await extracted(
                    house, actor, [await known(house, actor, SAMPLES / name)], list(fields)
                )
                for (asked, truth), filled in zip(fields.items(), read[0].filled, strict=True):
                    best = filled.best
                    said = best.told or best.written if best else None
                    given, there = given + (said is not None), there + (truth is not None)
                    right += said is not None and said == truth
                    if said != truth:
                        print(f"  {name} {asked}: {said!r}, not {truth!r}")
            ids = [await known(house, actor, path) for path, _ in cards]
            read = await extracted(house, actor, ids, ["HKID"])
    print(f"{there} fields in {len(told)} documents: {right} right of {given} given")
    figure("form_field_f1", 2 * right / (given + there))
    verdicts = [one.filled[0].best for one in read]
    agreed = [
        best is not None and best.normal is not None and best.normal.valid is valid
        for best, (_, valid) in zip(verdicts, cards, strict=True)
    ]
    figure("hkid_check_digits_told_right", sum(agreed) / CARDS)


def _card(folder: Path, number: int) -> tuple[Path, bool]:
    """A form with an identity card number, and whether its check digit is right."""
    drawn = random.Random(number)
    letters = "".join(drawn.choices("ABCDEFGHJKMNPRSTVWYZ", k=drawn.choice((1, 1, 1, 2))))
    digits = f"{drawn.randrange(10**6):06}"
    right = check_digit(letters, digits)
    valid = number % 2 == 0
    check = right if valid else drawn.choice([c for c in "0123456789A" if c != right])
    label = drawn.choice(("HKID", "Identity card no.", "香港身份證號碼", "身分證號碼"))
    path = folder / f"card-{number}.txt"
    path.write_text(f"Form {number}\n\n{label}: {letters}{digits}({check})\n", "utf-8")
    return path, valid
