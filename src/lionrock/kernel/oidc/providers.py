"""What a tenant says of one OpenID provider, checked when it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Role
from lionrock.kernel.grants import ALONE, ASSIGNABLE
from lionrock.kernel.oidc.addresses import checked

ALGORITHMS: Final = frozenset({"ES256", "Ed25519", "EdDSA", "PS256", "RS256"})
"""Signatures of ID tokens that can be allowed (RFC 7518, 8037, 9864): asymmetric ones only.
`EdDSA` is the older name of `Ed25519`; Ed448 is not taken under either."""

CALLBACK: Final = "/sign-in/oidc/callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row of `oidc_providers`. `InvalidInput` if it could not be safely used."""

    id: UUID
    tenant_id: UUID
    name: str
    """What the button says."""
    issuer: str
    """Exactly as in the provider's discovery document and its tokens."""
    client_id: str
    client_secret: str = field(default="", repr=False)
    """Empty for a public client."""
    redirect_uri: str
    """As registered with the provider: this server's address and `CALLBACK`."""
    scopes: tuple[str, ...] = ("openid",)
    algorithms: frozenset[str] = ALGORITHMS
    role_claim: str = ""
    """Claim of the ID token (a string or a list of strings) that decides the roles; '' for none."""
    role_map: Mapping[str, Role] = field(default_factory=dict)
    """Value of that claim → role."""
    acr_values: tuple[str, ...] = ()
    """The token's `acr` must be one of them (empty: any)."""
    amr_values: tuple[str, ...] = ()
    """The token's `amr` (RFC 8176) must have all of them, such as `mfa`."""
    provision: bool = False
    """Make a member of a subject that is not known; otherwise it is refused."""
    provision_roles: frozenset[Role] = frozenset()
    """Roles of such a member, when no claim decides them."""
    enabled: bool = True

    def __post_init__(self) -> None:
        _address("issuer", self.issuer)
        _address("redirect_uri", self.redirect_uri)
        issuer = urlsplit(self.issuer)
        if issuer.query or "?" in self.issuer:
            raise InvalidInput("The issuer must have no query part.")
        if urlsplit(self.redirect_uri).path != CALLBACK or "?" in self.redirect_uri:
            raise InvalidInput(f"The redirect_uri must end with {CALLBACK}.")
        if not self.name.strip() or len(self.name) > 80 or not self.name.isprintable():
            raise InvalidInput("The provider's name must be 1 to 80 printable characters.")
        if not self.client_id or len(self.client_id) > 255 or not self.client_id.isprintable():
            raise InvalidInput("The client_id must be 1 to 255 printable characters.")
        self._check_lists()
        self._check_roles()

    def _check_lists(self) -> None:
        if "openid" not in self.scopes:
            raise InvalidInput("The scopes must have openid.")
        for word in (*self.scopes, *self.acr_values, *self.amr_values):
            if not word.isprintable() or not word.isascii() or set(word) & set(' "\\') or not word:
                raise InvalidInput("Scopes, acr and amr values are words without spaces or quotes.")
        if not self.algorithms or self.algorithms - ALGORITHMS:
            known = ", ".join(sorted(ALGORITHMS))
            raise InvalidInput(f"The algorithms must be some of: {known}.")

    def _check_roles(self) -> None:
        if bool(self.role_claim) != bool(self.role_map):
            raise InvalidInput("role_claim and role_map belong together: give both or neither.")
        if self.provision and not (self.role_claim or self.provision_roles):
            raise InvalidInput("To provision members, list their roles or map a claim to roles.")
        for role in (*self.role_map.values(), *self.provision_roles):
            if role not in ASSIGNABLE or role is Role.SERVICE:
                raise InvalidInput(f"The role {role} cannot come from an identity provider.")
        if not compatible(self.provision_roles):
            raise InvalidInput("The roles of new members may not be held together.")


def compatible(roles: frozenset[Role]) -> bool:
    """May one member hold all of them?"""
    return len(roles) < 2 or not roles & ALONE


def _address(name: str, url: str) -> None:
    try:
        checked(url)
    except ValueError as error:
        raise InvalidInput(f"The {name} cannot be used: {error}") from error
