"""One's own account, and the ways in: pages."""

from __future__ import annotations

import time
from typing import Final
from uuid import uuid4

from lionrock.kernel import totp
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe, request
from tests.matrix.world import PASSWORD, Institution

_OWN: Final = "it is about the caller's own account alone"


async def invitation(of: Institution) -> Sent:
    form = {
        "token": await of.invitation(),
        "name": "Member",
        "password": PASSWORD,
        "again": PASSWORD,
    }
    return Sent(form=form)


async def password(of: Institution) -> Sent:
    await of.set_password()
    other = f"{PASSWORD} 2"
    return Sent(form={"old": PASSWORD, "password": other, "again": other})


async def codes(of: Institution) -> Sent:
    await of.set_password()
    return Sent(form={"present": PASSWORD, "step": "remove"})


async def code(of: Institution) -> Sent:
    secret = await of.house.people.accounts.second_factor.begin(of.actor)
    return Sent(form={"code": totp.code_at(secret, int(time.time() // totp.STEP_SECONDS))})


async def session(of: Institution) -> Sent:
    return Sent({"session_id": str(await of.fresh_session())})


def provider() -> Sent:
    """As another site would send the browser: it is led to the page where one signs in."""
    query = {"tenant": str(uuid4()), "provider": str(uuid4())}
    return Sent(query=query, headers={"sec-fetch-site": "cross-site"})


async def begun(of: Institution) -> Sent:
    return provider()


RECIPES: Final[dict[str, Recipe]] = {
    "GET /account": Recipe(request(), everyone=_OWN),
    "GET /invitation": Recipe(request(), open="the token in the link is the credential"),
    "GET /sign-in/oidc": Recipe(begun, open="one signs in here"),
    "GET /sign-in/oidc/callback": Recipe(
        request(), open="the provider's answer is the credential; there is none in this", answers=403
    ),
    "GET /sign-in/oidc/options": Recipe(request(), open="it names the ways to sign in"),
    "POST /account/codes": Recipe(codes, everyone=_OWN, own=True, missing=409),
    "POST /account/codes/confirm": Recipe(code, everyone=_OWN, own=True, missing=422),
    "POST /account/password": Recipe(password, everyone=_OWN, own=True, missing=409),
    "POST /account/purpose": Recipe(request(form={"purpose": "general"}), everyone=_OWN),
    "POST /account/sessions/{session_id}/end": Recipe(session, everyone=_OWN, own=True),
    "POST /invitation": Recipe(invitation, open="the token is the credential"),
}  # fmt: skip
