"""Requests as others see them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class RequestKind(StrEnum):
    ACCESS = "access"
    CORRECTION = "correction"


class RequestState(StrEnum):
    RECEIVED = "received"
    SEARCHING = "searching"
    REVIEWING = "reviewing"
    PACKAGED = "packaged"
    DELIVERED = "delivered"
    REFUSED = "refused"


ENDS: Final = frozenset({RequestState.DELIVERED, RequestState.REFUSED})
Identity = Literal["id-document", "in-person", "account-login", "known-contact", "representative"]
Language = Literal["en", "zh-Hant", "zh-Hans"]


class Request(BaseModel):
    """`days_left` counts in Hong Kong dates: 0 on the last day, negative once it is over."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    subject_id: UUID
    kind: RequestKind
    state: RequestState
    language: Language
    wording: str
    received_on: date
    due_on: date
    days_left: int | None
    identity_method: str | None
    identity_checked_by: UUID | None
    identity_checked_at: datetime | None
    fee_cents: int | None
    fee_paid_on: date | None
    extended_on: date | None
    extension_reason: str
    refusal_ground: str | None
    refusal_reason: str
    searched_at: datetime | None
    package_sha256: str | None
    package_bytes: int | None
    delivery_method: str | None
    closed_on: date | None


class Notice(BaseModel):
    """What a page shows of a request whose time runs out. `threshold`: 10, 5, 1, or -1 when over."""

    model_config = ConfigDict(frozen=True)
    request_id: UUID
    kind: RequestKind
    due_on: date
    days_left: int
    threshold: int
    extended: bool
