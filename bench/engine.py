"""The local engine: the wheel's beside the one built for this processor, and drafting beside none.

    python bench/engine.py [--home HOME] [--model NAME …] [--threads N] [--rounds N]
    python bench/engine.py --drafts [--threads N] [--rounds N]

Engines are asked in turn, round after round, so that what else the machine does meets them alike. Tokens
a second are llama.cpp's own count; processor time is the kernel's, of the engine's process alone, and
says more where the machine is busy. `--drafts` asks the default model what `lionrock ask` asks it: to
word an answer from quotes, which it repeats in part.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp

from ask import DEFAULT, SMALL
from common import SAMPLES, figure, fold, median, questions
from lionrock.assist.wording import request
from lionrock.models.catalogue import Catalogue
from lionrock.models.llamacpp import LocalEngine
from lionrock.models.llamacpp_child import Orders, parameters
from lionrock.models.native.built import Built, find
from lionrock.models.native.cpu import at_hand
from lionrock.models.native.source import LLAMA_CPP
from lionrock.models.setting_up import store
from lionrock.settings import Settings

CONTEXT = 2048
READ_CHARACTERS, WRITTEN_TOKENS = 1600, 48
SHORT = {"wheel": "wheel", "built here": "built", "built here, weights rearranged": "repacked"}
DRAFTS: dict[str, tuple[str, int, int]] = {
    # Way of drafting, tokens to look for (0: a draft model), tokens drafted at most. Of the ways that
    # look in what was written already, the others keep something of one request for the next.
    "none": ("NONE", 0, 0),
    "0.5B, 3 tokens": ("DRAFT_SIMPLE", 0, 3),
    "0.5B, 8 tokens": ("DRAFT_SIMPLE", 0, 8),
    "the prompt, by 3 tokens": ("NGRAM_SIMPLE", 3, 8),
    "the prompt, by 5 tokens": ("NGRAM_SIMPLE", 5, 12),
}


@dataclass
class Runner:
    """A running engine and what was measured of it."""

    name: str
    pid: int
    session: aiohttp.ClientSession
    reads: list[float] = field(default_factory=list)
    reads_cpu: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    writes_cpu: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    drafted: int = 0
    taken: int = 0
    texts: list[str] = field(default_factory=list)

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def ask(self, body: dict[str, Any]) -> tuple[dict[str, Any], float, float]:
        """The answer, processor seconds and seconds."""
        before, began = self.processor_seconds(), time.monotonic()
        async with self.session.post("http://engine/v1/chat/completions", json=body) as response:
            said = await response.json()
            assert response.status == 200, said
        return said, self.processor_seconds() - before, time.monotonic() - began

    async def read(self, text: str) -> None:
        body = {"messages": [{"role": "user", "content": text}], "max_tokens": 1, "temperature": 0}
        said, cpu, _ = await self.ask(body)
        timings = said["timings"]
        self.reads.append(timings["prompt_per_second"])
        self.reads_cpu.append(1000 * cpu / timings["prompt_n"])

    async def write(self) -> None:
        body = {
            "messages": [{"role": "user", "content": "Count from one, in words."}],
            "max_tokens": WRITTEN_TOKENS, "temperature": 0, "ignore_eos": True,
        }  # fmt: skip
        said, cpu, _ = await self.ask(body)
        timings = said["timings"]
        self.writes.append(timings["predicted_per_second"])
        self.writes_cpu.append(1000 * cpu / timings["predicted_n"])

    async def word(self, body: dict[str, Any]) -> None:
        said, cpu, seconds = await self.ask(body)
        timings = said["timings"]
        self.writes.append(timings["predicted_per_second"])
        self.seconds.append(seconds)
        self.writes_cpu.append(cpu)
        self.drafted += timings.get("draft_n", 0)
        self.taken += timings.get("draft_n_accepted", 0)
        self.texts.append(said["choices"][0]["message"]["content"])


@asynccontextmanager
async def session_at(path: Path, key: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        connector=aiohttp.UnixConnector(str(path)), headers={"Authorization": f"Bearer {key}"}
    ) as session:
        yield session


async def local(
    stack: AsyncExitStack, name: str, weights: Path, threads: int, built: Built | None
) -> Runner:
    runtime = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lr-")))
    engine = LocalEngine(
        weights, name="m", context=CONTEXT, threads=threads, runtime_dir=runtime, built=built
    )
    stack.push_async_callback(engine.stop)
    await engine.start()
    session = await stack.enter_async_context(session_at(engine.socket, engine.key))
    assert engine.pid is not None
    return Runner(name, engine.pid, session)


async def measure(model: str, weights: Path, built: Built, threads: int, rounds: int) -> None:
    label = "1_5b" if model == DEFAULT else "0_5b" if model == SMALL else model
    text = (SAMPLES / "board-minutes.md").read_text("utf-8") * 2
    features = tuple(f for f in built.manifest.features if not f.startswith("amx"))
    plain = built.model_copy(
        update={"manifest": built.manifest.model_copy(update={"features": features})}
    )
    repacked = built.model_copy(
        update={"manifest": built.manifest.model_copy(update={"machine": "rearranged"})}
    )
    async with AsyncExitStack() as stack:
        runners = [
            await local(stack, "wheel", weights, threads, None),
            await local(stack, "built here", weights, threads, plain),
            await local(stack, "built here, weights rearranged", weights, threads, repacked),
        ]
        for number in range(rounds + 1):
            for runner in runners[number % 3 :] + runners[: number % 3]:
                await runner.read(f"{number} {text[:READ_CHARACTERS]}")
                await runner.write()
        print(f"\n{model}, {threads} thread(s), {rounds} rounds after one to warm up; medians")
        print(f"{'':32} {'reads/s':>8} {'CPU ms':>7} {'writes/s':>9} {'CPU ms':>7} {'MB':>6}")
        for runner in runners:
            values = [
                median(kept[1:])
                for kept in (runner.reads, runner.reads_cpu, runner.writes, runner.writes_cpu)
            ]
            print(f"{runner.name:32} {values[0]:8.1f} {values[1]:7.1f} {values[2]:9.1f} {values[3]:7.1f} "
                  f"{resident(runner.pid):6.0f}")  # fmt: skip
            for what, value in zip(("reads_s", "reads_cpu_ms", "writes_s", "writes_cpu_ms"), values,
                                   strict=True):  # fmt: skip
                figure(f"engine_{SHORT[runner.name]}_{label}_{what}", value)


def resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1000


def worded(most: int) -> list[dict[str, Any]]:
    """What the model is asked, for questions whose answer stands in a sample that is plain text."""
    passages: dict[str, list[str]] = {}
    for path in (*sorted(SAMPLES.iterdir()), *sorted((SAMPLES / "source").iterdir())):
        if path.suffix in (".md", ".html", ".txt") and path.name != "README.md":
            parts = re.split(r"\n\s*\n|\n(?=[-*|<#])", path.read_text("utf-8", "replace"))
            passages[path.name] = [p.strip()[:600] for p in parts if len(p.strip()) > 20]
    bodies = []
    for one in (q for q in questions("dev.jsonl") if q["answerable"]):
        for held in passages.values():
            hits = [i for i, p in enumerate(held) if any(fold(a) in fold(p) for a in one["accept"])]
            if hits:
                near = held[max(0, hits[0] - 1) : hits[0] + 3]
                quotes: Any = [SimpleNamespace(quote=text) for text in near]
                asked = request(one["question"], one["language"], quotes)
                bodies.append({
                    "messages": asked.messages, "max_tokens": asked.max_tokens, "temperature": 0,
                    "seed": 1,
                })  # fmt: skip
                break
    return bodies[:: max(1, len(bodies) // most)][:most]


async def drafts(weights: Path, small: Path, threads: int, rounds: int, answers: int) -> None:
    bodies = worded(answers)
    async with AsyncExitStack() as stack:
        runners = []
        for name in DRAFTS:
            runners.append(await drafting(stack, name, weights, small, threads))
        for number in range(rounds):
            for place, body in enumerate(bodies):
                turn = (number + place) % len(runners)
                for runner in runners[turn:] + runners[:turn]:
                    await runner.word(body)
    first = runners[0]
    print(
        f"\n{len(bodies)} answers worded, {threads} thread(s), {rounds} rounds; read and written whole"
    )
    print(
        f"{'drafts from':26} {'writes/s':>8} {'seconds':>8} {'CPU s':>7} {'taken':>9} {'same text':>9}"
    )
    for number, runner in enumerate(runners):
        same = sum(a == b for a, b in zip(runner.texts, first.texts, strict=True))
        print(
            f"{runner.name:26} {median(runner.writes):8.1f} {sum(runner.seconds):8.1f} "
            f"{sum(runner.writes_cpu):7.1f} {f'{runner.taken}/{runner.drafted}':>9} "
            f"{same:>5}/{len(first.texts)}"
        )
        figure(f"engine_draft_{number}_s", sum(runner.seconds))
        figure(f"engine_draft_{number}_cpu_s", sum(runner.writes_cpu))


async def drafting(
    stack: AsyncExitStack, name: str, weights: Path, small: Path, threads: int
) -> Runner:
    """The wheel's engine as the product starts it, and drafting, which the product does not."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lr-")))
    orders = Orders(
        os.getpid(), str(weights), "m", str(folder / "s.sock"), "measured", CONTEXT, 1, threads
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, "--serve", name, str(small)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        env=os.environ | {"OMP_WAIT_POLICY": "passive"},
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(orders.to_json())
    process.stdin.close()
    stack.push_async_callback(process.wait)
    stack.callback(process.kill)
    session = await stack.enter_async_context(session_at(folder / "s.sock", "measured"))
    while True:
        assert process.returncode is None, f"{name}: the engine does not start"
        try:
            async with session.get("http://engine/health") as response:
                if response.status == 200:
                    return Runner(name, process.pid, session)
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)


