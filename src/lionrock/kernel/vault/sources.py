"""Key sources: what wraps the tenants' keys. A file, or a key management system by plug-in.

A plug-in is an entry point of the group `lionrock.key_sources` of an installed distribution: a
callable that takes the folder of this installation's keys and returns a `KeySource`. It reads its
own configuration and raises what it likes: whatever it raises closes the vault, and nothing is
sealed or opened without it.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from lionrock.errors import VaultClosed

GROUP: Final = "lionrock.key_sources"


@runtime_checkable
class KeySource(Protocol):
    """Wraps and unwraps the 32 bytes of a tenant's key. Called once a tenant and start, in a thread.

    `context` is bound to the wrapped key: unwrapping with another one must fail.
    """

    @property
    def key_id(self) -> str:
        """The key that `wrap` uses now; kept beside what it wrapped. Letters, digits, `-._:/`."""
        ...

    def wrap(self, key: bytes, context: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, context: bytes, key_id: str) -> bytes: ...

    def renew(self) -> bool:
        """Begin to use a new key while the one before still unwraps; false if that began already.

        Where keys are renewed at the system's own console this returns false and does nothing.
        """
        ...

    def retired(self) -> str | None:
        """How an operator calls the key before, if it is still kept, once nothing is wrapped by it."""
        ...


def named_source(name: str, folder: Path) -> KeySource:
    """The source that an installed distribution registered as `name`. Raises `VaultClosed`."""
    found = entry_points(group=GROUP, name=name)
    if not found:
        known = sorted({"file", *entry_points(group=GROUP).names})
        raise VaultClosed(
            f"LIONROCK_KEY_SOURCE names {name!r}, which no installed package registers as a key "
            f"source. There are: {', '.join(known)}. See docs/encryption.md."
        )
    try:
        source = next(iter(found)).load()(folder)
    except Exception as error:
        raise _failed(name, error) from error
    if not isinstance(source, KeySource):
        raise VaultClosed(f"The key source {name!r} lacks what a key source must have.")
    return source


def _failed(name: str, error: Exception) -> VaultClosed:
    # Its type only: what a stranger's code says in an error may hold a secret.
    return VaultClosed(
        f"The key source {name!r} did not open ({type(error).__name__}). Nothing is sealed or "
        "opened without it: see that the system behind it answers, then start again."
    )
