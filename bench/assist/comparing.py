"""Two texts compared: are clauses put beside their counterparts, and is what differs told, and only that?

Paragraphs of annual reports and their translations, 2017 to 2019, 15 % of each side left out, in order and
shuffled. Then right pairs as they are (what is told of them is a false difference), and with one change
planted: a figure, or must for may and the like, in one language and across two.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from common import bench_house, data, figure
from lionrock.assist.comparing.differing import differences
from lionrock.assist.comparing.schemas import CompareRequest, TextComparison
from lionrock.kernel.capabilities import find

YEARS = (2017, 2018, 2019)
CHAPTERS, PARAGRAPHS, LEFT_OUT = 6, 60, 0.15
Texts = list[tuple[str, str]]

_FIGURE = re.compile(
    r"(?<![\d.,])\d{2,4}(?:\.\d)?(?=%| (?:billion|million|banks|cases|days|years))"
)
_DUTY = ((r"\bmust\b", "may"), (r"\bshould\b", "may"), (r"\bis required to\b", "may"))


def chapters(year: int) -> Iterator[Texts]:
    lines = (data("hkma") / f"full_data_{year}.jsonl").read_text("utf-8").splitlines()
    for row in map(json.loads, lines[:CHAPTERS]):
        sides = zip(row["en"].split("\n\n"), row["zh"].split("\n\n"), strict=True)
        pairs = [(" ".join(a.split()), " ".join(b.split())) for a, b in sides]
        yield [(a, b) for a, b in pairs if a and b][:PARAGRAPHS]


async def measure(arguments: argparse.Namespace) -> None:
    found = [chapter for year in YEARS for chapter in chapters(year)]
    async with bench_house("compare", "none") as (house, actor):

        async def compared(first: Sequence[str], second: Sequence[str]) -> TextComparison:
            request = CompareRequest(
                text="\n".join(first), other_text="\n".join(second), show_same=True
            )
            run = await house.runs.begin(house.context(actor), find("compare"), request)
            *_, last = [update async for update in run.follow()]
            assert isinstance(last, TextComparison)
            return last

        for name in ("in_order", "shuffled"):
            right = said = possible = 0
            rng = random.Random(5)
            for chapter in found:
                left = [p for p in chapter if rng.random() > LEFT_OUT]
                other = [p for p in chapter if rng.random() > LEFT_OUT]
                if name == "shuffled":
                    rng.shuffle(other)
                made = await compared([a for a, _ in left], [b for _, b in other])
                pairs = {(p.first.text, p.second.text) for p in made.pairs if p.first and p.second}
                right += len(pairs & set(chapter))
                said += len(pairs)
                possible += len(set(left) & set(other))
            print(f"{name}: {said} pairs said, {right} right, {possible} possible")
            figure(f"compare_precision_{name}", right / said)
            figure(f"compare_recall_{name}", right / possible)
    _differences([pair for chapter in found for pair in chapter])


def _differences(pairs: Texts) -> None:
    told = Counter(d.name.value for a, b in pairs for d in differences(a, b, same_language=False))
    false = sum(bool(differences(a, b, same_language=False)) for a, b in pairs)
    print(f"of {len(pairs)} right pairs {false} are told to differ: {dict(told)}")
    figure("compare_false_differences", false / len(pairs))
    for name, change in (("figure", _other_figure), ("duty", _other_duty)):
        changed = [(a, b, c) for a, b in pairs if (c := change(a)) != a]
        for across in (False, True):
            seen = sum(
                bool(differences(c, b if across else a, same_language=not across))
                for a, b, c in changed
            )
            where = "across" if across else "one_language"
            print(f"{name} changed, {where}: {seen} of {len(changed)} found")
            figure(f"compare_{name}_found_{where}", seen / max(1, len(changed)))


def _other_figure(text: str) -> str:
    """The first figure one higher in its first digit."""
    return _FIGURE.sub(lambda m: f"{int(m[0][0]) % 9 + 1}{m[0][1:]}", text, count=1)


def _other_duty(text: str) -> str:
    for pattern, other in _DUTY:
        if re.search(pattern, text):
            return re.sub(pattern, other, text)
    return text
