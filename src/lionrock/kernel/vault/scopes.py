"""Scopes: what has a data key of its own, so that it can be erased by destroying that key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

_KIND = re.compile(r"(?!destroyed$)[a-z]{1,32}")
_NAME = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Both parts name a file of the key store: lower-case letters, digits and hyphens only.

    `destroyed` is no kind: the key store keeps its tombstones under that name.
    """

    kind: str
    name: str

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind) or not _NAME.fullmatch(self.name):
            raise ValueError(f"not a scope: {self.kind!r}, {self.name!r}")

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


TENANT: Final = Scope("tenant", "general")
"""What goes only when the whole tenant goes."""


def document(document_id: UUID) -> Scope:
    """A document: its file, reading copies, pages, passages, leads, names and faults."""
    return Scope("document", document_id.hex)


def subject(subject_id: UUID) -> Scope:
    """A person about whom something is kept. A person who comes back gets a new id."""
    return Scope("subject", subject_id.hex)


def period(moment: datetime) -> Scope:
    """The calendar month, in UTC, that a run began in. See design/2026-11-22-encryption.md."""
    return Scope("runs", moment.astimezone(UTC).strftime("%Y-%m"))
