"""Signing in with a real provider: idpyoidc's, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lionrock.errors import Forbidden
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.members import Members
from lionrock.kernel.oidc import store
from tests.kernel.oidc.browsing import signed_in_there
from tests.kernel.oidc.conftest import BACK, Installation, query
from tests.kernel.oidc.real_provider import CLIENT, SECRET, USERS

MAY = ("may", str(USERS["may"]["password"]))
KEN = ("ken", str(USERS["ken"]["password"]))
Running = Callable[[str], str]
GROUPS = {"role_claim": "groups", "role_map": {"aml": Role.REVIEWER, "staff": Role.ANALYST}}


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_a_member_signs_in_at_their_institutions_provider(
    installation: Installation, running: Running, algorithm: str
) -> None:
    provider = await installation.save(
        running(algorithm), provision=True, algorithms=frozenset({algorithm}), **GROUPS,
        scopes=("openid", "profile", "groups"),
    )  # fmt: skip
    begun = await installation.begin(provider, "/documents?start=50")
    done = await installation.oidc.finish(begun.cookie, await signed_in_there(begun.url, *MAY))
    assert done.next == "/documents?start=50"
    actor = await identity.resolve(installation.database, done.session, ("session",))
    assert actor.tenant_id == provider.tenant_id
    assert actor.roles == {Role.REVIEWER, Role.ANALYST}
    assert (
        await Members(installation.database, installation.fields).name_of(actor) == "陳美 May Chan"
    )


async def test_the_request_is_what_the_standards_ask(
    installation: Installation, running: Running
) -> None:
    provider = await installation.save(running("RS256"))
    asked = query((await installation.begin(provider)).url)
    assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
    assert asked["redirect_uri"] == BACK and asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert {len(asked[name]) for name in ("state", "nonce", "code_challenge")} == {43}
    again = query((await installation.begin(provider)).url)
    assert not {again[n] for n in ("state", "nonce", "code_challenge")} & set(asked.values())


async def test_the_same_subject_is_the_same_member(
    installation: Installation, running: Running
) -> None:
    provider = await installation.save(
        running("RS256"), provision=True, provision_roles=frozenset({Role.ANALYST})
    )
    members = []
    for _ in range(2):
        begun = await installation.begin(provider)
        done = await installation.oidc.finish(begun.cookie, await signed_in_there(begun.url, *MAY))
        resolved = await identity.resolve(installation.database, done.session, ("session",))
        members.append(resolved.id)
    assert members[0] == members[1] != installation.actor.id


async def test_a_person_nobody_added_is_refused(
    installation: Installation, running: Running
) -> None:
    provider = await installation.save(running("RS256"))
    begun = await installation.begin(provider)
    with pytest.raises(Forbidden, match="not known here"):
        await installation.oidc.finish(begun.cookie, await signed_in_there(begun.url, *MAY))
    assert await installation.refusals() == ["account-unknown"]


async def test_a_person_whose_groups_have_no_role_is_refused(
    installation: Installation, running: Running
) -> None:
    provider = await installation.save(
        running("RS256"), provision=True, **GROUPS, scopes=("openid", "groups")
    )
    begun = await installation.begin(provider)
    with pytest.raises(Forbidden, match="no role here"):
        await installation.oidc.finish(begun.cookie, await signed_in_there(begun.url, *KEN))


async def test_another_browsers_verifier_does_not_redeem_the_code(
    installation: Installation, running: Running
) -> None:
    """PKCE: the attacker has the victim's code, and a sign-in of their own under way."""
    provider = await installation.save(
        running("RS256"), provision=True, provision_roles=frozenset({Role.ANALYST})
    )
    victim, attacker = await installation.begin(provider), await installation.begin(provider)
    stolen = (await signed_in_there(victim.url, *MAY))["code"]
    answer = {"code": stolen, "state": query(attacker.url)["state"]}
    with pytest.raises(Forbidden, match="code-refused"):
        await installation.oidc.finish(attacker.cookie, answer)


async def test_a_code_is_redeemed_once(installation: Installation, running: Running) -> None:
    provider = await installation.save(
        running("RS256"), provision=True, provision_roles=frozenset({Role.ANALYST})
    )
    begun = await installation.begin(provider)
    answer = await signed_in_there(begun.url, *MAY)
    await installation.oidc.finish(begun.cookie, answer)
    other = await installation.begin(provider)
    with pytest.raises(Forbidden, match="code-refused"):
        await installation.oidc.finish(other.cookie, answer | {"state": query(other.url)["state"]})


async def test_a_wrong_client_secret_signs_nobody_in(
    installation: Installation, running: Running
) -> None:
    provider = await installation.save(
        running("RS256"), client_secret="another secret of 32 characters..",
        provision=True, provision_roles=frozenset({Role.ANALYST}),
    )  # fmt: skip
    begun = await installation.begin(provider)
    with pytest.raises(Forbidden, match="code-refused"):
        await installation.oidc.finish(begun.cookie, await signed_in_there(begun.url, *MAY))


async def test_the_client_secret_is_kept_sealed_for_its_place(
    installation: Installation, running: Running, stranger: Actor
) -> None:
    provider = await installation.save(running("RS256"))
    async with installation.database.tenant_session(installation.actor) as db:
        kept = await db.fetchval("SELECT client_secret FROM oidc_providers")
        opened = await store.load(db, installation.vault, provider.tenant_id, provider.id)
    assert SECRET.encode() not in kept and SECRET not in repr(provider)
    assert opened == provider
    async with installation.database.tenant_session(stranger) as db:
        assert await store.load(db, installation.vault, stranger.tenant_id, provider.id) is None
        assert await store.offered(db, stranger.tenant_id) == []
