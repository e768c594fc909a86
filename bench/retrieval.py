"""What search finds: five public sets, the product's own way of ranking, and what each part adds.

    python bench/retrieval.py [obliqa drcd esun hkma tw_law …] [--sample 400] [--words]

`--sample` is how many questions of a set have their candidates' sentences weighed by meaning (0: all;
an hour of two cores for ObliQA); questions are taken by the hash of their id, so a sample is always the
same, and figures are told for both halves of it. `--words` leaves meaning out.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable

import retrieval_chinese
import retrieval_obliqa
import retrieval_parallel
from retrieval_common import Options
from vectors import Vectors

SETS: dict[str, Callable[[Options], Awaitable[None]]] = {
    "obliqa": retrieval_obliqa.run,
    "drcd": retrieval_chinese.drcd,
    "esun": retrieval_chinese.esun,
    "hkma": retrieval_parallel.hkma,
    "tw_law": retrieval_parallel.tw_law,
}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", choices=[[], *SETS], metavar="SET")
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--words", action="store_true")
    arguments = parser.parse_args()
    vectors = None if arguments.words else Vectors()
    options = Options(vectors, arguments.sample)
    try:
        for name in arguments.sets or SETS:
            await SETS[name](options)
    finally:
        if vectors is not None:
            await vectors.close()


if __name__ == "__main__":
    asyncio.run(main())
