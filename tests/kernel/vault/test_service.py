from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from lionrock.errors import Erased, SealBroken, VaultClosed
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault import store as key_store
from lionrock.kernel.vault.recent import Recent
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault

TENANT, OTHER = uuid4(), uuid4()
DOCUMENT = scopes.document(uuid4())


def store(folder: Path) -> Path:
    return folder / "keys" / "data"


def reopened(folder: Path) -> Vault:
    """The vault as the next start has it."""
    return Vault.open(folder / "keys")


def test_a_scopes_key_is_the_same_at_the_next_start(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.make(TENANT, DOCUMENT).seal_text("t", "r", "c", "年報")
    assert reopened(tmp_path).key(TENANT, DOCUMENT).open_text("t", "r", "c", sealed) == "年報"


def test_each_scope_and_tenant_has_a_key_of_its_own(vault: Vault) -> None:
    keys = [
        vault.make(tenant, scope)
        for tenant in (TENANT, OTHER)
        for scope in (scopes.TENANT, DOCUMENT, scopes.subject(uuid4()))
    ]
    assert len({k.id for k in keys}) == 6
    sealed = keys[0].seal("t", "r", "c", b"x")
    for key in keys[1:]:
        with pytest.raises(SealBroken):
            key.open("t", "r", "c", sealed)


def test_many_making_a_key_at_once_get_the_same(vault: Vault) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: vault.make(TENANT, DOCUMENT), range(40)))
    assert len({k.id for k in keys}) == 1
    sealed = keys[0].seal("t", "r", "c", b"x")
    assert all(k.open("t", "r", "c", sealed) == b"x" for k in keys)


