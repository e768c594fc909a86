"""Time to evidence, first word and end on the default model, and the memory of each process."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from ask import DEFAULT, ask
from common import SAMPLES, TYPES, bench_house, figure, load, median, questions

RESIDENT = "VmRSS:"


def processes() -> list[tuple[str, float]]:
    """This process and its descendants: what each is, and its resident MB."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [os.getpid()]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        try:
            command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        resident = next((line.split()[1] for line in lines if line.startswith(RESIDENT)), "0")
        found.append((_name(command), int(resident) / 1000))
    return found


def _name(command: str) -> str:
    for mark, name in (
        ("llamacpp_child", "engine"),
        ("llama-server", "engine"),
        ("embedding_child", "embeddings"),
        ("postgres", "postgres"),
    ):
        if mark in command:
            return name
    return "server"


async def measure(model: str, many: int) -> None:
    own = [p for p in sorted(SAMPLES.iterdir()) if p.suffix in TYPES and p.name != "README.md"]
    files = {p.name for p in own}
    asked = [
        q for q in questions("dev.jsonl") if q["answerable"] and q["gold"][0]["document"] in files
    ][:many]
    evidence, first, end = [], [], []
    async with bench_house("speed", model) as (house, actor):
        await load(house, actor, own)
        for one in asked:
            answer, t_evidence, t_first, t_end = await ask(house, actor, one["question"])
            evidence.append(t_evidence)
            if not answer.refused and t_first is not None:
                first.append(t_first)
                end.append(t_end)
        memory: dict[str, float] = {}
        for name, megabytes in processes():
            memory[name] = memory.get(name, 0.0) + megabytes
    print(f"{model}: {len(asked)} questions over the samples, {len(first)} answered")
    for name, megabytes in sorted(memory.items()):
        print(f"  {name}: {megabytes:.0f} MB resident")
        figure(f"memory_{name}_mb", megabytes)
    figure("ask_evidence_s", median(evidence))
    figure("ask_first_word_s", median(first))
    figure("ask_end_s", median(end))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--questions", type=int, default=10)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.model, arguments.questions))


if __name__ == "__main__":
    main()
