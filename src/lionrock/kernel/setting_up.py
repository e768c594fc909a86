"""The database of an installation, out of its settings."""

from __future__ import annotations

from contextlib import AsyncExitStack

from lionrock.kernel.database import Database
from lionrock.kernel.migrate import OWNER, RUNTIME, prepare
from lionrock.kernel.postgres import EmbeddedPostgres
from lionrock.kernel.secrets import installation_secret
from lionrock.settings import Settings


async def open_database(stack: AsyncExitStack, settings: Settings) -> tuple[Database, str]:
    """The database as the runtime role, and the URL by which the schema's owner reaches it."""
    keys = settings.home / "keys"
    passwords = {role: installation_secret(keys, role) for role in (OWNER, RUNTIME)}
    if settings.database_url:
        admin = settings.database_url.get_secret_value()
    else:
        server = EmbeddedPostgres(
            settings.home / "postgres", installation_secret(keys, "lionrock_admin")
        )
        # In this thread, not another: the server is told to go when the thread that made it goes.
        admin = server.start()
        stack.callback(server.stop)
    await prepare(admin, passwords[OWNER], passwords[RUNTIME])
    database = await Database.open(as_role(admin, RUNTIME, passwords[RUNTIME]))
    stack.push_async_callback(database.close)
    return database, as_role(admin, OWNER, passwords[OWNER])


def as_role(url: str, role: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{role}:{password}@{rest.rpartition('@')[2]}"
