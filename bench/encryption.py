"""What encryption at rest costs: files and fields a second, beside the bare cipher in the same run."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from common import figure, median
from lionrock.documents.parsed import ParsedPage, Run
from lionrock.documents.records import Records, sealed_page
from lionrock.kernel.vault import scopes, streams
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault

ROUNDS = 7
FILE = 64 * 2**20
FIELDS = 2_000
PASSAGES = 60
PASSAGE = "客戶盡職審查紀錄須保存最少七年。" * 20
"""320 characters, 960 bytes: a full passage."""


def cpu(work: Callable[[], object], times: int = 1) -> float:
    """CPU seconds of one call, the median of ROUNDS."""
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(times):
            work()
        spent.append((time.process_time() - started) / times)
    return median(spent)


def files(key: DataKey) -> None:
    """Sealing and opening a file of 64 MiB in memory, and AESGCM alone on the same segments."""
    data, bare = os.urandom(FILE), AESGCM(os.urandom(32))
    pieces = [data[i : i + streams.SEGMENT] for i in range(0, FILE, streams.SEGMENT)]

    def seal(kept: BytesIO | None = None) -> None:
        with kept or Path(os.devnull).open("wb") as file:
            writer = streams.SealingWriter(file, key, "files", "row", "content")
            for piece in pieces:
                writer.write(piece)
            writer.finish()

    kept = BytesIO()
    kept.close = lambda: None  # type: ignore[method-assign]
    seal(kept)
    sealed, ours = kept.getvalue(), cpu(seal)
    nonce, peers = b"0" * 12, [bare.encrypt(b"0" * 12, p, b"") for p in pieces]

    def through(each: Iterable[object]) -> None:
        for _ in each:
            pass

    opening = cpu(lambda: through(streams.opened(BytesIO(sealed), key, "files", "row", "content")))
    peer = cpu(lambda: through(bare.encrypt(nonce, p, b"") for p in pieces))
    peer_opening = cpu(lambda: through(bare.decrypt(nonce, p, b"") for p in peers))
    size = FILE / 1e6
    print(
        f"file of 64 MiB, MB a CPU second: sealed {size / ours:.0f}, AESGCM alone {size / peer:.0f}"
    )
    print(
        f"                                 opened {size / opening:.0f}, alone {size / peer_opening:.0f}"
    )
    figure("encryption_file_seal_mb_per_s", size / ours)
    figure("encryption_file_open_mb_per_s", size / opening)
    figure("encryption_file_seal_ratio_to_aesgcm", ours / peer)
    figure("encryption_file_open_ratio_to_aesgcm", opening / peer_opening)


def fields(key: DataKey) -> None:
    """Sealing and opening a field of 2,000 bytes, bound to its place, and AESGCM with a fixed AAD."""
    data, row, bare = os.urandom(2_000), uuid4(), AESGCM(os.urandom(32))
    sealed = key.seal("passages", row, "text", data)
    ours = cpu(lambda: key.seal("passages", row, "text", data), FIELDS)
    opening = cpu(lambda: key.open("passages", row, "text", sealed), FIELDS)
    peer = cpu(lambda: bare.encrypt(os.urandom(12), data, b"x" * 90), FIELDS)
    print(
        f"field of 2 kB, microseconds: sealed {ours * 1e6:.1f}, opened {opening * 1e6:.1f}, "
        f"AESGCM alone {peer * 1e6:.1f}"
    )
    figure("encryption_field_seal_us", ours * 1e6)
    figure("encryption_field_open_us", opening * 1e6)
    figure("encryption_field_seal_mb_per_s", 2e-3 / ours)
    figure("encryption_field_seal_ratio_to_aesgcm", ours / peer)


def reading(vault: Vault) -> None:
    """What a reader waits for: 60 passages of six documents, a page with its layout, a cold key."""
    tenant, documents = uuid4(), [uuid4() for _ in range(6)]
    rows = []
    for n in range(PASSAGES):
        id, document = uuid4(), documents[n % len(documents)]
        key = vault.make(tenant, scopes.document(document))
        rows.append(
            {
                "id": id, "version_id": uuid4(), "document_id": document, "ordinal": n,
                "kind": "paragraph", "language": "zh", "slices": [1, 0, len(PASSAGE)],
                "document": key.seal_text("documents", document, "name", "年報.pdf"),
                "number": key.seal_text("passages", id, "number", "4.1.6"),
                "heading": key.seal_text("passages", id, "heading", "打擊洗錢 › 備存紀錄"),
                "text": key.seal_text("passages", id, "text", PASSAGE),
            }
        )  # fmt: skip

    def passages() -> None:
        records = Records(vault, tenant)
        for row in rows:
            key = records.key(row["document_id"])  # type: ignore[arg-type]
            records.name(row["document_id"], row["document"])  # type: ignore[arg-type]
            for column in ("number", "heading", "text"):
                key.open_text("passages", row["id"], column, row[column])  # type: ignore[arg-type]

    ours = cpu(passages, 20)
    page = ParsedPage(1, 595, 842, PASSAGE * 5, tuple(_run(n) for n in range(50)))
    key = vault.key(tenant, scopes.document(documents[0]))
    version = uuid4()
    names = ("number", "width", "height", "text", "layout")
    row = dict(zip(names, sealed_page(key, version, page), strict=True))
    row |= {"document_id": documents[0], "version_id": version}
    where = f"{version.hex}/1"
    opened = cpu(
        lambda: (key.open("pages", where, "text", row["text"]), key.open("pages", where, "layout", row["layout"])),
        200,
    )  # fmt: skip
    cold = cpu(lambda: Vault._load(vault, tenant, scopes.document(documents[0])), 200)
    print(
        f"60 passages opened in {ours * 1e3:.2f} ms, a page in {opened * 1e3:.3f} ms, "
        f"a key not in memory in {cold * 1e3:.3f} ms"
    )
    figure("encryption_open_60_passages_ms", ours * 1e3)
    figure("encryption_open_page_ms", opened * 1e3)
    figure("encryption_load_key_ms", cold * 1e3)


def _run(n: int) -> Run:
    return Run(n * 30, n * 30 + 30, n / 60, (n + 1) / 60, tuple(i / 40 for i in range(31)))


def keys(vault: Vault) -> None:
    """Making a document's key (two files and folders synced), wall-clock."""
    tenant, spent = uuid4(), []
    vault.make(tenant)
    for _ in range(30):
        started = time.perf_counter()
        vault.make(tenant, scopes.document(uuid4()))
        spent.append(time.perf_counter() - started)
    print(f"a document's key is made in {median(spent) * 1e3:.1f} ms, synced to the disk")
    figure("encryption_make_key_ms", median(spent) * 1e3)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault.open(Path(folder))
        key = vault.make(uuid4())
        files(key)
        fields(key)
        reading(vault)
        keys(vault)


if __name__ == "__main__":
    main()
