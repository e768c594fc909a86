"""The default key source: a file of 32 random bytes, as 64 hexadecimal digits, mode 600.

While keys are being re-wrapped there are two: the file, and beside it NAME.old with the key before.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from lionrock.errors import Conflict, VaultClosed
from lionrock.kernel import disk
from lionrock.kernel.vault import wrapping
from lionrock.kernel.vault.sealing import KEY_BYTES


class KeyFile:
    """A `KeySource` over a file, read whole when it is made."""

    def __init__(self, path: Path) -> None:
        self._path, self._old_path = path, path.with_name(path.name + ".old")
        self._key = _read(path)
        self._old = _read(self._old_path) if self._old_path.exists() else None

    @classmethod
    def make(cls, path: Path) -> KeyFile:
        """A new key at `path`, unless there is one."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk.write_new(path, secrets.token_hex(KEY_BYTES).encode() + b"\n")
        return cls(path)

    @property
    def key_id(self) -> str:
        return _id(self._key)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        return wrapping.wrap(self._key, key, context)

    def unwrap(self, wrapped: bytes, context: bytes, key_id: str) -> bytes:
        keys = [k for k in (self._key, self._old) if k is not None and _id(k) == key_id]
        if not keys:
            raise VaultClosed(
                f"A tenant's key is wrapped by the key {key_id}, and {self._path} holds "
                f"{self.key_id}. Put the right key file there."
            )
        try:
            return wrapping.unwrap(keys[0], wrapped, context)
        except wrapping.WrongKey as error:
            raise VaultClosed(
                "A tenant's key does not unwrap: its file was changed, or is another tenant's. "
                "Put back the key store from its own backup."
            ) from error

    def renew(self) -> bool:
        """Each step is whole: killed between two, the next call goes on from there."""
        if self._old is not None and self._old != self._key:
            return False
        new = secrets.token_hex(KEY_BYTES)
        try:
            disk.write(self._old_path, self._key.hex().encode() + b"\n")
            disk.write(self._path, new.encode() + b"\n")
        except OSError as error:
            raise Conflict(
                f"{self._path} cannot be replaced ({error.strerror}). Rotate where its folder can "
                "be written, or put the new key there by hand: see docs/encryption.md."
            ) from error
        self._old, self._key = self._key, bytes.fromhex(new)
        return True

    def retired(self) -> str | None:
        return str(self._old_path) if self._old not in (None, self._key) else None


def _read(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise VaultClosed(
            f"The key file {path} cannot be opened ({error.strerror}). Without it nothing that is "
            "kept here can be read: put it back from where it is kept safe. See docs/encryption.md."
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise VaultClosed(f"The key file {path} can be read by others: run chmod 600 on it.")
        text = file.read(1000)
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultClosed(f"The key file {path} does not hold a key: 64 hexadecimal digits.")
    return key


def _id(key: bytes) -> str:
    """Tells keys apart and gives nothing of them away: 64 bits of a hash of 256 random ones."""
    return "file-" + hashlib.sha256(b"lionrock key file 1" + key).hexdigest()[:16]