def test_a_tenants_key_made_between_two_looks_at_the_store_is_found(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.make(TENANT, DOCUMENT)
    found = [None, vault.store.tenant(TENANT)]
    monkeypatch.setattr(key_store, "_read", lambda path: found.pop(0))
    assert vault.store.tenant(TENANT) is not None


def test_a_key_that_is_not_there_is_not_made_for_a_reader(vault: Vault) -> None:
    vault.make(TENANT)
    with pytest.raises(SealBroken, match=r"no key of tenant .* for document/"):
        vault.key(TENANT, DOCUMENT)


def test_a_destroyed_key_is_gone_for_good(vault: Vault, tmp_path: Path) -> None:
    key = vault.make(TENANT, DOCUMENT)
    vault.destroy(TENANT, DOCUMENT)
    for again in (vault, reopened(tmp_path)):
        for attempt in (again.key, again.make):
            with pytest.raises(Erased):
                attempt(TENANT, DOCUMENT)
    assert not any(key.id.hex() in p.read_text() for p in store(tmp_path).rglob("*.key"))


def test_a_key_file_put_back_beneath_its_tombstone_stays_dead(vault: Vault, tmp_path: Path) -> None:
    vault.make(TENANT, DOCUMENT)
    path = next(store(tmp_path).glob("*/document/*.key"))
    kept = path.read_bytes()
    vault.destroy(TENANT, DOCUMENT)
    path.write_bytes(kept)
    again = reopened(tmp_path)
    with pytest.raises(Erased):
        again.key(TENANT, DOCUMENT)
    again.unlock()
    assert not path.exists()


def test_killed_between_tombstone_and_removal_the_key_is_dead(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.make(TENANT, DOCUMENT)

    def dies(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("lionrock.kernel.disk.destroy", dies)
        with pytest.raises(KeyboardInterrupt):
            vault.destroy(TENANT, DOCUMENT)
    again = reopened(tmp_path)
    with pytest.raises(Erased):
        again.key(TENANT, DOCUMENT)
    again.unlock()
    assert list(store(tmp_path).glob("*/document/*")) == []


@pytest.mark.parametrize("whose", ["another tenant's", "another scope's"])
def test_a_key_file_in_the_place_of_another_is_refused(
    vault: Vault, tmp_path: Path, whose: str
) -> None:
    mine = vault.make(TENANT, DOCUMENT)
    tenant, scope = (OTHER, DOCUMENT) if "tenant" in whose else (TENANT, scopes.document(uuid4()))
    vault.make(tenant, scope)
    path = vault.store._path
    shutil.copy(path(tenant, scope), path(TENANT, DOCUMENT))
    with pytest.raises(SealBroken, match="does not unwrap"):
        reopened(tmp_path).key(TENANT, DOCUMENT)
    assert mine.open("t", "r", "c", mine.seal("t", "r", "c", b"x")) == b"x"


def test_another_tenants_key_in_the_place_of_ones_own_is_refused_at_the_start(
    vault: Vault, tmp_path: Path
) -> None:
    vault.make(TENANT)
    vault.make(OTHER)
    shutil.copy(
        store(tmp_path) / OTHER.hex / "tenant.key", store(tmp_path) / TENANT.hex / "tenant.key"
    )
    with pytest.raises(VaultClosed, match="another tenant's"):
        reopened(tmp_path).unlock()


def test_a_lost_tenant_key_is_not_replaced_while_others_hang_from_it(
    vault: Vault, tmp_path: Path
) -> None:
    vault.make(TENANT, DOCUMENT)
    (store(tmp_path) / TENANT.hex / "tenant.key").unlink()
    for attempt in (reopened(tmp_path).make, reopened(tmp_path).key):
        with pytest.raises(VaultClosed, match=r"tenant\.key is missing"):
            attempt(TENANT, DOCUMENT)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'{"format": 2}'])
def test_a_damaged_key_file_is_refused(vault: Vault, tmp_path: Path, damage: bytes) -> None:
    vault.make(TENANT, DOCUMENT)
    next(store(tmp_path).glob("*/document/*.key")).write_bytes(damage)
    with pytest.raises(VaultClosed, match="does not hold a wrapped key"):
        reopened(tmp_path).key(TENANT, DOCUMENT)


def test_no_key_is_ever_on_the_disk_unwrapped(vault: Vault, tmp_path: Path) -> None:
    tenant_key = vault._tenant_key(TENANT, make=True)
    vault.make(TENANT, DOCUMENT)
    for path in store(tmp_path).rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o077 == 0
            assert tenant_key not in path.read_bytes()
            assert tenant_key.hex().encode() not in path.read_bytes()


def test_a_half_written_key_file_is_swept(vault: Vault, tmp_path: Path) -> None:
    vault.make(TENANT)
    left = [
        store(tmp_path) / "staging" / "x.key.1.new",
        store(tmp_path) / TENANT.hex / "tenant.key.1.new",
    ]
    for path in left:
        path.write_bytes(b"half")
    vault.unlock()
    assert not any(p.exists() for p in left)


@pytest.mark.parametrize("name", ["../x", "", "A", "a/b", "a.b", "-a", "a" * 65])
def test_a_scope_is_never_a_path(name: str) -> None:
    for kind, of in ((name, "x"), ("document", name)):
        with pytest.raises(ValueError, match="not a scope"):
            Scope(kind, of)
    with pytest.raises(ValueError, match="not a scope"):
        Scope("destroyed", "x")


def test_a_run_belongs_to_the_month_it_began_in_utc() -> None:
    moment = datetime.fromisoformat("2026-12-01T07:59:59+08:00")
    assert scopes.period(moment) == Scope("runs", "2026-11")
    assert scopes.period(datetime(2026, 12, 1, tzinfo=UTC)) == Scope("runs", "2026-12")


def test_only_so_many_keys_are_kept_in_memory() -> None:
    recent = Recent[int, str](3)
    for n in range(5):
        recent.put(n, str(n))
        recent.get(0)
    assert len(recent) == 3
    assert [n for n in range(5) if recent.get(n)] == [0, 3, 4]
