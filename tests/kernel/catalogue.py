"""The catalogue lint: what is wrong with a schema, read from PostgreSQL's own catalogue.

A table that breaks the rules of tenancy is named with the rule. `test_schema.py` runs it on the
product's schema, and on tables made wrong on purpose.
"""

from __future__ import annotations

from typing import Final

import asyncpg

from lionrock.kernel.migrate import OWNER, RUNTIME, SCHEMA

PLATFORM_TABLES: Final = {
    "audit_keys": "public halves of the keys that sign the audit logs",
    "audit_platform": "the platform log's name and signed head, and whether the logs verify",
    "audit_platform_entries": "signed heads of the tenants' logs: random names, sizes, hashes",
    "gateway_drains": "which engines are drained, and since when",
    "gateway_instances": "which processes write to the ledger, and when each was last heard of",
    "migrations": "which migrations ran",
    "tenant_directory": "which tenants there are, ids only, for workers to visit in turn",
    "tenant_proof": "the key that tenant proofs are checked with; no grant to anyone",
}
"""Tables without tenant data, each with what it holds. Every other table is a tenant's."""

POLICY: Final = "(tenant_id = ( SELECT lionrock.current_tenant() AS current_tenant))"
"""Once a statement: without the SELECT the proof would be checked for every row."""

_TABLES: Final = f"""
WITH t AS (
    SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.reloptions
    FROM pg_class c WHERE c.relnamespace = '{SCHEMA}'::regnamespace
), tenants AS (
    SELECT * FROM t WHERE relkind IN ('r', 'p') AND relname <> ALL($1)
), keys AS (
    SELECT t.relname, k.conname, k.contype,
           (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]) AS first,
           (SELECT attname FROM pg_attribute WHERE attrelid = k.confrelid AND attnum = k.confkey[1]) AS target
    FROM tenants t JOIN pg_constraint k ON k.conrelid = t.oid WHERE k.contype IN ('p', 'u', 'f', 'x')
), policies AS (
    SELECT t.relname, p.polname, p.polpermissive, p.polcmd, p.polroles,
           pg_get_expr(p.polqual, t.oid) AS read, pg_get_expr(p.polwithcheck, t.oid) AS written
    FROM tenants t JOIN pg_policy p ON p.polrelid = t.oid
)
SELECT relname || ': no column tenant_id uuid NOT NULL' FROM tenants t WHERE NOT EXISTS
    (SELECT FROM pg_attribute WHERE attrelid = t.oid AND attname = 'tenant_id' AND attnotnull
     AND atttypid = 'uuid'::regtype)
UNION ALL SELECT relname || ': row-level security is not enabled' FROM tenants WHERE NOT relrowsecurity
UNION ALL SELECT relname || ': row-level security is not FORCEd' FROM tenants WHERE NOT relforcerowsecurity
UNION ALL SELECT relname || ': is not owned by {OWNER}' FROM t
    WHERE relkind IN ('r', 'p', 'v') AND relowner <> '{OWNER}'::regrole
UNION ALL SELECT relname || ': no policy for every command and role' FROM tenants t WHERE NOT EXISTS
    (SELECT FROM policies p WHERE p.relname = t.relname AND polpermissive AND polcmd = '*' AND polroles = '{{0}}')
UNION ALL SELECT relname || ': policy ' || polname || ' lets more through than the tenant' FROM policies
    WHERE polpermissive AND (read IS DISTINCT FROM $2 OR written IS DISTINCT FROM $2)
UNION ALL SELECT relname || ': no primary key' FROM tenants t
    WHERE NOT EXISTS (SELECT FROM keys k WHERE k.relname = t.relname AND contype = 'p')
UNION ALL SELECT relname || ': key ' || conname || ' does not start with tenant_id' FROM keys
    WHERE first <> 'tenant_id' OR (contype = 'f' AND target <> 'tenant_id')
UNION ALL SELECT t.relname || ': index ' || i.indexrelid::regclass || ' does not start with tenant_id'
    FROM tenants t JOIN pg_index i ON i.indrelid = t.oid
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    WHERE a.attname IS DISTINCT FROM 'tenant_id'
UNION ALL SELECT relname || ': a materialised view holds rows without policies' FROM t WHERE relkind = 'm'
UNION ALL SELECT relname || ': a foreign table has no policies' FROM t WHERE relkind = 'f'
UNION ALL SELECT relname || ': a sequence tells how much others write' FROM t WHERE relkind = 'S'
UNION ALL SELECT relname || ': a view without security_invoker reads as its owner' FROM t
    WHERE relkind = 'v' AND NOT coalesce(reloptions && '{{security_invoker=true,security_invoker=on}}', false)
UNION ALL SELECT t.relname || ': rule ' || r.rulename || ' rewrites statements'
    FROM t JOIN pg_rewrite r ON r.ev_class = t.oid WHERE t.relkind IN ('r', 'p')
"""

