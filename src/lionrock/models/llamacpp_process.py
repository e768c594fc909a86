"""One life of the local engine's child process, from its start to the words of its end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress

from lionrock.errors import EngineUnavailable
from lionrock.kernel import confined
from lionrock.models.engines import OpenAIEngine
from lionrock.models.llamacpp_child import Orders

_COMMAND = confined.command("lionrock.models.llamacpp_child")
_BUILT_HERE = confined.command("lionrock.models.native.child")
_INHERITED = (
    *("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH"),
    "OMP_WAIT_POLICY",
)
_PROBE_EVERY_SECONDS = 0.05
_STOP_SECONDS = 3.0
_WORDS_KEPT_BYTES = 16 * 2**10
_LINES_TOLD = 2
_STAMP = re.compile(r"^[\d.]+ [A-Z] +")


class Child:
    """Made with `launch`; `loaded` before use."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._words: bytes | None = b""
        self._listening = asyncio.create_task(self._listen(), name="local engine's words")

    @classmethod
    async def launch(cls, orders: Orders) -> Child:
        process = await asyncio.create_subprocess_exec(
            *(_BUILT_HERE if orders.binary else _COMMAND),
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=PIPE,
            env=_environment(),
            # Ctrl-C in a terminal is for us; we end the child in good order.
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(orders.to_json())
        process.stdin.close()  # when it is written
        return cls(process)

    async def loaded(self, client: OpenAIEngine, seconds: float) -> None:
        """Return when it answers. EngineUnavailable if it died or took too long; it is ended."""
        try:
            async with asyncio.timeout(seconds):
                while not await client.healthy():
                    if self.process.returncode is not None:
                        raise EngineUnavailable(
                            f"The local engine did not start: {await self.death()}."
                        )
                    await asyncio.sleep(_PROBE_EVERY_SECONDS)
        except TimeoutError:
            await self.end()
            raise EngineUnavailable(
                f"The local engine did not load its model within {seconds:g} s."
            ) from None
        except BaseException:
            await self.end()
            raise
        self._words = None  # from here on they may be about requests: not kept

    async def death(self) -> str:
        """Wait for the end; in words, how it came."""
        code = await self.process.wait()
        await self._listening
        if code < 0:
            hint = " (is memory short?)" if code == -signal.SIGKILL else ""
            return f"it was ended by {signal.Signals(-code).name}{hint}"
        return _telling(self._words or b"") or f"it ended with status {code}"

    async def end(self) -> None:
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self.process.wait()
        except TimeoutError:
            self.kill()
        await self.process.wait()
        await self._listening

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()

    async def _listen(self) -> None:
        assert self.process.stderr is not None
        while said := await self.process.stderr.read(4096):
            if self._words is not None:
                self._words = (self._words + said)[-_WORDS_KEPT_BYTES:]


def _environment() -> dict[str, str]:
    """What the child needs; not our passwords and keys."""
    # Threads that wait sleep. Spinning is faster on idle cores, and on cores that others use too
    # it took two threads from 6 tokens a second to 1. OpenMP's own variable overrules this.
    return {"OMP_WAIT_POLICY": "passive"} | {
        name: os.environ[name] for name in _INHERITED if name in os.environ
    }


def _telling(words: bytes) -> str:
    """The lines that say why: the first errors of llama.cpp's log, else the last lines."""
    lines = [line.strip() for line in words.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if _STAMP.match(line) and line.split()[1] == "E"]
    told = errors[:_LINES_TOLD] or lines[-_LINES_TOLD:]
    return "; ".join(_STAMP.sub("", line) for line in told).rstrip(".")
