"""Every column that could hold what someone wrote is classified: a new one fails here until it is."""

from __future__ import annotations

import asyncpg

from lionrock.kernel.database import Database
from lionrock.kernel.migrate import SCHEMA
from tests.kernel.catalogue import PLATFORM_TABLES

COULD_HOLD_CONTENT = (
    "text",
    "bytea",
    "jsonb",
    "json",
    "ARRAY",
    "character varying",
    "USER-DEFINED",
)

SEALED = {
    "breach_entries": {"words"},
    "breaches": {"title", "what"},
    "classifiers": {"body", "weights"},
    "corrections": {"was", "became"},
    "document_members": {"path", "reason"},
    "document_notes": {"note"},
    "documents": {"name"},
    "gateway_exchanges": {"request", "answer"},
    "draft_template_versions": {"body"},
    "glossary_candidates": {"first_term", "second_term"},
    "glossary_entries": {"body"},
    "holds": {"name", "reason", "release_reason"},
    "member_proofs": {"totp", "totp_pending"},
    "members": {"name", "email"},
    "memory_units": {"body"},
    "oidc_providers": {"client_secret"},
    "pages": {"text", "layout"},
    "passages": {"number", "heading", "text"},
    "privacy_requests": {"wording", "extension_reason", "refusal_reason"},
    "read_pages": {"body"},
    "request_findings": {"excerpt", "review"},
    "runs": {"request", "result", "error"},
    "saved_searches": {"body"},
    "screening_alert_hits": {"evidence"},
    "screening_alert_steps": {"words"},
    "screening_alerts": {"name"},
    "screening_batch_chunks": {"body", "result"},
    "screening_clearances": {"note", "ended_note"},
    "screening_customers": {"body"},
    "screening_entries": {"body"},
    "screening_hits": {"body"},
    "screening_reports": {"content", "outcome_words"},
    "screening_staged": {"body"},
    "screenings": {"content"},
    "sentences": {"lead"},
    "subject_identifiers": {"value"},
    "translation_segments": {"body"},
    "translations": {"body"},
    "version_provisions": {"body"},
    "versions": {"name", "title", "error"},
}
"""Bytes that `kernel/vault` made. `tests/documents/test_at_rest.py` looks at them."""

