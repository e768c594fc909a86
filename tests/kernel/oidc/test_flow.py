"""Signing in with a provider that lies, redirects, replays or does not answer."""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from starlette.responses import JSONResponse, PlainTextResponse, Response

from lionrock.errors import EgressRefused, Forbidden, NotFound, Unavailable
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.egress import Egress
from lionrock.kernel.oidc import fetching, store
from lionrock.kernel.oidc.providers import Provider
from lionrock.kernel.oidc.service import Oidc
from tests.kernel.oidc.conftest import Installation, query
from tests.kernel.oidc.hostile_provider import Hostile, redirect
from tests.kernel.oidc.signing import ec, half_hash, public, rsa

METADATA_SERVICE = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture
async def provider(installation: Installation, hostile: Hostile) -> Provider:
    """The hostile provider, whose one subject is the administrator."""
    saved = await installation.save(hostile.issuer)
    await installation.link(saved, "subject-1")
    return saved


async def test_a_provider_that_behaves_signs_in(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    done = await installation.sign_in(provider, hostile)
    actor = await identity.resolve(installation.database, done.session, ("session",))
    assert actor.id == installation.actor.id
    started = [d for e, d in await installation.events() if e == "member:session:start"]
    assert [d["by"] for d in started] == ["oidc"]


# Attack 19: forged and misused tokens.


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"algorithm": "none"}, "token-algorithm"),
        ({"header": {"alg": "HS256"}}, "token-algorithm"),
        ({"header": {"crit": ["b64"], "b64": True}}, "token-critical-header"),
        ({"header": {"crit": ["x"], "x": 1}}, "token-critical-header"),
        ({"header": {"kid": "made-up"}}, "token-key"),
        ({"header": {"kid": "../keys"}}, "token-key"),
        ({"key": rsa("mine"), "header": {"kid": "rsa-1"}}, "token-signature"),
        ({"key": rsa("mine"), "header": {"jwk": public(rsa("mine"))[0]}}, "token-key-in-header"),
        ({"header": {"jku": METADATA_SERVICE}}, "token-key-in-header"),
        ({"header": {"x5u": METADATA_SERVICE}}, "token-key-in-header"),
        ({"claims": {"iss": "https://elsewhere.example"}}, "token-issuer"),
        ({"claims": {"aud": "another"}}, "token-audience"),
        ({"claims": {"aud": ["lionrock", "another"], "azp": "lionrock"}}, "token-audience"),
        ({"claims": {"azp": "another"}}, "token-party"),
        ({"claims": {"exp": int(time.time()) - 3600}}, "token-expired"),
        ({"claims": {"iat": int(time.time()) - 3600}}, "token-issued-at"),
        ({"claims": {"nbf": int(time.time()) + 3600}}, "token-not-yet"),
        ({"claims": {"nonce": "x" * 43}}, "token-nonce"),
        ({"claims": {"nonce": None}}, "token-nonce"),
        ({"claims": {"at_hash": half_hash("another")}}, "token-at-hash"),
        ({"claims": {"c_hash": half_hash("another")}}, "token-c-hash"),
        ({"answer": {"access_token": "swapped"}}, "token-at-hash"),
        ({"answer": {"access_token": ""}}, "token-at-hash"),
        ({"claims": {"sub": None}}, "token-subject"),
        ({"claims": {"long": "x" * 20_000}}, "token-size"),
        ({"answer": {"id_token": "a.b.c.d.e"}}, "token-form"),
        ({"answer": {"id_token": None}}, "code-refused"),
        ({"answer": {"access_token": ["x"]}}, "code-refused"),
    ],
)  # fmt: skip
async def test_a_token_that_is_not_right_in_everything_is_refused(
    installation: Installation, provider: Provider, hostile: Hostile, how: dict[str, Any], why: str
) -> None:
    for name, value in how.items():
        setattr(hostile, name, value)
    with pytest.raises(Forbidden, match=f"did not pass a check .{why}."):
        await installation.sign_in(provider, hostile)
    assert await installation.refusals() == [why]
    assert not [e for e, _ in await installation.events() if e == "member:session:start"]
    assert METADATA_SERVICE not in hostile.asked


