"""The one writer of the logs: gives events their positions, makes them durable, signs what is there.

Each step can be done again: positions are in the database before the files, files are durable before
they are signed, a signature is in the database before it is shown. So a crash between any two loses
nothing and signs nothing twice differently. Of several servers on one database, one sequences.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

import asyncpg

from lionrock.errors import NotVerified, Unavailable
from lionrock.kernel.actors import worker
from lionrock.kernel.audit.checking import Latest, checked
from lionrock.kernel.audit.faults import Faults, NoFaults
from lionrock.kernel.audit.keys import KeyRing
from lionrock.kernel.audit.logs import Log
from lionrock.kernel.audit.records import Records, Signed
from lionrock.kernel.audit.store import Folder
from lionrock.kernel.database import Database, Hold
from lionrock.kernel.events import Event, record

log = logging.getLogger(__name__)

_LOCK = 0x4C494F4E_41554449  # "LIONAUDI"
PLATFORM = "platform"

Status = Literal["starting", "sequencing", "standby", "waiting", "broken"]


@dataclass(frozen=True, slots=True)
class State:
    """`waiting`: events are kept in the database until `reason` is mended. `standby`: another server
    sequences. `broken`: the log does not verify, nothing may be changed."""

    status: Status
    reason: str = ""


class Sequencer:
    def __init__(
        self,
        database: Database,
        folder: Path,
        keys: KeyRing,
        *,
        origin: str = "",
        seconds: float = 2.0,
        faults: Faults | None = None,
    ) -> None:
        self.records, self.keys, self.folder = Records(database), keys, folder
        self.state = State("starting")
        self.logs: dict[UUID, Log] = {}
        self.platform: Log | None = None
        self._installation: UUID | None = None
        self._origin, self._seconds = origin, seconds
        self._faults = faults or NoFaults()
        self._turn, self._closing = asyncio.Lock(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._held = AsyncExitStack()
        self._hold: Hold | None = None

    async def start(self) -> State:
        """Take the lock and check every log. What is wrong with them is in the state, not raised."""
        async with self._turn:
            await self._guarded(self._open())
        return self.state

    async def run(self) -> None:
        """A round every few seconds until `close`; tries again what could not be done."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._seconds)
                return
            try:
                await self.round()
            except Exception:
                log.exception("a round of the audit log failed; its events wait in the database")

    async def round(self) -> None:
        """Sequence all that waits, now. The state says whether it could be done."""
        # A caller who goes away must not leave a thread writing behind the lock's back.
        task = asyncio.ensure_future(self._round())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def _round(self) -> None:
        async with self._turn:
            if self.state.status == "broken":
                return
            if self._hold is not None and not await self._hold.stands():
                await self._let_go()
            try:
                if self.platform is None:
                    await self._guarded(self._open())
                if self.platform is not None:
                    await self._guarded(self._everything())
            except BaseException:
                # What is in memory may not be what is on record: begin again from the record.
                await self._let_go()
                raise

    async def close(self) -> None:
        """One last round, then give the lock back."""
        self._closing.set()
        if self.platform is not None:
            try:
                await self.round()
            except Exception:
                log.exception("the last round of the audit log failed; its events wait")
        async with self._turn:
            await self._let_go()

    async def _guarded(self, work: Awaitable[None]) -> None:
        """Await `work`; turn what goes wrong into a state."""
        try:
            await work
        except NotVerified as error:
            await self._broken(error.detail)
        except Unavailable as error:
            await self._let_go()
            self._set("waiting", error.detail)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            what = "The disk is full" if full else f"The audit log cannot be written ({error})"
            self._set(
                "waiting", f"{what}: events are kept in the database and not yet in the log. "
                f"Make room for {self.folder}; the log then goes on by itself.",
            )  # fmt: skip

    async def _broken(self, reason: str) -> None:
        log.critical("THE AUDIT LOG DOES NOT VERIFY: %s", reason)
        self._set("broken", f"The audit log does not verify. {reason}")
        with suppress(OSError, asyncpg.PostgresError):
            await self.records.mark(self.state.reason)

    def _set(self, status: Status, reason: str = "") -> None:
        if reason and self.state.reason != reason:
            log.warning("audit log: %s", reason)
        self.state = State(status, reason)

    async def _open(self) -> None:
        """The lock, the keys, and every log from its files and rows."""
        hold = await self._held.enter_async_context(self.records.database.hold(_LOCK))
        if hold is None:
            await self._let_go()
            self._set("standby", "Another server of this database keeps the audit log.")
            return
        self._hold = hold
        try:
            signed = await self.records.platform(self._origin)
            self._installation = signed.log_id
            async with self.records.database.directory_session() as db:
                await self.keys.load(db)
            latest = Latest()
            platform = await self._check_platform(signed, latest)
            for tenant_id in await self.records.database.tenants():
                if tenant_log := await self._log(tenant_id, platform.origin):
                    latest.check(tenant_log.signed)
        except BaseException:
            await self._let_go()
            raise
        self.platform = platform
        await self.records.mark("")
        self._set("sequencing")

    async def _let_go(self) -> None:
        self._hold, self.platform = None, None
        self.logs.clear()
        held, self._held = self._held, AsyncExitStack()
        await held.aclose()
        if self.state.status == "sequencing":
            self._set("starting")

    async def _check_platform(self, signed: Signed, latest: Latest) -> Log:
        origin = signed.head.origin

        async def read(at: int) -> list[bytes]:
            entries = await self.records.platform_entries(origin, at)
            latest.note(entries)
            return entries

        return await checked(
            signed, Folder(self.folder / PLATFORM), self.keys.verifiers(origin), read
        )

    async def _log(self, tenant_id: UUID, platform: str) -> Log | None:
        """The tenant's log, checked when it is first asked for; None for a tenant without events."""
        if tenant_id not in self.logs and await self.records.furnished(tenant_id):
            signed = await self.records.tenant(tenant_id, platform)
            origin = signed.head.origin

            async def read(at: int) -> list[bytes]:
                return await self.records.entries(tenant_id, origin, at)

            store = Folder(self.folder / str(signed.log_id))
            verifiers = self.keys.verifiers(origin)
            self.logs[tenant_id] = await checked(signed, store, verifiers, read)
        return self.logs.get(tenant_id)

    async def _everything(self) -> None:
        assert self.platform is not None, "it was opened"
        await self._rotate(self.platform.origin)
        for tenant_id in await self.records.database.tenants():
            tenant_log = await self._log(tenant_id, self.platform.origin)
            if tenant_log is not None:
                await self._tenant(tenant_id, tenant_log)
        await self._sign_platform(self.platform)
        self._set("sequencing")

    async def _tenant(self, tenant_id: UUID, of: Log) -> None:
        while True:
            given = await self.records.assign(tenant_id)
            self._faults.reached("assigned")
            if not given and not of.behind:
                break
            entries = await self.records.entries(tenant_id, of.origin, of.edge.size)
            self._faults.reached("read")
            if given and not entries:
                raise NotVerified(
                    f"Events of {of.origin} that were signed are gone from the database."
                )
            of.behind = bool(entries)
            if entries:
                await asyncio.to_thread(of.append, entries)
                self._faults.reached("appended")
        signers = self.keys.signers(of.origin)
        if of.unsigned(signers):
            head, checkpoint = of.sign(signers)
            self._faults.reached("signing")
            await self.records.sign(tenant_id, of.signed, head, checkpoint)
            of.on_record(head, checkpoint, signers)
            self._faults.reached("signed")
        if of.to_show is not None:
            await asyncio.to_thread(of.show)
            self._faults.reached("published")

    async def _sign_platform(self, of: Log) -> None:
        while entries := await self.records.platform_entries(of.origin, of.edge.size):
            self._faults.reached("platform-read")
            await asyncio.to_thread(of.append, entries)
            self._faults.reached("platform-appended")
        signers = self.keys.signers(of.origin)
        if of.unsigned(signers):
            head, checkpoint = of.sign(signers)
            self._faults.reached("platform-signing")
            await self.records.sign_platform(of.signed, head, checkpoint)
            of.on_record(head, checkpoint, signers)
            self._faults.reached("platform-signed")
        if of.to_show is not None:
            await asyncio.to_thread(of.show)
            self._faults.reached("platform-published")

    async def _rotate(self, origin: str) -> None:
        """Rotate the key if that is asked for; drop keys whose time is over."""
        self.keys.forget_ended()
        days = self.keys.rotation_asked_for()
        if days is None or self._installation is None:
            return
        async with self.records.database.directory_session() as db:
            await self.keys.rotate(db, origin, days)
        self.keys.rotation_done()
        for tenant_id in self.logs:
            actor = worker(tenant_id)
            async with self.records.database.tenant_session(actor) as db:
                details = {"overlap_days": days}
                await record(db, actor, Event.AUDIT_KEY_ROTATE, self._installation, details)
