"""What was erased stays erased, whichever of database, files and key store is put back."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import pytest

from lionrock.app import House
from lionrock.documents import upgrade
from lionrock.documents.schemas import Document
from lionrock.errors import Erased, NotFound, VaultClosed
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault import scopes, tombstones
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.vault.upgrade import mark_sealed
from tests.building import house_of, taught

TEXT = "# Fees\n\nAn outward transfer costs HK$115.\n"


async def start(house: House, database: Database, actor: Actor, folder: Path) -> Vault:
    """What a start does to this tenant's keys and content, with the key store as it is now."""
    vault = Vault.open(folder / "keys")
    vault.unlock()
    only = _Only(database, actor.tenant_id)
    await tombstones.sealed_tenants(only, vault)
    await tombstones.reconcile(only, vault, upgrade._Erasing(house.documents._files))
    return vault


class _Only(Database):
    """The database with one tenant: the others' keys are other tests'."""

    def __init__(self, database: Database, tenant: UUID) -> None:
        self.__dict__.update(database.__dict__)
        self._only = tenant

    async def tenants(self) -> list[UUID]:
        return [self._only]


async def test_a_key_store_put_back_after_an_erasure_stays_dead(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        document = await taught(house, actor, "fees.md", TEXT)
        shutil.copytree(tmp_path / "keys", tmp_path / "backup")
        await house.documents.remove(actor, document.id)
        shutil.rmtree(tmp_path / "keys")
        shutil.copytree(tmp_path / "backup", tmp_path / "keys")
        scope = scopes.document(document.id)
        assert Vault.open(tmp_path / "keys").key(actor.tenant_id, scope), "the copy has the key"
        vault = await start(house, database, actor, tmp_path)
        with pytest.raises(Erased):
            vault.key(actor.tenant_id, scope)
    assert not list((tmp_path / "keys" / "data").rglob(f"{document.id.hex}.key"))


async def dump(database: Database, actor: Actor, document: Document) -> list[object]:
    async with database.tenant_session(actor) as db:
        return [
            await db.fetch("SELECT * FROM documents WHERE id = $1", document.id),
            await db.fetch("SELECT * FROM versions WHERE document_id = $1", document.id),
        ]


async def put_back(database: Database, actor: Actor, rows: list) -> None:  # type: ignore[type-arg]
    async with database.tenant_session(actor) as db:
        await db.execute("SELECT 1")
        for table, kept in zip(("documents", "versions"), rows, strict=True):
            for row in kept:
                names = ", ".join(row.keys())
                places = ", ".join(f"${n + 1}" for n in range(len(row)))
                await db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *row.values())


async def test_a_database_and_files_put_back_have_the_erasure_applied_again(
    database: Database, actor: Actor, tmp_path: Path, postgres: str
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        document = await taught(house, actor, "fees.md", TEXT)
        kept = await dump(database, actor, document)
        shutil.copytree(tmp_path / "files", tmp_path / "backup")
        await house.documents.remove(actor, document.id)
        await forget_tombstones(postgres, actor)
        await put_back(database, actor, kept)
        shutil.copytree(tmp_path / "backup", tmp_path / "files", dirs_exist_ok=True)

        await start(house, database, actor, tmp_path)

        with pytest.raises(NotFound):
            await house.documents.get(actor, document.id)
        assert await house.documents.list(actor) == []
        async with database.tenant_session(actor) as db:
            assert await db.fetchval("SELECT count(*) FROM vault_tombstones") == 1
    assert not [p for p in (tmp_path / "files").rglob("*") if p.is_file()]


async def forget_tombstones(postgres: str, actor: Actor) -> None:
    """As in a database put back from before; the runtime role itself cannot delete one."""
    import asyncpg

    admin = await asyncpg.connect(postgres)
    await admin.execute(
        "DELETE FROM lionrock.vault_tombstones WHERE tenant_id = $1", actor.tenant_id
    )
    await admin.close()


async def test_killed_after_the_commit_the_next_start_destroys_the_key(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        document = await taught(house, actor, "fees.md", TEXT)
        with monkeypatch.context() as killed:
            killed.setattr(Vault, "destroy", lambda *_: None)
            killed.setattr("lionrock.documents.files.Files.remove", lambda *_: None)
            await house.documents.remove(actor, document.id)
        assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()]
        vault = await start(house, database, actor, tmp_path)
    with pytest.raises(Erased):
        vault.key(actor.tenant_id, scopes.document(document.id))
    assert not [p for p in (tmp_path / "files").rglob("*") if p.is_file()]


@pytest.mark.parametrize("loss", ["lost", "another's"])
async def test_a_start_without_the_key_store_of_its_database_is_refused(
    database: Database, actor: Actor, tmp_path: Path, loss: str
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        await mark_sealed(database, house.vault, actor)
        await start(house, database, actor, tmp_path)
        shutil.rmtree(tmp_path / "keys")
        if loss == "another's":
            Vault.open(tmp_path / "keys").make(actor.tenant_id)
        with pytest.raises(VaultClosed, match=f"tenant {actor.tenant_id}.*own backup"):
            await start(house, database, actor, tmp_path)


async def test_the_runtime_role_can_neither_delete_nor_change_a_tombstone(
    database: Database, actor: Actor
) -> None:
    import asyncpg

    for statement in (
        "DELETE FROM vault_tombstones",
        "UPDATE vault_tombstones SET name = 'x'",
        "DELETE FROM vault_tenants",
        "UPDATE vault_tenants SET key_id = '\\x0000000000000000'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.tenant_session(actor) as db:
                await db.execute(statement)