def serve(name: str, small: str) -> None:
    """Be the engine of `drafting`."""
    import xllamacpp

    params = parameters(Orders(**json.loads(sys.stdin.buffer.read())))
    way, look, most = DRAFTS[name]
    drafter = params.speculative
    drafter.types = [getattr(xllamacpp.common_speculative_type, f"COMMON_SPECULATIVE_TYPE_{way}")]
    if way == "DRAFT_SIMPLE":
        drafter.draft.mparams.path, drafter.draft.n_max = small, most
        drafter.draft.cpuparams.n_threads = params.cpuparams.n_threads
        drafter.draft.cpuparams_batch.n_threads = params.cpuparams.n_threads
    elif look:
        drafter.ngram_simple.size_n, drafter.ngram_simple.size_m = look, most
    server = xllamacpp.Server(params)
    while server.listening_address:
        signal.pause()


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--home", type=Path, help="where the engine was built; default: LIONROCK_HOME"
    )
    parser.add_argument("--model", nargs="*", default=[SMALL, DEFAULT])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--drafts", action="store_true", help="measure drafting, with the wheel")
    parser.add_argument("--answers", type=int, default=6, help="how many, for --drafts")
    arguments = parser.parse_args()
    settings = Settings(home=arguments.home) if arguments.home else Settings()
    kept, catalogue = store(settings), Catalogue.load()
    if arguments.drafts:
        weights, small = (kept.path(catalogue.get(n)) for n in (DEFAULT, SMALL))
        asyncio.run(drafts(weights, small, arguments.threads, arguments.rounds, arguments.answers))
        return
    built = find(settings.home, LLAMA_CPP, at_hand())
    if built is None:
        print("No engine was built here: run `lionrock models build-engine`. Nothing was measured.")
        return
    print(json.dumps(built.manifest.model_dump(include={"version", "cpu", "compiler", "seconds"})))
    for model in arguments.model:
        weights = kept.path(catalogue.get(model))
        asyncio.run(measure(model, weights, built, arguments.threads, arguments.rounds))


if __name__ == "__main__":
    main()
