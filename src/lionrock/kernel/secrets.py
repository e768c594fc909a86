"""Secrets of this installation: random, made once, in files only the owner can read (mode 600)."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from uuid import UUID

from lionrock.errors import Unauthenticated


def installation_secret(folder: Path, name: str) -> str:
    """64 hex digits, made at the first call. Refuses a file that others can read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(descriptor, "w") as file:
        value = secrets.token_hex(32)
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    return value


def _read(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others: run chmod 600 on it")
    value = path.read_text().strip()
    if len(value) != 64:
        raise ValueError(f"{path} does not hold a whole secret: remove it if nothing depends on it")
    return value


def new_token(tenant_id: UUID) -> str:
    """A credential that names its tenant, `<tenant hex>.<256 random bits>`."""
    return f"{tenant_id.hex}.{secrets.token_urlsafe(32)}"


def token_tenant(token: str) -> UUID:
    """Which tenant a token says it is of. Proves nothing: the hash must be found in that tenant."""
    head, dot, tail = token.partition(".")
    try:
        if dot and len(tail) >= 40 and len(token) < 200:
            return UUID(hex=head)
    except ValueError:
        pass
    raise Unauthenticated("The credential is not of the right form. Sign in again.")


def token_hash(token: str) -> bytes:
    """SHA-256: enough for a 256-bit random secret, which cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()
