"""What a person is known by: kinds of identifiers, and the one form in which each is kept and hashed."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import InvalidInput
from lionrock.kernel import hkid
from lionrock.kernel.privacy.folding import fold


class IdentifierKind(StrEnum):
    ACCOUNT = "account"
    """Number of an account, policy or card."""
    CUSTOMER = "customer"
    """What the institution's own systems call the person."""
    EMAIL = "email"
    HKID = "hkid"
    """Hong Kong identity card number, with its check digit."""
    NAME = "name"
    OTHER = "other"
    PASSPORT = "passport"
    PHONE = "phone"


class Identifier(BaseModel):
    model_config = ConfigDict(frozen=True)
    kind: IdentifierKind
    value: str = Field(min_length=1, max_length=200)


_LEAST = 4
"""Characters below which a number would be found everywhere."""


def canonical(identifier: Identifier) -> str:
    """The form two writings of one identifier share. `InvalidInput` for what cannot be one."""
    plain = unicodedata.normalize("NFKC", identifier.value).strip()
    if not plain or not plain.isprintable():
        raise InvalidInput("An identifier is one line of characters that can be seen.")
    if identifier.kind is IdentifierKind.NAME:
        return " ".join(sorted(fold(plain).text.replace(",", " ").replace("-", " ").split()))
    if identifier.kind is IdentifierKind.EMAIL:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", plain):
            raise InvalidInput("This is not an e-mail address.")
        return plain.casefold()
    packed = re.sub(r"[^0-9A-Za-z\u3400-\u9fff]", "", plain).upper()
    if identifier.kind is IdentifierKind.HKID:
        return _checked_hkid(packed)
    if identifier.kind is IdentifierKind.PHONE:
        digits = re.sub(r"\D", "", plain)
        packed = digits[3:] if len(digits) == 11 and digits.startswith("852") else digits
    if len(packed) < _LEAST:
        raise InvalidInput(f"An identifier of this kind has at least {_LEAST} letters or digits.")
    return packed


def _checked_hkid(packed: str) -> str:
    if not hkid.normalised(packed):
        raise InvalidInput(
            "This is not a Hong Kong identity card number: one or two letters, six digits and the "
            "check digit that belongs to them, as A123456(3)."
        )
    return packed
