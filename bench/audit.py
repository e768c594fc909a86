"""Appends a second with durability, checkpoint time, proof size and verification time of the audit log.

Beside it a minimal peer in the same run: a list of entries in memory, hashed into a tree at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import ROOT, figure, median
from lionrock.kernel.actors import worker
from lionrock.kernel.audit import merkle, proofs
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.edge import Edge
from lionrock.kernel.audit.keys import KeyRing
from lionrock.kernel.audit.leaves import Leaf
from lionrock.kernel.audit.logs import Log
from lionrock.kernel.audit.merkle import EMPTY
from lionrock.kernel.audit.notes import Signer
from lionrock.kernel.audit.proofs import Proof
from lionrock.kernel.audit.records import BATCH
from lionrock.kernel.audit.sequencer import Sequencer
from lionrock.kernel.audit.store import Folder
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.migrate import RUNTIME, prepare
from lionrock.kernel.postgres import EmbeddedPostgres

ORIGIN = "lionrock.local/00000000-0000-4000-8000-000000000000/00000000-0000-4000-8000-000000000001"


def leaf(number: int) -> bytes:
    pseudonym = hashlib.sha256(number.to_bytes(8)).digest()
    at = datetime.fromtimestamp(1_772_000_000 + number / 1000, UTC)
    name = "document:version:add"
    return Leaf(
        UUID(int=number), at, name, "member", pseudonym, pseudonym, pseudonym, ORIGIN
    ).encoded()


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peer(entries: list[bytes]) -> float:
    """Seconds of the least a log can do: hash entries and their tree, in memory, nothing kept."""

    def work() -> None:
        hashes = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
        while len(hashes) > 1:
            odd = hashes[-1:] if len(hashes) % 2 else []
            pairs = zip(hashes[::2], hashes[1::2], strict=False)
            hashes = [hashlib.sha256(b"\1" + a + b).digest() for a, b in pairs] + odd

    return timed(work)


def new_log(folder: Path) -> Log:
    return Log(ORIGIN, Folder(folder), Edge(), Head(ORIGIN, 0, EMPTY))


def append(log: Log, entries: list[bytes], signer: Signer, batch: int) -> tuple[float, list[float]]:
    """Seconds of appending in batches, each made durable and signed; seconds of each signature."""
    signing = []
    start = time.perf_counter()
    for at in range(0, len(entries), batch):
        log.append(entries[at : at + batch])
        signing.append(timed(lambda: sign(log, signer)))
    return time.perf_counter() - start, signing


def sign(log: Log, signer: Signer) -> None:
    head, checkpoint = log.sign([signer])
    log.on_record(head, checkpoint, [signer])
    log.show()


def proving(log: Log, signer: Signer, size: int) -> None:
    store = log.store
    assert isinstance(store, Folder)
    checkpoint = store.checkpoint() or b""
    making, checking, sizes = [], [], []
    for index in range(0, size, max(1, size // 200)):
        entry = store.entries(index // 256, index % 256 + 1)[-1]
        start = time.perf_counter()
        hashes = tuple(merkle.inclusion_proof(store, index, size))
        made = Proof(entry, index, hashes, checkpoint).encoded()
        making.append(time.perf_counter() - start)
        checking.append(timed(lambda made=made: proofs.parse(made).check([signer.verifier])))
        sizes.append(len(made))
    print(f"  proof {max(sizes)} B, made in {median(making) * 1e3:.2f} ms, "
          f"checked in {median(checking) * 1e3:.3f} ms")  # fmt: skip
    figure("audit_proof_bytes", max(sizes))
    figure("audit_proof_make_ms", median(making) * 1e3)
    figure("audit_proof_check_ms", median(checking) * 1e3)


def rehash(log: Log, size: int) -> float:
    """What an outsider's verification costs: every entry and tile again, compared with the files."""
    store, edge = log.store, Edge()
    assert isinstance(store, Folder)
    start = time.perf_counter()
    for index in range(-(-size // 256)):
        edge, files = edge.extended(store.entries(index, min(256, size - index * 256)))
        for file in files:
            if file.tile.width == 256 and store.read(file.tile) != file.data:
                raise AssertionError(file.tile.path)
    assert edge.root() == log.signed.root
    return time.perf_counter() - start


async def through_database(folder: Path, count: int) -> None:
    """Events recorded one a transaction, then sequenced, then checked as a start does."""
    # Where an ordinary user can reach it: root's server runs as one.
    place = Path(mkdtemp(prefix="lionrock-bench-", dir="/tmp"))
    place.chmod(0o755)
    password = "0" * 64
    server = EmbeddedPostgres(place / "postgres", password)
    try:
        admin = server.start()
        await prepare(admin, password, password)
        url = f"postgresql://{RUNTIME}:{password}@{admin.rpartition('@')[2]}"
        database = await Database.open(url)
        tenant = uuid4()
        await database.register_tenant(tenant)
        actor = worker(tenant)
        async with database.tenant_session(actor) as db:
            await db.execute("INSERT INTO tenants VALUES ($1, 'Bench')", tenant)
        start = time.perf_counter()
        for _ in range(1000):
            async with database.tenant_session(actor) as db:
                await record(db, actor, Event.DOCUMENT_VERSION_ADD, uuid4(), {"bytes": 1})
        each = (time.perf_counter() - start) / 1000
        async with database.tenant_session(actor) as db:
            for _ in range(count - 1000):
                await record(db, actor, Event.DOCUMENT_VERSION_ADD, uuid4(), {"bytes": 1})
        sequencer = Sequencer(database, folder / "audit", KeyRing(folder / "keys"))
        await sequencer.start()
        start = time.perf_counter()
        await sequencer.round()
        rate = count / (time.perf_counter() - start)
        await sequencer.close()
        start = time.perf_counter()
        await sequencer.start()
        check = time.perf_counter() - start
        await sequencer.close()
        await database.close()
    finally:
        server.stop()
        shutil.rmtree(place)
    print(f"  an event in a transaction of its own {each * 1e3:.2f} ms")
    print(f"  from database rows to a signed log  {rate:>7,.0f} events/s")
    print(f"  checked at a start                  {count / check:>7,.0f} events/s")
    figure("audit_record_ms", each * 1e3)
    figure("audit_sequenced_per_s", rate)
    figure("audit_checked_at_start_per_s", count / check)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rate-entries", type=int, default=100_000)
    arguments = parser.parse_args()
    signer = Signer(ORIGIN, Ed25519PrivateKey.generate())
    (ROOT / ".cache").mkdir(exist_ok=True)
    folder = Path(mkdtemp(prefix="audit-", dir=ROOT / ".cache"))
    try:
        measure(folder, signer, arguments.entries, arguments.rate_entries)
        asyncio.run(through_database(folder, 20_000))
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, signer: Signer, many: int, rate: int) -> None:
    print(f"{os.cpu_count()} cores; {rate} entries of {len(leaf(rate))} B, then to {many}")
    start = time.perf_counter()
    entries = [leaf(n) for n in range(rate)]
    making = time.perf_counter() - start
    print(f"  leaves written as JSON            {rate / making:>9,.0f} entries/s")
    figure("audit_leaves_per_s", rate / making)
    bare = peer(entries)
    log = new_log(folder / "log")
    seconds, signing = append(log, entries, signer, BATCH)
    print(f"  peer: hashed in memory, not kept  {rate / bare:>9,.0f} entries/s")
    print(f"  batches of {BATCH}, durable, signed   {rate / seconds:>9,.0f} entries/s")
    figure("audit_peer_per_s", rate / bare)
    figure("audit_appends_per_s", rate / seconds)
    print(f"  checkpoint: root, signature, publication {median(signing) * 1e3:.2f} ms")
    figure("audit_checkpoint_ms", median(signing) * 1e3)
    small, _ = append(new_log(folder / "small"), entries[:500], signer, 1)
    print(f"  one entry a checkpoint            {500 / small:>9,.0f} entries/s")
    figure("audit_single_appends_per_s", 500 / small)
    late = 0.0
    for at in range(rate, many, rate):
        more = [leaf(n) for n in range(at, min(at + rate, many))]
        late, _ = append(log, more, signer, BATCH)
    if late:
        print(f"  the last {rate} of {many}       {rate / late:>9,.0f} entries/s")
        figure("audit_appends_per_s_late", rate / late)
    again = rehash(log, many)
    print(f"  hashed again and compared         {many / again:>9,.0f} entries/s, {again:.1f} s")
    figure("audit_verify_s", again)
    proving(log, signer, many)
    size = sum(p.stat().st_size for p in (folder / "log").rglob("*") if p.is_file())
    print(f"  on disk {size / 1e6:.0f} MB, {size / many:.0f} B an entry")
    figure("audit_disk_bytes_per_entry", size / many)


if __name__ == "__main__":
    main()