async def test_a_token_of_an_earlier_sign_in_is_refused(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    """Nonce replay: the provider, or who stands between, gives an old token for a new code."""
    first = await installation.begin(provider)
    await installation.oidc.finish(first.cookie, hostile.authorize(first.url, "old"))
    hostile.claims = {"nonce": hostile.nonces["old"]}
    with pytest.raises(Forbidden, match="token-nonce"):
        await installation.sign_in(provider, hostile)


async def test_an_allowed_algorithm_is_a_tenants_choice(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    await installation.change(provider, algorithms=frozenset({"ES256"}))
    with pytest.raises(Forbidden, match="token-algorithm"):
        await installation.sign_in(provider, hostile)
    hostile.key, hostile.algorithm, hostile.published = ec(), "ES256", public(ec())
    assert (await installation.sign_in(provider, hostile)).session


# Attack 20: state, PKCE, and answers that are not to this browser's request.


async def test_a_sign_in_ends_only_in_the_browser_that_began_it(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    """Login CSRF: the attacker's answer in the victim's browser, which has a sign-in of its own."""
    attacker, victim = await installation.begin(provider), await installation.begin(provider)
    answer = hostile.authorize(attacker.url)
    for cookie in (victim.cookie, "", "x", f"{provider.tenant_id.hex}.{'a' * 43}", "é" * 50):
        with pytest.raises(Forbidden, match="another browser"):
            await installation.oidc.finish(cookie, answer)
    assert hostile.forms == []
    assert await installation.refusals() == []  # nobody writes to a tenant's log unproven
    assert (await installation.oidc.finish(attacker.cookie, answer)).session


@pytest.mark.parametrize("state", [None, "", "x", "ü"])
async def test_an_answer_without_the_right_state_is_refused(
    installation: Installation, provider: Provider, hostile: Hostile, state: str | None
) -> None:
    begun = await installation.begin(provider)
    answer = hostile.authorize(begun.url)
    del answer["state"]
    if state is not None:
        answer["state"] = state
    with pytest.raises(Forbidden, match="another browser"):
        await installation.oidc.finish(begun.cookie, answer)
    assert hostile.forms == []


async def test_a_sign_in_is_used_once(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    begun = await installation.begin(provider)
    answer = hostile.authorize(begun.url)
    await installation.oidc.finish(begun.cookie, answer)
    with pytest.raises(Forbidden, match="has been used"):
        await installation.oidc.finish(begun.cookie, answer)
    assert len(hostile.forms) == 1
    assert await installation.refusals() == ["attempt-over"]


async def test_two_answers_at_once_make_one_session(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    begun = await installation.begin(provider)
    answer = hostile.authorize(begun.url)
    tries = [installation.oidc.finish(begun.cookie, answer) for _ in range(5)]
    got = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(g, Forbidden) for g in got) == 4
    assert len(hostile.forms) == 1


async def test_a_sign_in_that_failed_is_used_too(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    begun = await installation.begin(provider)
    answer = hostile.authorize(begun.url)
    hostile.claims = {"nonce": "x"}
    with pytest.raises(Forbidden, match="token-nonce"):
        await installation.oidc.finish(begun.cookie, answer)
    hostile.claims = {}
    with pytest.raises(Forbidden, match="has been used"):
        await installation.oidc.finish(begun.cookie, answer)


async def test_a_sign_in_is_over_after_ten_minutes(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    begun = await installation.begin(provider)
    async with installation.database.tenant_session(installation.actor) as db:
        left = await db.fetchval("SELECT expires_at - now() FROM oidc_attempts")
        assert 500 < left.total_seconds() <= 600
        await db.execute("UPDATE oidc_attempts SET expires_at = now() - interval '1 second'")
    with pytest.raises(Forbidden, match="expired"):
        await installation.oidc.finish(begun.cookie, hostile.authorize(begun.url))


async def test_the_verifier_goes_to_the_token_endpoint_alone(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    begun = await installation.begin(provider)
    asked = query(begun.url)
    assert "code_verifier" not in asked and asked["kept"] == "1"
    await installation.oidc.finish(begun.cookie, hostile.authorize(begun.url))
    verifier = hostile.forms[0]["code_verifier"]
    assert create_s256_code_challenge(verifier) == asked["code_challenge"]
    assert verifier not in begun.url and verifier not in begun.cookie


async def test_nothing_kept_of_a_sign_in_would_let_another_browser_end_it(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    begun = await installation.begin(provider)
    asked, random = query(begun.url), begun.cookie.partition(".")[2]
    async with installation.database.tenant_session(installation.actor) as db:
        kept = await db.fetchval("SELECT row_to_json(a)::text FROM oidc_attempts a")
    for secret in (asked["state"], asked["nonce"], asked["code_challenge"], random):
        assert secret not in kept


async def test_the_issuer_of_an_answer_is_checked(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    """RFC 9207: an answer of another provider (mix-up) is refused, with or without an error."""
    for answer in ({"iss": "https://elsewhere.example"}, {"iss": ""}, {"iss": "x", "error": "y"}):
        with pytest.raises(Forbidden, match="answer-issuer"):
            await installation.sign_in(provider, hostile, **answer)
    assert (await installation.sign_in(provider, hostile, iss=hostile.issuer)).session


async def test_an_issuer_that_names_itself_always_does(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    hostile.metadata = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(Forbidden, match="answer-issuer"):
        await installation.sign_in(provider, hostile)
    assert (await installation.sign_in(provider, hostile, iss=hostile.issuer)).session


async def test_a_provider_that_says_no_signs_nobody_in(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    said = "<script>alert(1)</script>"
    with pytest.raises(Forbidden, match="did not sign you in") as refused:
        await installation.sign_in(provider, hostile, error=said, error_description=said)
    assert said not in refused.value.detail
    assert await installation.refusals() == ["answer-declined"]


@pytest.mark.parametrize("code", ["", "x" * 5000, "a\nb", "é"])
async def test_a_code_that_cannot_be_one_is_not_sent_on(
    installation: Installation, provider: Provider, hostile: Hostile, code: str
) -> None:
    with pytest.raises(Forbidden, match="answer-form"):
        await installation.sign_in(provider, hostile, code=code)
    assert hostile.forms == []


# Attack 24: discovery, keys and tokens at addresses that nobody listed.


async def test_a_provider_that_is_not_on_the_egress_list_is_not_reached(
    installation: Installation, hostile: Hostile
) -> None:
    saved = await installation.save("https://login.example")
    with pytest.raises(EgressRefused, match=r"login\.example"):
        await installation.begin(saved)
    async with installation.database.tenant_session(installation.actor) as db:
        assert await db.fetchval("SELECT count(*) FROM oidc_attempts") == 0


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(
    installation: Installation, provider: Provider, hostile: Hostile, path: str, status: int
) -> None:
    hostile.responses = {path: redirect(f"{hostile.issuer}/landed", status)}
    with pytest.raises(Unavailable, match="redirect"):
        await installation.sign_in(provider, hostile)
    hostile.responses = {path: redirect(METADATA_SERVICE, status)}
    with pytest.raises(Unavailable, match="redirect"):
        await installation.sign_in(provider, hostile)
    assert "/landed" not in hostile.asked


@pytest.mark.parametrize("name", ["jwks_uri", "token_endpoint"])
@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://[::ffff:169.254.169.254]/",
        "https://listed.example.elsewhere.example/",
        "https://intranet/",
    ],
)
async def test_an_endpoint_at_another_host_needs_that_host_on_the_list(
    installation: Installation, provider: Provider, hostile: Hostile, name: str, url: str
) -> None:
    hostile.metadata = {name: url}
    with pytest.raises(EgressRefused):
        await installation.sign_in(provider, hostile)
    assert [e for e, _ in await installation.events() if e == "member:session:start"] == []


@pytest.mark.parametrize("name", ["authorization_endpoint", "jwks_uri", "token_endpoint"])
@pytest.mark.parametrize(
    "url",
    [
        METADATA_SERVICE,
        "http://login.example/keys",
        "https://user@login.example/",
        "https://127.0.0.1\\@login.example/",
        "https://login.example#@127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://login .example/",
        "https://login\t.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//login.example/",
        "",
        7,
        None,
    ],
)
async def test_an_endpoint_that_is_no_plain_https_address_is_refused(
    installation: Installation, provider: Provider, hostile: Hostile, name: str, url: Any
) -> None:
    hostile.metadata = {name: url}
    with pytest.raises(Unavailable, match=name):
        await installation.begin(provider)


async def test_a_listed_name_that_leads_inside_is_not_followed_there(
    installation: Installation,
) -> None:
    """DNS rebinding: the name is listed, its address is not one it may have."""
    from ipaddress import ip_address

    gate = Egress({"login.example"}, resolver=lambda name: [ip_address("169.254.169.254")])
    fetcher = fetching.Fetcher(gate)
    with pytest.raises(EgressRefused, match=r"169\.254"):
        await fetcher.get("https://login.example/keys")
    await fetcher.close()


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": None},
        {"response_types_supported": ["token"]},
        {"code_challenge_methods_supported": ["plain"]},
        {"response_types_supported": "code"},
    ],
)
async def test_a_discovery_document_of_another_is_not_used(
    installation: Installation, provider: Provider, hostile: Hostile, changed: dict[str, Any]
) -> None:
    hostile.metadata = changed
    with pytest.raises(Unavailable):
        await installation.begin(provider)


@pytest.mark.parametrize(
    "response",
    [
        lambda: JSONResponse([1]),
        lambda: PlainTextResponse("<html>"),
        lambda: PlainTextResponse("[" * 100_000),
        lambda: PlainTextResponse("x" * (fetching.LARGEST + 1)),
        lambda: JSONResponse({}, 503),
        lambda: Response(status_code=204),
    ],
)
async def test_what_is_no_document_is_refused(
    installation: Installation, provider: Provider, hostile: Hostile, response: Any
) -> None:
    for path in ("/.well-known/openid-configuration", "/keys", "/token"):
        hostile.responses = {path: response}
        with pytest.raises((Unavailable, Forbidden)):
            await installation.sign_in(provider, hostile)


async def test_a_provider_that_went_away_is_said_to_have(
    installation: Installation,
) -> None:
    saved = await installation.save("http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="does not answer"):
        await installation.begin(saved)


# Who may enter.


async def test_a_suspended_member_is_refused_though_the_provider_agrees(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    async with installation.database.tenant_session(installation.actor) as db:
        await db.execute("UPDATE members SET suspended_at = now()")
    with pytest.raises(Forbidden, match="not active"):
        await installation.sign_in(provider, hostile)
    assert await installation.refusals() == ["account-not-active"]


async def test_a_machines_account_does_not_sign_in(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    async with installation.database.tenant_session(installation.actor) as db:
        await db.execute("UPDATE members SET roles = '{service}'")
    with pytest.raises(Forbidden, match="not active"):
        await installation.sign_in(provider, hostile)


async def test_a_session_ends_at_once_when_its_member_is_suspended(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    done = await installation.sign_in(provider, hostile)
    async with installation.database.tenant_session(installation.actor) as db:
        await db.execute("UPDATE members SET suspended_at = now()")
    with pytest.raises(Exception, match="not valid any more"):
        await identity.resolve(installation.database, done.session, ("session",))


@pytest.mark.parametrize(
    ("asked", "claims", "enters"),
    [
        ({"acr_values": ("high",)}, {"acr": "high"}, True),
        ({"acr_values": ("high",)}, {"acr": "low"}, False),
        ({"acr_values": ("high",)}, {}, False),
        ({"acr_values": ("high",)}, {"acr": ["high"]}, False),
        ({"amr_values": ("mfa",)}, {"amr": ["pwd", "mfa"]}, True),
        ({"amr_values": ("mfa", "hwk")}, {"amr": ["pwd", "mfa"]}, False),
        ({"amr_values": ("mfa",)}, {"amr": "mfa"}, False),
        ({"amr_values": ("mfa",)}, {}, False),
    ],
)
async def test_a_second_factor_that_is_asked_for_must_have_been_used(
    installation: Installation, provider: Provider, hostile: Hostile,
    asked: dict[str, Any], claims: dict[str, Any], enters: bool,
) -> None:  # fmt: skip
    await installation.change(provider, **asked)
    hostile.claims = claims
    if enters:
        assert (await installation.sign_in(provider, hostile)).session
    else:
        with pytest.raises(Forbidden, match="second factor"):
            await installation.sign_in(provider, hostile)


async def test_roles_follow_the_providers_claim_at_each_sign_in(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    mapped = {"a": Role.ADMINISTRATOR, "b": Role.ANALYST, "c": Role.REGULATOR_OBSERVER}
    changed = await installation.change(
        provider, role_claim="groups", role_map=mapped, provision=True
    )
    hostile.claims = {"sub": "subject-2", "groups": ["b", "a", "unknown"]}
    first = await identity.resolve(
        installation.database, (await installation.sign_in(changed, hostile)).session, ("session",)
    )
    assert first.roles == {Role.ADMINISTRATOR, Role.ANALYST}
    hostile.claims["groups"] = "b"
    second = await identity.resolve(
        installation.database, (await installation.sign_in(changed, hostile)).session, ("session",)
    )
    assert (second.id, second.roles) == (first.id, {Role.ANALYST})
    last = [d for e, d in await installation.events() if e == "member:roles:change"][-1]
    assert (last["from"], last["to"]) == ("administrator,analyst", "analyst")
    for groups in ([], None, "unknown", 5, {"a": 1}):
        hostile.claims["groups"] = groups
        with pytest.raises(Forbidden, match="no role"):
            await installation.sign_in(changed, hostile)
    hostile.claims["groups"] = ["b", "c"]
    with pytest.raises(Forbidden, match="held together"):
        await installation.sign_in(changed, hostile)


async def test_a_tenant_keeps_its_last_administrator(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    changed = await installation.change(provider, role_claim="groups", role_map={"b": Role.ANALYST})
    hostile.claims = {"groups": ["b"]}
    with pytest.raises(Forbidden, match="has no other"):
        await installation.sign_in(changed, hostile)
    async with installation.database.tenant_session(installation.actor) as db:
        assert Role.ADMINISTRATOR in await db.fetchval("SELECT roles FROM members")


async def test_two_first_sign_ins_at_once_make_one_member(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    changed = await installation.change(
        provider, provision=True, provision_roles=frozenset({Role.ANALYST})
    )
    hostile.claims = {"sub": "subject-2"}
    await asyncio.gather(*(installation.sign_in(changed, hostile) for _ in range(4)))
    assert [e for e, _ in await installation.events()].count("member:member:provision") == 1


async def test_a_subject_is_of_one_issuer_and_one_tenant(
    installation: Installation, provider: Provider, hostile: Hostile, stranger: Actor
) -> None:
    other = Oidc(installation.database, installation.vault, installation.fields, Egress())
    theirs = replace(installation, actor=stranger, oidc=other)
    saved = await theirs.save(hostile.issuer)
    with pytest.raises(Forbidden, match="not known"):
        await theirs.sign_in(saved, hostile)
    with pytest.raises(NotFound):
        await theirs.begin(provider)
    await other.close()


async def test_no_identifier_of_a_subject_is_kept(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    await installation.link(provider, "may.chan@bank.example")
    async with installation.database.tenant_session(installation.actor) as db:
        rows = await db.fetch("SELECT row_to_json(s)::text AS row FROM oidc_subjects s")
    assert len(rows) == 2 and not any("may" in r["row"] for r in rows)


async def test_a_removed_provider_takes_its_sign_ins_along(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    begun = await installation.begin(provider)
    async with installation.database.tenant_session(installation.actor) as db:
        await store.remove(db, installation.actor, provider.id)
        with pytest.raises(NotFound):
            await store.remove(db, installation.actor, provider.id)
    with pytest.raises(Forbidden, match="Start again"):
        await installation.oidc.finish(begun.cookie, hostile.authorize(begun.url))
    names = [e for e, _ in await installation.events()]
    assert "tenant:provider:remove" in names and "tenant:provider:change" in names


async def test_a_provider_switched_off_signs_nobody_in(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    begun = await installation.begin(provider)
    await installation.change(provider, enabled=False)
    with pytest.raises(Forbidden, match="Start again"):
        await installation.oidc.finish(begun.cookie, hostile.authorize(begun.url))
    with pytest.raises(NotFound):
        await installation.begin(provider)
    assert await installation.oidc.offered(provider.tenant_id) == []


# How the client proves itself.


async def test_id_and_secret_are_form_encoded_in_the_header(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    await installation.change(provider, client_secret="a: +&%é陳")
    await installation.sign_in(provider, hostile)
    scheme, _, value = hostile.headers[0]["authorization"].partition(" ")
    sent = b64decode(value).decode()
    assert (scheme, sent) == ("Basic", "lionrock:a%3A+%2B%26%25%C3%A9%E9%99%B3")
    assert "client_secret" not in hostile.forms[0]


async def test_the_secret_goes_in_the_form_where_the_provider_wants_it(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    hostile.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await installation.sign_in(provider, hostile)
    assert hostile.forms[0]["client_secret"] == provider.client_secret
    assert "authorization" not in hostile.headers[0]


async def test_a_public_client_has_pkce_alone(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    await installation.change(provider, client_secret="")
    await installation.sign_in(provider, hostile)
    assert hostile.forms[0]["client_id"] == "lionrock" and "client_secret" not in hostile.forms[0]


async def test_a_provider_that_wants_another_proof_is_refused(
    installation: Installation, provider: Provider, hostile: Hostile
) -> None:
    hostile.metadata = {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}
    with pytest.raises(Unavailable, match="client_secret_basic"):
        await installation.sign_in(provider, hostile)
