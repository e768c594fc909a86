"""The house's side of a Ray cluster: who may be connected to, a driver process, and what if it fails."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from itertools import chain, count
from pathlib import Path
from typing import Any, Final

from lionrock.errors import EgressRefused, InvalidInput, LionrockError, Unavailable
from lionrock.kernel.egress import Egress, parse_url
from lionrock.screening.entities import Entity
from lionrock.screening.entity_json import told
from lionrock.screening.registry.engine import SearchIndex, engine_version
from lionrock.screening.registry.screens import Here, Likely

log = logging.getLogger(__name__)
_INHERITED: Final = frozenset({"PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE"})
_COMMAND: Final = (sys.executable, "-P", "-m", "lionrock.screening.scale.driver")
_ID: Final = re.compile("[0-9a-f]{64}")
_LINE: Final = 2**28
_CONNECT_SECONDS: Final = 60.0
_ANSWER_SECONDS: Final = 120.0
"""Whoever asks holds a transaction open, which the database ends when nothing is sent for 300 s."""
_REST_SECONDS: Final = 60.0


class Cluster:
    """Implements `Screens`. Where the cluster cannot be had, this process searches: the same, slower."""

    def __init__(
        self, host: str, port: int, home: Path, egress: Egress,
        *, command: Sequence[str] = _COMMAND,
    ) -> None:  # fmt: skip
        """`host`, `port`: of a Ray client server. `home`: the driver sees its indexes and no more."""
        self._host, self._port, self._command = host, port, command
        self._home, self._egress, self._here = home, egress, Here()
        self._driver: asyncio.subprocess.Process | None = None
        self._width, self._rests_until, self._temporary = 1, 0.0, ""
        self._lock, self._ids = asyncio.Lock(), count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    def at(cls, address: str, home: Path, egress: Egress) -> Cluster:
        """At HOST:PORT. `InvalidInput` for another text, without Ray, and without TLS to another machine;
        `EgressRefused` for a host that is neither loopback nor listed."""
        if not address.rpartition(":")[2].isdecimal():
            raise InvalidInput("LIONROCK_SCREENING_RAY is HOST:PORT, as in 127.0.0.1:10001.")
        url = parse_url(f"http://{address}")
        egress.check(str(url.host), url.port)
        elsewhere = not (url.host == "localhost" or getattr(url.host, "is_loopback", False))
        if elsewhere and os.environ.get("RAY_USE_TLS") != "1":
            raise InvalidInput(
                "LIONROCK_SCREENING_RAY names another machine, and customers' names would go there in the "
                "clear: set up Ray's TLS (RAY_USE_TLS=1, see docs/screening-cluster.md)."
            )
        if find_spec("ray") is None:
            raise InvalidInput("LIONROCK_SCREENING_RAY needs Ray: pip install 'lionrock[ray]'.")
        return cls(str(url.host), url.port, home, egress)

    @property
    def pid(self) -> int | None:
        return self._driver.pid if self._driver else None

    async def width(self) -> int:
        with suppress(Unavailable, EgressRefused):
            await self._connected()
        return self._width

    async def likely(
        self, index: SearchIndex, folder: Path, queries: Sequence[Entity], threshold: float
    ) -> Likely:
        try:
            return await self._ask(folder, queries, threshold)
        except (Unavailable, EgressRefused) as error:
            if self._driver is not None:
                await self._give_up(error)
            return await self._here.likely(index, folder, queries, threshold)

    async def _ask(self, folder: Path, queries: Sequence[Entity], threshold: float) -> Likely:
        driver, id = await self._connected(), next(self._ids)
        # Without their references: who is a customer is not the cluster's to know.
        sent = [told(replace(q, id="")) for q in queries]
        asked = {"id": id, "folder": str(folder), "version": engine_version(),
                 "threshold": threshold, "queries": sent}  # fmt: skip
        answer = self._asked[id] = asyncio.get_running_loop().create_future()
        try:
            await _write(driver, asked)
            async with asyncio.timeout(_ANSWER_SECONDS):
                return _checked(await answer, len(queries))
        except (OSError, TimeoutError) as error:
            raise Unavailable("The Ray cluster does not answer.") from error
        finally:
            del self._asked[id]

    async def _connected(self) -> asyncio.subprocess.Process:
        async with self._lock:
            if self._driver is not None:
                return self._driver
            if time.monotonic() < self._rests_until:
                raise Unavailable("The Ray cluster could not be had a moment ago.")
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    return await self._start()
            except EgressRefused as error:
                await self._give_up(error)
                raise
            except (OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
                why = f"No Ray cluster answers at {self._host} port {self._port}."
                failed = Unavailable(f"{why} What went wrong stands above in the log.")
                await self._give_up(failed)
                raise failed from error

    async def _start(self) -> asyncio.subprocess.Process:
        address = (await asyncio.to_thread(self._egress.resolve, self._host, self._port))[0]
        self._egress.connecting(address, self._port)  # the child's connection, counted as ours
        place = f"[{address}]" if address.version == 6 else str(address)
        self._temporary = tempfile.mkdtemp(prefix="lionrock-ray-")
        driver = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=_LINE, env=_environment(self._temporary),
        )  # fmt: skip
        try:
            begin = {"address": f"{place}:{self._port}", "home": str(self._home)}
            await _write(driver, begin)
            assert driver.stdout is not None
            self._width = max(int(json.loads(await driver.stdout.readline())["width"]), 1)
        except BaseException:
            driver.kill()
            await driver.wait()
            raise
        self._driver = driver
        self._reading = asyncio.create_task(self._read(driver.stdout))
        return driver

    async def _read(self, answers: asyncio.StreamReader) -> None:
        try:
            while line := await answers.readline():
                said = json.loads(line)
                future = self._asked.get(said["id"])
                if future is None or future.done():
                    continue
                if "error" in said:
                    future.set_exception(Unavailable(f"The Ray cluster failed: {said['error']}"))
                else:
                    future.set_result(said["likely"])
        finally:
            for future in self._asked.values():
                if not future.done():
                    future.set_exception(Unavailable("The process between us and Ray ended."))

    async def _give_up(self, error: LionrockError) -> None:
        """For a minute."""
        self._rests_until = time.monotonic() + _REST_SECONDS
        log.warning("screening goes on in this process: %s", error.detail)
        await self.close()

    async def close(self) -> None:
        self._width = 1
        driver, self._driver = self._driver, None
        if driver is not None:
            with suppress(ProcessLookupError):
                driver.kill()
            await driver.wait()
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)
        await asyncio.to_thread(shutil.rmtree, self._temporary, ignore_errors=True)


async def _write(driver: asyncio.subprocess.Process, value: Any) -> None:
    assert driver.stdin is not None
    driver.stdin.write(json.dumps(value).encode() + b"\n")
    await driver.stdin.drain()


def _checked(found: Any, length: int) -> Likely:
    """What came from outside: for each query, ids in the form of an index's."""
    try:
        kept = [list(ids) for ids in found]
        if len(kept) == length and all(map(_ID.fullmatch, chain(*kept))):
            return kept
    except TypeError:
        pass
    raise Unavailable("The Ray cluster's answer is none to what it was asked.")


def _environment(temporary: str) -> dict[str, str]:
    """What Ray is told (TLS, token), and nothing of Lionrock's."""
    kept = {k: v for k, v in os.environ.items() if k in _INHERITED or k.startswith("RAY_")}
    kept.pop("RAY_ADDRESS", None)  # the one that was checked, no other
    return {**kept, "TMPDIR": temporary, "RAY_USAGE_STATS_ENABLED": "0"}
