"""An administrator sets up providers; what they give is checked, the secret is never shown."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.oidc import store
from lionrock.kernel.oidc.administration import Administration, NewProvider
from lionrock.kernel.oidc.providers import CALLBACK
from tests.kernel.oidc.conftest import Installation


def wanted(**changed: Any) -> NewProvider:
    given = {
        "name": "Staff", "issuer": "https://id.bank.example", "client_id": "lionrock",
        "client_secret": "open-sesame", "redirect_uri": f"https://lionrock.bank.example{CALLBACK}",
    }  # fmt: skip
    return NewProvider(**{**given, **changed})


@pytest.fixture
def administration(installation: Installation) -> Administration:
    return installation.oidc.administration


async def test_a_provider_is_listed_without_its_secret(
    administration: Administration, installation: Installation
) -> None:
    made = await administration.add(
        installation.actor, wanted(role_claim="groups", role_map={"aml": "reviewer"})
    )
    (kept,) = await administration.listing(installation.actor)
    assert (kept.id, kept.has_secret, kept.role_map) == (made, True, {"aml": Role.REVIEWER})
    assert "open-sesame" not in kept.model_dump_json()


async def test_a_change_that_leaves_the_secret_out_keeps_it_also_of_one_that_is_off(
    administration: Administration, installation: Installation
) -> None:
    actor, vault = installation.actor, installation.vault
    made = await administration.add(actor, wanted(enabled=False))
    await administration.change(actor, made, wanted(client_secret=None, name="All staff"))
    async with installation.database.tenant_session(actor) as db:
        kept = await store.load(db, vault, actor.tenant_id, made)
    assert kept and (kept.name, kept.client_secret) == ("All staff", "open-sesame")


async def test_what_could_not_be_safely_used_is_refused_with_the_reason(
    administration: Administration, installation: Installation
) -> None:
    for changed in (
        {"issuer": "http://id.bank.example"}, {"algorithms": ["HS256"]}, {"scopes": ["email"]},
        {"role_claim": "groups", "role_map": {"x": "platform-operator"}},
        {"redirect_uri": "https://elsewhere.example/callback"},
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            await administration.add(installation.actor, wanted(**changed))
    assert await administration.listing(installation.actor) == []


async def test_an_issuer_has_one_provider_and_keeps_it(
    administration: Administration, installation: Installation
) -> None:
    made = await administration.add(installation.actor, wanted())
    with pytest.raises(Conflict):
        await administration.add(installation.actor, wanted(name="Twice"))
    with pytest.raises(Conflict):
        await administration.change(
            installation.actor, made, wanted(issuer="https://other.example")
        )


async def test_what_is_not_there_is_neither_changed_nor_removed_nor_linked(
    administration: Administration, installation: Installation
) -> None:
    actor = installation.actor
    made = await administration.add(actor, wanted())
    with pytest.raises(NotFound):
        await administration.change(actor, uuid4(), wanted())
    with pytest.raises(NotFound):
        await administration.remove(actor, uuid4())
    with pytest.raises(NotFound):
        await administration.link(actor, made, "staff-17", uuid4())
    with pytest.raises(NotFound):
        await administration.link(actor, uuid4(), "staff-17", actor.id)
    await administration.link(actor, made, "staff-17", actor.id)
    await administration.remove(actor, made)
    assert await administration.listing(actor) == []


async def test_only_an_administrator_may(
    administration: Administration, installation: Installation
) -> None:
    own = installation.actor
    analyst = Actor(own.tenant_id, own.id, own.kind, frozenset({Role.ANALYST}), own.purpose)
    with pytest.raises(Forbidden):
        await administration.listing(analyst)
    with pytest.raises(Forbidden):
        await administration.add(analyst, wanted())
