"""The local embedder and the process behind it: order, priority, death, cancelling, closing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from lionrock.errors import ModelNotPulled, Unavailable
from lionrock.kernel.processes import look_at
from lionrock.models.embeddings import LocalEmbedder
from tests.models.tiny_e5 import TinyE5, make_tiny_e5

LONG = [f"{'abc客戶' * 300} {i}" for i in range(4)]


@pytest.fixture(scope="module")
def tiny_e5(tmp_path_factory: pytest.TempPathFactory) -> TinyE5:
    return make_tiny_e5(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
async def embedder(tiny_e5: TinyE5) -> AsyncIterator[LocalEmbedder]:
    embedder = LocalEmbedder(tiny_e5.path, threads=1)
    yield embedder
    await embedder.close()


async def process_of(embedder: LocalEmbedder) -> int:
    await embedder.queries(["start"])
    assert embedder.pid is not None
    return embedder.pid


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 30
    while look_at(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    return look_at(pid) is None


async def test_vectors_come_back_in_the_order_of_the_texts(embedder: LocalEmbedder) -> None:
    texts = ["z", *LONG[:2], "", "客戶盡職審查", "a b c " * 40, "z"]
    together = await embedder.passages(texts)
    alone = np.concatenate([await embedder.passages([text]) for text in texts])
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_array_equal(together[0], together[-1])
    assert not np.allclose(together[0], together[4])


async def test_no_texts_give_no_vectors_and_start_no_process(tiny_e5: TinyE5) -> None:
    embedder = LocalEmbedder(tiny_e5.path)
    assert (await embedder.queries([])).shape == (0, 32)
    assert (await embedder.passages([])).shape == (0, 32)
    assert embedder.pid is None


@pytest.mark.parametrize(
    "text", ["", " \n\t　", "😀👍🏽", "\ud800 half a pair", "\0", "字" * 10_000, "a" * 100_000]
)
async def test_any_text_has_a_unit_vector(embedder: LocalEmbedder, text: str) -> None:
    (vector,) = await embedder.passages([text])
    assert np.linalg.norm(vector) == pytest.approx(1)


async def test_many_texts_at_once_each_get_their_own_vector(embedder: LocalEmbedder) -> None:
    texts = ["abc"] * 200 + ["客戶"]
    vectors = await embedder.passages(texts)
    np.testing.assert_allclose(vectors[:200], vectors[:1].repeat(200, axis=0), atol=1e-5)
    assert not np.allclose(vectors[0], vectors[200])


async def test_a_query_goes_before_passages_that_wait(embedder: LocalEmbedder) -> None:
    pid = await process_of(embedder)
    finished: list[str] = []

    async def passages(name: str, *, urgent: bool = False) -> None:
        await embedder.passages([name], urgent=urgent)
        finished.append(name)

    async def query() -> None:
        await embedder.queries(["abc"])
        finished.append("query")

    os.kill(pid, signal.SIGSTOP)
    async with asyncio.TaskGroup() as group:
        group.create_task(passages("under way"))
        await asyncio.sleep(0.05)
        for call in (passages("waiting"), query(), passages("urgent", urgent=True)):
            group.create_task(call)
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGCONT)
    assert finished == ["under way", "query", "urgent", "waiting"]


async def test_a_query_goes_between_the_slices_of_a_long_call(embedder: LocalEmbedder) -> None:
    pid = await process_of(embedder)
    os.kill(pid, signal.SIGSTOP)
    long = asyncio.create_task(embedder.passages(LONG))
    await asyncio.sleep(0.05)
    query = asyncio.create_task(embedder.queries(["abc"]))
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGCONT)
    await query
    assert not long.done()
    assert (await long).shape == (4, 32)


async def test_a_process_that_died_is_replaced(embedder: LocalEmbedder) -> None:
    pid = await process_of(embedder)
    before = await embedder.queries(["abc"])
    os.kill(pid, signal.SIGKILL)
    np.testing.assert_array_equal(await embedder.queries(["abc"]), before)
    assert embedder.pid not in (None, pid)


async def test_a_call_that_the_process_died_under_is_tried_again(embedder: LocalEmbedder) -> None:
    pid = await process_of(embedder)
    os.kill(pid, signal.SIGSTOP)
    call = asyncio.create_task(embedder.queries(["abc"]))
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    assert (await call).shape == (1, 32)
    assert gone(pid)


async def test_a_process_that_cannot_start_is_unavailable_and_stays_so(
    tiny_e5: TinyE5, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.bin"
    cut.write_bytes(tiny_e5.path.read_bytes()[:500])
    embedder = LocalEmbedder(cut)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"cut\.bin stopped twice"):
            await embedder.queries(["abc"])
    await embedder.close()
    assert "lionrock models verify" in capfd.readouterr().err


def test_missing_weights_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelNotPulled, match=r"absent\.bin"):
        LocalEmbedder(tmp_path / "absent.bin")


async def test_a_cancelled_call_leaves_the_others_alone(embedder: LocalEmbedder) -> None:
    pid = await process_of(embedder)
    os.kill(pid, signal.SIGSTOP)
    calls = [asyncio.create_task(embedder.passages([text])) for text in ("under way", "b", "c")]
    await asyncio.sleep(0.05)
    calls[0].cancel()
    calls[1].cancel()
    os.kill(pid, signal.SIGCONT)
    np.testing.assert_array_equal(await calls[2], await embedder.passages(["c"]))
    assert embedder.pid == pid


async def test_closing_ends_the_process_and_every_call(tiny_e5: TinyE5) -> None:
    embedder = LocalEmbedder(tiny_e5.path, threads=1)
    pid = await process_of(embedder)
    os.kill(pid, signal.SIGSTOP)
    calls = [asyncio.create_task(embedder.passages([text])) for text in ("a", "b")]
    await asyncio.sleep(0.05)
    await embedder.close()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable, Unavailable]
    assert gone(pid)
    with pytest.raises(Unavailable, match="being stopped"):
        await embedder.queries(["abc"])


async def test_the_process_gets_none_of_the_settings(
    tiny_e5: TinyE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIONROCK_ENGINE_KEY", "secret")
    embedder = LocalEmbedder(tiny_e5.path, threads=1)
    environment = Path(f"/proc/{await process_of(embedder)}/environ").read_bytes()
    await embedder.close()
    assert b"PATH=" in environment
    assert b"LIONROCK" not in environment


ORPHANER = """
import asyncio, sys
from pathlib import Path
from lionrock.models.embeddings import LocalEmbedder

