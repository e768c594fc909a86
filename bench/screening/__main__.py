"""Name screening: quality, false alarms, speed, beside a simple peer and nomenklatura.

    python -m screening [--people FILE] [--only quality,ssb,alarms,candidates,speed,growth]
                        [--engine baseline] [--sizes 13000,1000000] [--exhaustive 5] [--show]

Run in bench/. One threshold and one configuration of the product for everything. nomenklatura is
measured when LIONROCK_PEER_PYTHON names an interpreter that has it. --show prints names: not for logs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from common import data, figure
from lionrock.screening.entities import Entity
from screening import alarms, lists, quality, sanctions
from screening.engines import PEER_PYTHON, Baseline, Engine, Peer, Product
from screening.people import Case, Person, Styled, read_cases, read_people, read_styles
from screening.tasks import name_bench

PARTS = ("quality", "ssb", "alarms", "candidates", "speed", "growth")


@dataclass(frozen=True)
class Inputs:
    people: list[Person]
    styled: list[Styled]
    cases: list[Case]
    lists: Path
    entries: list[Entity]
    listed_people: list[Entity]

    @classmethod
    def read(cls, people: Path | None) -> Inputs:
        names, folder = data("names"), data("lists")
        entries = lists.listed(folder)
        return cls(
            read_people(people or names / "hk_candidates_2019.dev.json"),
            read_styles(names / "legco_people.json"),
            read_cases(names / "name_bench_cases.csv"),
            folder,
            entries,
            lists.people(entries),
        )

    @property
    def customers(self) -> dict[str, list[Entity]]:
        return alarms.customers(self.people, alarms.clean(self.styled, self.entries))


def compared(engine: Engine, inputs: Inputs, parts: Sequence[str]) -> dict[str, float]:
    """What any engine that scores pairs can be asked."""
    figures: dict[str, float] = {}
    if "quality" in parts:
        figures |= quality.measure(engine, quality.rows(inputs.people, inputs.styled))
        figures |= quality.measure_name_bench(engine, inputs.cases)
    if "ssb" in parts:
        figures |= sanctions.measure(engine, inputs.entries, inputs.lists)
    if engine.rate:
        print(f"{engine.name}: {engine.rate:,.0f} comparisons a CPU second over all of the above")
    return figures


def false_alarms(
    engine: Product | Baseline, inputs: Inputs, folder: Path, show: bool
) -> dict[str, float]:
    """The figure is the English names' against all entries; the rest is printed."""
    print("\nfalse alarms; goal 5 per 1,000")
    found: dict[str, float] = {}
    for label, entries in (("people", inputs.listed_people), ("all entries", inputs.entries)):
        index = engine.index(entries, folder / f"alarms-{label[:3]}")
        title = f"{label}, {lists.names_of(entries):,} names"
        found = alarms.measure(engine, index, title, inputs.customers, show)
    return {"false_alarms_per_1000": found["English"]}


def first_stage(inputs: Inputs, folder: Path, sample: int) -> dict[str, float]:
    from screening import candidates, speed

    print("\nfirst stage")
    tasks = {
        row.task: row.pairs for row in quality.rows(inputs.people, inputs.styled) if row.figure
    }
    tasks["name_bench"] = name_bench(inputs.cases)
    found = candidates.measure(tasks, inputs.listed_people, folder / "right")
    figures = {"candidate_recall": found}
    if sample:
        groups = inputs.customers
        index = speed.build(inputs.listed_people, folder / "every")
        queries = [*groups["English"], *groups["Chinese"], *inputs.listed_people]
        figures["candidate_recall_exhaustive"] = candidates.exhaustive(
            index, inputs.listed_people, queries, sample
        )
    return figures


def fast(inputs: Inputs, folder: Path) -> dict[str, float]:
    from screening import payments, speed, synthetic

    print("\nspeed")
    place = folder / "speed"
    index = speed.build(inputs.listed_people, place)
    # Not the names asked for false alarms: what the engine keeps of those would flatter it.
    asked = synthetic.book(inputs.people, 1000, seed=5)
    queries = [replace(e, id=f"{e.id}-{n.text}", names=(n,)) for e in asked for n in e.names]
    customers = synthetic.book(inputs.people, 1000)
    names = lists.names_of(inputs.listed_people)
    return {
        "one_name_ms": speed.one_name(index, queries),
        "scored_pairs_per_s": speed.pairs_per_second(index, names, customers, inputs.listed_people),
        **speed.from_nothing(place, customers, folder),
        **payments.measure(index, customers),
    }


def grown(inputs: Inputs, folder: Path, sizes: Sequence[int]) -> dict[str, float]:
    from screening import growth, synthetic

    customers = synthetic.book(inputs.people, 20_000)
    return growth.measure(inputs.listed_people, customers, sizes, folder)


def peer_figures(inputs: Inputs, parts: Sequence[str]) -> None:
    """nomenklatura on the same pairs, if it is there; nothing of it is a figure of ours."""
    peer = Peer.available()
    if peer is None:
        print(f"\nnomenklatura is not measured: set {PEER_PYTHON} to an interpreter that has it")
        return
    first, used = peer.started["first_s"], peer.started["cpu_s"]
    print(f"\n{peer.name}: first answer after {first:.1f} s, {used:.1f} of processor time")
    compared(peer, inputs, parts)
    print(f"{peer.name}: peak memory {peer.memory:.0f} MB")
    peer.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=Path)
    parser.add_argument("--only", type=lambda s: s.split(","), default=list(PARTS))
    parser.add_argument("--engine", choices=("lionrock", "baseline"), default="lionrock")
    parser.add_argument("--sizes", type=lambda s: [int(n) for n in s.split(",")], default=None)
    parser.add_argument("--exhaustive", type=int, default=5)
    parser.add_argument("--show", action="store_true")
    found = parser.parse_args()
    if unknown := set(found.only) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if found.sizes is None:
        from screening.growth import SIZES

        found.sizes = list(SIZES)
    return found


def installed() -> bool:
    """The group `bench` of pyproject.toml; no part of the product."""
    absent = [m for m in ("opencc", "pypinyin", "rapidfuzz", "ssb") if find_spec(m) is None]
    if absent:
        print(f"{', '.join(absent)} not here: `pip install --group bench`. Nothing was measured.")
    return not absent


def main() -> None:
    asked = arguments()
    if not installed():
        return
    inputs = Inputs.read(asked.people)
    print(
        f"{len(inputs.people)} people, {len(inputs.styled)} legislators, {len(inputs.entries):,} entries;"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    simple = Baseline()
    figures = compared(simple, inputs, asked.only)
    with TemporaryDirectory(prefix="lionrock-bench-") as temporary:
        folder = Path(temporary)
        if "alarms" in asked.only:
            figures |= false_alarms(simple, inputs, folder, False)
        if asked.engine == "lionrock":
            peer_figures(inputs, asked.only)
            product = Product()
            figures = compared(product, inputs, asked.only)
            if "alarms" in asked.only:
                figures |= false_alarms(product, inputs, folder, asked.show)
            if "candidates" in asked.only:
                figures |= first_stage(inputs, folder, asked.exhaustive)
            if "speed" in asked.only:
                figures |= fast(inputs, folder)
            if "growth" in asked.only:
                figures |= grown(inputs, folder, asked.sizes)
    print()
    for name, value in figures.items():
        figure(name, value)


if __name__ == "__main__":
    main()
