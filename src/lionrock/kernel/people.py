"""Members, their accounts and their personal fields, as the front doors use them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lionrock.kernel.accounts import Accounts
from lionrock.kernel.database import Database
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.members import Members
from lionrock.kernel.secrets import installation_secret
from lionrock.kernel.vault.service import Vault

SECRET = "accounts"
"""File, beside the database passwords, of the secret that keys e-mail hashes and device cookies.
Who loses it can find no member by address: members then sign in by link and are invited again."""


@dataclass(frozen=True, slots=True)
class People:
    fields: MemberFields
    members: Members
    accounts: Accounts

    @classmethod
    def open(cls, database: Database, vault: Vault, keys: Path) -> People:
        """`keys` is the installation's folder of secrets; the one for this is made at the first start."""
        fields = MemberFields(vault, bytes.fromhex(installation_secret(keys, SECRET)))
        return cls(fields, Members(database, fields), Accounts(database, fields))