_GRANTS: Final = f"""
SELECT c.relname || ': ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END
       || ' holds ' || g.privilege_type
FROM pg_class c, aclexplode(c.relacl) g
WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND g.grantee <> c.relowner
  AND (g.grantee <> '{RUNTIME}'::regrole OR g.is_grantable
       OR g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
       OR c.relname IN ('migrations', 'tenant_proof')
       OR (c.relname = 'events' AND g.privilege_type NOT IN ('SELECT', 'INSERT')))
UNION ALL SELECT '{SCHEMA}: ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END
       || ' may create in the schema'
FROM pg_namespace n, aclexplode(n.nspacl) g
WHERE n.nspname = '{SCHEMA}' AND g.privilege_type = 'CREATE' AND g.grantee <> n.nspowner
"""

_COLUMN_GRANTS: Final = f"""
SELECT c.relname || ': column ' || a.attname || ' may be rewritten'
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND g.grantee <> c.relowner
  AND (c.relname IN ('migrations', 'tenant_proof') OR g.grantee <> '{RUNTIME}'::regrole
       OR (c.relname = 'events' AND a.attname <> 'position'))
"""

_FUNCTIONS: Final = f"""
SELECT p.proname || ': SECURITY DEFINER without a search_path of its own, pg_catalog first, pg_temp last'
FROM pg_proc p WHERE p.pronamespace = '{SCHEMA}'::regnamespace AND p.prosecdef AND NOT EXISTS (
    SELECT FROM unnest(p.proconfig) s
    WHERE s ~ '^search_path=pg_catalog(, {SCHEMA})?, pg_temp$' OR s = 'search_path=""')
UNION ALL SELECT p.proname || ': set for another role than {OWNER}'
FROM pg_proc p WHERE p.pronamespace = '{SCHEMA}'::regnamespace AND p.proowner <> '{OWNER}'::regrole
"""

_ROLES: Final = f"""
SELECT rolname || ': is more than an ordinary role' FROM pg_roles
WHERE rolname IN ('{OWNER}', '{RUNTIME}')
  AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
UNION ALL SELECT '{RUNTIME}: may become ' || rolname FROM pg_roles
WHERE rolname <> '{RUNTIME}' AND pg_has_role('{RUNTIME}', oid, 'MEMBER')
UNION ALL SELECT relname || ': is outside the schema {SCHEMA}' FROM pg_class
WHERE relowner IN ('{OWNER}'::regrole, '{RUNTIME}'::regrole) AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND relpersistence <> 't' AND relnamespace NOT IN ('{SCHEMA}'::regnamespace, 'pg_toast'::regnamespace)
"""


async def faults(db: asyncpg.Connection) -> list[str]:
    """Every broken rule, as `name: what is wrong`, sorted."""
    # Expressions are printed with the schema of what they name.
    await db.execute("SET search_path = pg_catalog")
    found = await db.fetch(_TABLES, sorted(PLATFORM_TABLES), POLICY)
    for query in (_GRANTS, _COLUMN_GRANTS, _FUNCTIONS, _ROLES):
        found += await db.fetch(query)
    return sorted(row[0] for row in found)
