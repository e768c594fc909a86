"""The two requests of the authorization code flow (RFC 6749 section 4.1, RFC 7636), by Authlib.

Authlib writes the requests and authenticates the client; sending is `Fetcher`'s, so that no request
leaves without the egress guard, and tokens are verified in `tokens.py`, not by Authlib.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from lionrock.errors import Unavailable
from lionrock.kernel.oidc.attempts import Secrets
from lionrock.kernel.oidc.discovery import Metadata
from lionrock.kernel.oidc.fetching import Fetcher
from lionrock.kernel.oidc.providers import Provider
from lionrock.kernel.oidc.refusals import Reason, Refusal

_LONGEST_CODE = 4096


@dataclass(frozen=True, slots=True)
class Tokens:
    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


def authorization_url(provider: Provider, metadata: Metadata, secrets: Secrets) -> str:
    """Where the browser goes to sign in (Core, section 3.1.2.1)."""
    url: str = prepare_grant_uri(
        metadata.authorization_endpoint, provider.client_id, "code",
        redirect_uri=provider.redirect_uri, scope=list(provider.scopes), state=secrets.state,
        nonce=secrets.nonce, code_challenge=create_s256_code_challenge(secrets.verifier),
        code_challenge_method="S256", acr_values=" ".join(provider.acr_values) or None,
    )  # fmt: skip
    return url


def code_of(answer: Mapping[str, str], provider: Provider, metadata: Metadata) -> str:
    """The code of an authorization response whose state has been checked; else `Refusal`."""
    # RFC 9207, section 2.4: compared as strings, also on an error.
    named = answer.get("iss") if metadata.names_issuer else answer.get("iss", provider.issuer)
    if named != provider.issuer:
        raise Refusal(Reason.ANSWER_ISSUER)
    if "error" in answer:
        raise Refusal(Reason.ANSWER_DECLINED)
    code = answer.get("code", "")
    if not code or len(code) > _LONGEST_CODE or not (code.isascii() and code.isprintable()):
        raise Refusal(Reason.ANSWER_FORM)
    return code


async def tokens_for(
    fetcher: Fetcher, provider: Provider, metadata: Metadata, code: str, verifier: str
) -> Tokens:
    """Trade `code` for tokens (Core, section 3.1.3); `Refusal` if the provider does not give them."""
    body = prepare_token_request(
        "authorization_code", redirect_uri=provider.redirect_uri, code=code, code_verifier=verifier
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    client = _client(provider, metadata)
    _, headers, body = client.prepare("POST", metadata.token_endpoint, headers, body)
    status, answer = await fetcher.post(metadata.token_endpoint, headers, body)
    if status >= 500:
        raise Unavailable(f"The token endpoint of the identity provider answered {status}.")
    if status != 200:
        raise Refusal(Reason.CODE_REFUSED)
    id_token, access_token = answer.get("id_token"), answer.get("access_token", "")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise Refusal(Reason.CODE_REFUSED)
    return Tokens(id_token, access_token)


def _client(provider: Provider, metadata: Metadata) -> ClientAuth:
    """How the client proves itself (Core, section 9): by header if the provider takes that."""
    id, secret = provider.client_id, provider.client_secret
    if not secret:
        return ClientAuth(id, "", "none")
    if "client_secret_basic" in metadata.client_authentication:
        # RFC 6749, section 2.3.1: both are form-encoded first, which Authlib leaves to its caller.
        return ClientAuth(quote_plus(id), quote_plus(secret), "client_secret_basic")
    if "client_secret_post" in metadata.client_authentication:
        return ClientAuth(id, secret, "client_secret_post")
    raise Unavailable(
        "The identity provider takes neither client_secret_basic nor client_secret_post."
    )