METADATA = {
    "audit_cosignatures": {"witness", "checkpoint"},  # hashes and signatures of the log
    "audit_keys": {"public", "succession"},
    "audit_logs": {"origin", "root", "checkpoint"},
    "audit_platform": {"broken", "checkpoint", "origin", "root"},
    "audit_platform_entries": {"entry"},
    "audit_witnesses": {"name", "vkey"},
    "breach_entries": {"kind", "whom"},  # whom: which authority or group was told
    "breaches": {"state", "categories", "risk"},
    "classifiers": {"sha256"},  # of the weights
    "collections": {"name", "retention_class", "purposes", "access_members", "access_roles"},
    "corrections": {"kind", "field"},
    "credentials": {"hash", "kind", "purpose", "name", "prefix", "scopes", "addresses", "ended_why"},
    "erasures": {"reason", "targets", "content", "content_hash", "state", "certificate"},  # ids
    "event_keys": {"key"},  # of pseudonyms in the log
    "event_payloads": {"salt", "payload"},  # scalars, checked when written
    "events": {"event", "actor_kind", "actor", "subject", "commitment"},
    "gateway_budgets": {"kind", "period", "currency"},
    "gateway_exchanges": {"endpoint", "model", "outcome", "key_period"},
    "gateway_limits": {"kind", "models"},
    "gateway_policies": {"guards", "retention"},  # words of our own
    "gateway_usage": {
        "engine", "model", "model_sha256", "retention", "currency", "limits", "budgets", "periods",
        "outcome",
    },
    "glossary_candidates": {"state"},
    "hold_targets": {"kind"},
    "member_proofs": {"password"},  # Argon2id
    "members": {"roles", "email_hash", "state"},  # the hash is keyed
    "memory_units": {"source_language", "into_language", "fingerprint"},  # the hash is keyed
    "oidc_attempts": {"cookie_hash", "next"},
    "oidc_providers": {
        "name", "issuer", "client_id", "redirect_uri", "scopes", "algorithms", "role_claim",
        "role_map", "acr_values", "amr_values", "provision_roles",
    },
    "oidc_subjects": {"issuer", "subject_hash"},
    "passages": {"kind", "language", "slices"},  # slices: page numbers and offsets
    "privacy_requests": {
        "kind", "state", "language", "identity_method", "refusal_ground", "package_sha256",
        "delivery_method",
    },
    "proposals": {"action", "content_hash", "state"},
    "purposes": {"code", "title_en", "title_zh", "basis"},  # the tenant's own rules
    "recovery_codes": {"hash"},
    "replayed_erasures": {"kind"},
    "request_findings": {"source", "boxes", "form", "decision", "exemption"},  # boxes: places
    "retention_classes": {"code", "title_en", "title_zh", "source", "starts"},
    "retention_starts": {"kind", "starts"},
    "runs": {"capability", "risk", "rule", "purpose", "state", "key_period"},
    "saved_searches": {"purpose"},  # a code
    "screening_alert_hits": {"entry_digest", "subject_digest", "gone_why"},  # digests are keyed
    "screening_alert_policies": {"settings"},  # days, holidays, the institution's name
    "screening_alert_steps": {"kind", "disposition", "reason"},  # codes
    "screening_alerts": {"subject_kind", "state", "evidence", "disposition", "reason"},  # keyed
    "screening_batches": {"state", "sha256", "settings", "engine"},  # settings: versions, thresholds
    "screening_clearances": {"entry_digest", "subject_digest", "reason", "ended_why"},  # keyed
    "screening_counters": {"engine"},
    "screening_customers": {"reference_hash", "type", "digest"},  # the hash and digest are keyed
    "screening_entries": {"digest"},  # keyed
    "screening_hits": {"customer_digest", "entry_digest", "engine"},  # keyed
    "screening_lists": {"name", "kind", "type_thresholds"},
    "screening_reports": {"outcome"},
    "screening_staged": {"digest"},  # keyed
    "screening_versions": {"state", "sha256", "published", "reason"},  # reason: in our words
    "screenings": {"kind", "settings", "engine", "commitment"},  # the commitment is salted
    "shares": {"kind"},
    "sign_in_attempts": {"bucket"},  # a keyed hash
    "subject_identifiers": {"kind", "hash"},  # the hash is keyed
    "tenants": {"name"},  # the institution's
    "translations": {"source_language", "into_language"},
    "usage": {"model", "outcome"},
    "vault_tenants": {"key_id"},
    "vault_tombstones": {"kind", "name"},  # name: an id, see scopes.Scope
    "version_names": {"hash"},  # keyed
    "versions": {"sha256", "media_type", "language", "state", "work"},  # work: a keyed hash
}  # fmt: skip
"""What says how, when and by which rule, and never in anyone's own words."""

IN_THE_CLEAR = {
    "sentences": {"embedding"},  # derived from content, and searched by the database
    "shares": {"reason"},  # in someone's own words: to be sealed by whoever builds on shares
}
"""Not sealed, though they say something of content: docs/encryption.md says so."""


async def columns(admin: asyncpg.Connection) -> dict[str, set[str]]:
    rows = await admin.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = $1 AND data_type = ANY($2) AND table_name <> ALL($3)",
        *(SCHEMA, COULD_HOLD_CONTENT, sorted(PLATFORM_TABLES)),
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["table_name"], set()).add(row["column_name"])
    return found


async def test_every_column_that_could_hold_content_is_classified(
    postgres: str, database: Database
) -> None:
    admin = await asyncpg.connect(postgres)
    try:
        found = await columns(admin)
    finally:
        await admin.close()
    for table, names in sorted(found.items()):
        known = [kind.get(table, set()) for kind in (SEALED, METADATA, IN_THE_CLEAR)]
        assert names == set.union(*known), f"{table}: seal it, or say here that it is metadata"
        assert sum(map(len, known)) == len(names), f"{table}: a column has two classes"


async def test_every_sealed_column_is_of_bytes(postgres: str, database: Database) -> None:
    admin = await asyncpg.connect(postgres)
    try:
        rows = await admin.fetch(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = $1",
            SCHEMA,
        )
    finally:
        await admin.close()
    types = {(r["table_name"], r["column_name"]): r["data_type"] for r in rows}
    assert {types[t, c] for t, names in SEALED.items() for c in names} == {"bytea"}
    assert not [c for _, c in types if c.startswith("plain_")], "nothing is left of the upgrade"