async def main():
    embedder = LocalEmbedder(Path(sys.argv[1]), threads=1)
    await embedder.queries(["abc"])
    print(embedder.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_the_process_dies_with_a_parent_that_is_killed(tiny_e5: TinyE5) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORPHANER, tiny_e5.path], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert look_at(pid) is not None
        os.kill(pid, signal.SIGSTOP)  # so that it can't notice its input's end by itself
        parent.kill()
    assert gone(pid)


@pytest.mark.model
async def test_the_real_weights_bring_the_languages_together(embedding_weights: Path) -> None:
    embedder = LocalEmbedder(embedding_weights)
    (query,) = await embedder.queries(["customer due diligence"])
    passages = ["客戶盡職審查", "客户尽职调查", "今日天氣好好,不如去行山", "恒生指數收市升三百點"]
    meant, simplified, weather, index = await embedder.passages(passages) @ query
    await embedder.close()
    assert min(meant, simplified) > max(weather, index) + 0.02


@pytest.mark.model
async def test_the_real_weights_find_the_answer_to_a_cantonese_question(
    embedding_weights: Path,
) -> None:
    embedder = LocalEmbedder(embedding_weights)
    (query,) = await embedder.queries(["啲紀錄要keep幾耐㗎?"])
    passages = [
        "An institution must keep the records for at least five years.",
        "The annual fee is HK$1,200 and is charged in March.",
        "Branches open at nine in the morning on weekdays.",
    ]
    scores = await embedder.passages(passages) @ query
    await embedder.close()
    assert scores.argmax() == 0
