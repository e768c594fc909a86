"""Signing in with an institution's own OpenID provider (OpenID Connect Core 1.0, code flow).

Here: configuration of a tenant's providers, discovery, the authorization-code flow with PKCE,
verification of ID tokens, and which member a subject is. Not here: HTTP routes and cookies
(`web/oidc.py`), local accounts and what a session is (`kernel/identity.py`).
"""
