"""A real OpenID provider in a process of its own: idpyoidc's, behind the standard library's server.

`python -m tests.kernel.oidc.real_provider HOST REDIRECT_URI ALGORITHM` listens on a free port of
127.0.0.1, calls itself by HOST and prints the port. It asks for a password, requires PKCE (S256) and
client authentication, and signs ID tokens with ALGORITHM (RS256 or ES256). Nothing of it is
Lionrock's or Authlib's.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptojwt.key_jar import build_keyjar
from idpyoidc.message.oidc import AccessTokenRequest, AuthorizationRequest
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.exception import FailedAuthentication
from idpyoidc.server.user_authn.user import UserPass, create_signed_jwt

CLIENT, SECRET = "lionrock", "a-secret-of-forty-characters-0123456789-x"
USERS = {
    "may": {"password": "correct horse", "name": "陳美 May Chan", "groups": ["aml", "staff"]},
    "ken": {"password": "battery staple", "name": "Ken Ho", "groups": ["canteen"]},
}
ACR = "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocolPassword"
_ENDPOINTS = {
    "provider_config": ".well-known/openid-configuration",
    "authorization": "authorization",
    "token": "token",
}


class Passwords(dict[str, str]):
    def __init__(self) -> None:
        super().__init__({name: str(user["password"]) for name, user in USERS.items()})


class Form(UserPass):
    """Asks for name and password. The request travels in a signed hidden field."""

    def __call__(self, **kwargs: Any) -> str:
        context = self.upstream_get("context")
        token = create_signed_jwt(
            context.issuer, self.upstream_get("attribute", "keyjar"), **kwargs
        )
        return (
            "<!doctype html><form method=post action=/verify><input name=username>"
            f"<input name=password type=password><input type=hidden name=token value={token}>"
            "<button>Go</button></form>"
        )


def configuration(issuer: str) -> dict[str, Any]:
    package = "idpyoidc.server"
    classes = {
        "provider_config": (f"{package}.oidc.provider_config.ProviderConfiguration", {}),
        "authorization": (
            f"{package}.oidc.authorization.Authorization",
            {"response_types_supported": ["code"], "response_modes_supported": ["query"]},
        ),
        "token": (
            f"{package}.oidc.token.Token",
            {"client_authn_method": ["client_secret_post", "client_secret_basic"]},
        ),
    }
    jwt_token = {"class": f"{package}.token.jwt_token.JWTToken", "kwargs": {"lifetime": 600}}
    secret = {"type": "OCT", "use": ["enc"], "kid": "code"}
    return {
        "issuer": issuer,
        "httpc_params": {"verify": True, "timeout": 4},
        "endpoint": {
            name: {"path": path, "class": classes[name][0], "kwargs": classes[name][1]}
            for name, path in _ENDPOINTS.items()
        },
        "token_handler_args": {
            "key_conf": {"key_defs": [secret]},
            "code": {"kwargs": {"lifetime": 60}},
            "token": jwt_token,
            "id_token": {
                "class": f"{package}.token.id_token.IDToken",
                "kwargs": {
                    "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                    "base_claims": {"name": None, "groups": None},
                },
            },
        },
        "authentication": {
            "user": {
                "acr": ACR,
                "class": f"{Form.__module__}.Form",
                "kwargs": {"db_conf": {"class": f"{Form.__module__}.Passwords", "kwargs": {}}},
            }
        },
        "userinfo": {"class": f"{package}.user_info.UserInfo", "kwargs": {"db": USERS}},
        "scopes_to_claims": {"openid": ["sub"], "profile": ["name"], "groups": ["groups"]},
        "add_on": {
            "pkce": {
                "function": f"{package}.oauth2.add_on.pkce.add_support",
                "kwargs": {"essential": True, "code_challenge_methods": {"S256": None}},
            }
        },
    }


def provider(issuer: str, redirect_uri: str, algorithm: str) -> Server:
    keys = build_keyjar(
        [
            {"type": "RSA", "size": 2048, "use": ["sig"]},
            {"type": "EC", "crv": "P-256", "use": ["sig"]},
        ],
        issuer_id=issuer,
    )
    keys.import_jwks(keys.export_jwks(private=True, issuer_id=issuer), "")
    server = Server(OPConfiguration(configuration(issuer), base_path="/nonexistent"), keyjar=keys)
    server.context.cdb[CLIENT] = {
        "client_secret": SECRET,
        "redirect_uris": [(redirect_uri, None)],
        "response_types_supported": ["code"],
        "id_token_signed_response_alg": algorithm,
        "allowed_scopes": ["openid", "profile", "groups"],
        "add_claims": {"always": {"id_token": ["name", "groups"]}},
    }
    server.keyjar.add_symmetric(CLIENT, SECRET)
    server.context.provider_info["jwks_uri"] = f"{issuer}/jwks"
    server.context.provider_info.pop("jwks", None)
    return server


class Handler(BaseHTTPRequestHandler):
    provider: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        if url.path == "/jwks":
            keys = self.provider.keyjar.export_jwks(issuer_id=self.provider.issuer)
            return self._send(200, json.dumps(keys), "application/json")
        return self._endpoint(url.path, query)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        form = dict(parse_qsl(body))
        if self.path == "/verify":
            return self._verify(form)
        return self._endpoint(self.path, form)

    def _verify(self, form: dict[str, str]) -> None:
        method = self.provider.context.authn_broker.get_method_by_id("user")
        try:
            user = method.verify(username=form["username"], password=form["password"])
        except FailedAuthentication:
            return self._send(403, "Wrong name or password")
        asked = method.unpack_token(form["token"])
        request = AuthorizationRequest().from_urlencoded(asked["query"])
        endpoint = self.provider.get_endpoint("authorization")
        session = endpoint.create_session(
            request, user, asked["authn_class_ref"], asked["iat"], method
        )
        return self._answer(endpoint, request, endpoint.authz_part2(request, session))

    def _endpoint(self, path: str, sent: dict[str, str]) -> None:
        names = [name for name, known in _ENDPOINTS.items() if f"/{known}" == path]
        if not names:
            return self._send(404, "not here")
        endpoint = self.provider.get_endpoint(names[0])
        headers = {k.lower(): v for k, v in self.headers.items()}
        about = {"headers": headers, "method": self.command, "url": self.path, "cookie": []}
        try:
            request = endpoint.parse_request(sent, http_info=about)
            if "error" in request:
                return self._send(400, request.to_json(), "application/json")
            if names[0] == "token":
                request = AccessTokenRequest(**request)
            answer = endpoint.process_request(request, http_info=about)
        except Exception as error:
            logging.exception("refused")
            told = {"error": "invalid_request", "error_description": str(error)}
            return self._send(400, json.dumps(told), "application/json")
        if "http_response" in answer:
            return self._send(200, answer["http_response"])
        return self._answer(endpoint, request, answer)

    def _answer(self, endpoint: Any, request: Any, answer: dict[str, Any]) -> None:
        if "error" in answer:
            return self._send(400, json.dumps({"error": answer["error"]}), "application/json")
        made = endpoint.do_response(request=request, **answer)
        if made.get("response_placement", endpoint.response_placement) == "url":
            self.send_response(303)
            self.send_header("Location", made["response"])
            self.end_headers()
            return None
        return self._send(200, made["response"], "application/json")

    def _send(self, status: int, text: str, kind: str = "text/html; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def main(host: str, redirect_uri: str, algorithm: str) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    Handler.provider = provider(f"http://{host}:{port}", redirect_uri, algorithm)
    print(port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
