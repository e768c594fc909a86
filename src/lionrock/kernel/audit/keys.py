"""The keys that sign the logs: seeds in files of mode 600, public halves in the database.

One key signs every log of the installation, each under the log's own name. In a rotation the new
key signs together with the old one until the old one's time is over; a succession note, signed by
both, lets those who trust the old key follow.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lionrock.errors import NotVerified, Unavailable
from lionrock.kernel.audit import notes
from lionrock.kernel.audit.leaves import rfc3339
from lionrock.kernel.audit.notes import ED25519, Signer, Verifier
from lionrock.kernel.secrets import installation_secret

FIRST = "audit.key"
REQUEST = "audit.rotate"
"""A file with a number of days asks for a rotation; only who may write to the keys can ask."""
_TITLE = "lionrock audit key succession v1"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key of this installation, past or present; `ends_at` None: it signs until further notice."""

    public: bytes
    made_at: datetime
    ends_at: datetime | None
    succession: str

    def signs(self, now: datetime) -> bool:
        return self.ends_at is None or self.ends_at > now


class KeyRing:
    """The seeds in `folder`: `audit.key`, and `audit-2.key` … after rotations."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.known: tuple[PublicKey, ...] = ()
        self._seeds: dict[bytes, tuple[Path, Ed25519PrivateKey]] = {}

    async def load(self, db: asyncpg.Connection) -> None:
        """Read which keys there are. The first start makes one. `Unavailable` if a key that signs now
        is registered but not here: signing with another would look like a forgery."""
        rows = await db.fetch("SELECT * FROM audit_keys ORDER BY made_at")
        if not rows:
            private = self._seed(self._folder / FIRST)
            public = private.public_key().public_bytes_raw()
            await db.execute("INSERT INTO audit_keys VALUES ($1, now())", public)
            rows = await db.fetch("SELECT * FROM audit_keys")
        self.known = tuple(PublicKey(**dict(row)) for row in rows)
        self._seeds = {}
        for path in sorted(self._folder.glob("audit*.key")):
            private = self._seed(path)
            self._seeds[private.public_key().public_bytes_raw()] = path, private
        self._current()

    def _seed(self, path: Path) -> Ed25519PrivateKey:
        try:
            seed = installation_secret(self._folder, path.name)
        except ValueError as error:
            raise Unavailable(f"The audit log's key cannot be read: {error}") from error
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))

    def _current(self) -> PublicKey:
        current = self.known[-1]
        if current.public not in self._seeds:
            raise Unavailable(
                f"The audit log is signed with a key that is not in {self._folder}. Copy "
                f"{FIRST} from the server that made the log, or restore it from a backup."
            )
        return current

    def signers(self, origin: str, now: datetime | None = None) -> list[Signer]:
        """Who signs a log named `origin` now, the newest key first."""
        now = now or datetime.now(UTC)
        signing = [k.public for k in reversed(self.known) if k.signs(now)]
        return [Signer(origin, self._seeds[p][1]) for p in signing if p in self._seeds]

    def verifiers(self, origin: str) -> list[Verifier]:
        """Every key that ever signed a log named `origin`, the newest first."""
        return [Verifier(origin, ED25519, k.public) for k in reversed(self.known)]

    @property
    def successions(self) -> list[bytes]:
        return [k.succession.encode() for k in self.known if k.succession]

    def rotation_asked_for(self) -> int | None:
        """Days of overlap of the rotation that is asked for, if one is."""
        try:
            return int((self._folder / REQUEST).read_text())
        except FileNotFoundError:
            return None

    async def rotate(self, db: asyncpg.Connection, origin: str, days: int) -> None:
        """Make the next key; the present one signs beside it for `days`. Safe to repeat after a crash."""
        old = self._current()
        # Later than the one before, also when the clock was put back: the last made is the current.
        now = max(datetime.now(UTC), old.made_at + timedelta(microseconds=1))
        private = self._seed(self._folder / f"audit-{len(self.known) + 1}.key")
        new = private.public_key().public_bytes_raw()
        text = f"{_TITLE}\n{origin}\nold {_b64(old.public)}\nnew {_b64(new)}\ntime {rfc3339(now)}\n"
        signers = [Signer(origin, self._seeds[old.public][1]), Signer(origin, private)]
        note = notes.sign(text, signers)
        await db.execute(
            "INSERT INTO audit_keys (public, made_at, succession) VALUES ($1, $2, $3)",
            *(new, now, note.encoded().decode()),
        )
        ends_at = now + timedelta(days=days)
        await db.execute(
            "UPDATE audit_keys SET ends_at = $1 WHERE public = $2", ends_at, old.public
        )
        await self.load(db)

    def rotation_done(self) -> None:
        (self._folder / REQUEST).unlink(missing_ok=True)

    def forget_ended(self, now: datetime | None = None) -> None:
        """Remove the seeds of keys whose time is over; their public halves stay."""
        now = now or datetime.now(UTC)
        for key in self.known:
            if not key.signs(now) and key.public in self._seeds:
                self._seeds.pop(key.public)[0].unlink(missing_ok=True)


def ask_for_rotation(folder: Path, days: int) -> None:
    """Have the server rotate its key at its next turn. `ValueError` for less than a day."""
    if days < 1:
        raise ValueError("the old key signs beside the new one for at least a day")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / REQUEST).write_text(str(days))


def followed(trusted: Iterable[bytes], successions: Sequence[bytes]) -> set[bytes]:
    """The public keys that `trusted` ones lead to by succession notes, themselves included.
    `NotVerified` for a note that is malformed, or whose old key is trusted and did not sign it."""
    found, notes_left = set(trusted), [_succession(s) for s in successions]
    grew = True
    while grew:
        grew = False
        for origin, old, new, note in notes_left:
            if old in found and new not in found:
                signed = notes.verify(note, [Verifier(origin, ED25519, k) for k in (old, new)])
                if len(signed) != 2:
                    raise NotVerified("A key succession is not signed by both of its keys.")
                found.add(new)
                grew = True
    return found


def _succession(data: bytes) -> tuple[str, bytes, bytes, notes.Note]:
    note = notes.parse(data)
    lines = note.text.split("\n")
    if len(lines) != 6 or lines[0] != _TITLE or not lines[2].startswith("old "):
        raise NotVerified("A key succession is malformed.")
    if not lines[3].startswith("new ") or not lines[4].startswith("time "):
        raise NotVerified("A key succession is malformed.")
    return lines[1], notes.unbase64(lines[2][4:]), notes.unbase64(lines[3][4:]), note


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
