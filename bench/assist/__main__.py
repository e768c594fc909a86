"""The desk's tasks that read documents: what a summary states that its pages do not, how near it is to the
summaries that an issuer published, fields of receipts and forms, and two texts compared.

    python -m assist [--only unsupported,rouge] [--documents 40] [--model NAME]
                     [--shapes brief,chronology]

Run in bench/. Without --model no model words anything. With one give few --documents: the default one
takes about a minute each.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from assist import comparing, forms, highlights, receipts, summaries

PARTS: dict[str, Callable[[argparse.Namespace], Awaitable[None]]] = {
    "unsupported": summaries.measure,
    "rouge": highlights.measure,
    "receipts": receipts.measure,
    "forms": forms.measure,
    "comparing": comparing.measure,
}
"""Each prints a table and its FIGURE lines."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m assist")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--model", default="none")
    parser.add_argument("--shapes", default="brief,chronology")
    arguments = parser.parse_args()
    for name in arguments.only.split(","):
        if name not in PARTS:
            parser.error(f"there is no part {name}; there are: {', '.join(PARTS)}")
    for name in arguments.only.split(","):
        print(f"\n{name}")
        asyncio.run(PARTS[name](arguments))


if __name__ == "__main__":
    main()
