"""Why a sign-in is refused: a stable code for the event, and words for the person."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Goes into the details of `member:signin:refuse`."""

    ACCOUNT_LAST_ADMINISTRATOR = "account-last-administrator"
    ACCOUNT_NOT_ACTIVE = "account-not-active"
    ACCOUNT_NO_ROLE = "account-no-role"
    ACCOUNT_ROLES_CLASH = "account-roles-clash"
    ACCOUNT_UNKNOWN = "account-unknown"
    ACCOUNT_WEAK_SIGN_IN = "account-weak-sign-in"
    ANSWER_DECLINED = "answer-declined"
    ANSWER_FORM = "answer-form"
    ANSWER_ISSUER = "answer-issuer"
    ATTEMPT_OVER = "attempt-over"
    CODE_REFUSED = "code-refused"
    TOKEN_ACCESS_TOKEN_HASH = "token-at-hash"
    TOKEN_ALGORITHM = "token-algorithm"
    TOKEN_AUDIENCE = "token-audience"
    TOKEN_CODE_HASH = "token-c-hash"
    TOKEN_CRITICAL_HEADER = "token-critical-header"
    TOKEN_EXPIRED = "token-expired"
    TOKEN_FORM = "token-form"
    TOKEN_ISSUED_AT = "token-issued-at"
    TOKEN_ISSUER = "token-issuer"
    TOKEN_KEY = "token-key"
    TOKEN_KEY_IN_HEADER = "token-key-in-header"
    TOKEN_NONCE = "token-nonce"
    TOKEN_NOT_YET = "token-not-yet"
    TOKEN_PARTY = "token-party"
    TOKEN_SIGNATURE = "token-signature"
    TOKEN_SIZE = "token-size"
    TOKEN_SUBJECT = "token-subject"


_TOLD = {
    Reason.ACCOUNT_NO_ROLE: "Your account has no role here. Ask an administrator of your tenant.",
    Reason.ACCOUNT_NOT_ACTIVE: "Your membership here is not active. Ask an administrator of your tenant.",
    Reason.ACCOUNT_ROLES_CLASH: (
        "Your account has roles that may not be held together. Ask an administrator of your tenant."
    ),
    Reason.ACCOUNT_LAST_ADMINISTRATOR: (
        "The identity provider has withdrawn your role as administrator, and your tenant has no "
        "other. Make another member administrator first."
    ),
    Reason.ACCOUNT_UNKNOWN: "Your account is not known here. Ask an administrator of your tenant to add it.",
    Reason.ACCOUNT_WEAK_SIGN_IN: "This tenant asks for a stronger sign-in (a second factor) at the identity provider.",
    Reason.ANSWER_DECLINED: "The identity provider did not sign you in. Start again.",
    Reason.ATTEMPT_OVER: "This sign-in was begun in another browser, has been used or has expired. Start again.",
}


class Refusal(Exception):
    """A sign-in that stops here; `detail` is for the person, `reason` for the event."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    @property
    def detail(self) -> str:
        return _TOLD.get(self.reason) or (
            f"The identity provider's answer did not pass a check ({self.reason}). Start again; "
            "if it happens again, tell an administrator of your tenant."
        )
