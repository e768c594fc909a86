"""The witness's side: cosign a log's checkpoint after checking that the log only grew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lionrock.errors import Conflict, InvalidInput, NotVerified
from lionrock.kernel.audit import cosignatures, notes
from lionrock.kernel.audit.archive import Source
from lionrock.kernel.audit.cosignatures import Witness
from lionrock.kernel.audit.verify import CHECKPOINT, Report, Trust, verify


def cosign(
    source: Source, trust: Trust, witness: Witness, last: bytes | None
) -> tuple[bytes, Report]:
    """The export's checkpoint with the witness's cosignature.

    `trust.keys` must hold the log's key; `last` is what this witness cosigned before (None: nothing
    yet). `NotVerified` for a fork, a smaller tree, or anything else that does not hold.
    """
    if not trust.keys:
        raise InvalidInput("A witness cosigns for a log whose verifier key it was given.")
    time = int(trust.now)
    if last is not None:
        kept = cosignatures.cosigners(notes.parse(last), [witness.verifier], trust.now)
        if not kept:
            raise NotVerified("The last checkpoint is not one that this witness cosigned.")
        if kept[0].time > time:
            raise NotVerified(
                "This witness cosigned later than now: the clock of this machine went back."
            )
    report = verify(source, replace(trust, previous=last, witnesses=()))
    note = notes.parse(source.read(CHECKPOINT))
    signature = witness.cosign(note.text, time)
    return note.with_signatures([signature]).encoded(), report


def new_key(path: Path) -> Ed25519PrivateKey:
    """A witness's key in a new file of mode 600; `Conflict` if the file is there."""
    private = Ed25519PrivateKey.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict(f"{path} is there already: a witness keeps its key.") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(private.private_bytes_raw().hex() + "\n")
    return private


def read_key(path: Path) -> Ed25519PrivateKey:
    try:
        if path.stat().st_mode & 0o077:
            raise InvalidInput(f"{path} can be read by others: run chmod 600 on it.")
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} does not hold a witness's key: {error}.") from error
