"""The points of a round where a crash would hurt most; tests kill the process at each."""

from __future__ import annotations

from typing import Final, Protocol

POINTS: Final = (
    "assigned",
    "read",
    "appended",
    "signing",
    "signed",
    "published",
    "platform-read",
    "platform-appended",
    "platform-signing",
    "platform-signed",
    "platform-published",
)


class Faults(Protocol):
    def reached(self, point: str) -> None:
        """Called at each of `POINTS`, in their order; may not return."""
        ...


class NoFaults:
    def reached(self, point: str) -> None:
        return
