"""Everything that can go wrong, in one tree. A message says what, with what, and what to do.

LionrockError
├── InvalidInput            the call was wrong: a field, a file, a name            (exit 2, HTTP 422)
│   └── UnreadableDocument  a file that cannot be taken in, with the reason        (exit 1, HTTP 422)
├── NotFound                no such thing, or not yours: the two are never told apart (HTTP 404)
│   └── Erased              it was erased: its key has been destroyed               (HTTP 404)
├── Unauthenticated         no valid session or key                                (HTTP 401)
├── Forbidden               the actor may not do this; says which rule spoke       (HTTP 403)
│   └── PersonalDataRefused personal data that a tenant keeps from engines outside  (HTTP 403)
├── Conflict                the thing is in a state that does not allow it         (HTTP 409)
├── TooLarge                more than the limit; says the limit                    (HTTP 413)
├── TooManyAttempts         sign-in failed too often; says how long to wait        (HTTP 429)
├── RateLimited             more calls or tokens than a limit allows; says whose   (HTTP 429)
├── BudgetExceeded          more than is left of a budget; says whose              (HTTP 402)
├── EgressRefused           a socket to a host that is not on the egress list      (HTTP 403)
├── Unavailable             a part that is needed is not there; says which         (HTTP 503)
│   ├── EngineUnavailable   no model engine answers
│   │   └── EngineBusy      every place is taken; says when to come again
│   ├── DatabaseUnavailable no database answers, or it is not fit for use
│   ├── LedgerUnavailable   usage cannot be put on record, so no call is let through
│   ├── PolicyUnavailable   a tenant's policy cannot be read, so no call is let through
│   ├── VaultClosed         the key source or a tenant's key cannot be had: nothing is sealed or opened
│   ├── ModelNotPulled      the weights are not on this machine
│   └── ReadOnly            the audit log does not verify: nothing may be changed
├── NotVerified             evidence that does not hold: a proof, checkpoint, export (HTTP 422)
├── ModelPullFailed         weights could not be fetched or did not verify         (HTTP 502)
├── SealBroken              stored content does not open: changed, moved, or its key lost (HTTP 500)
└── EngineRefused           the engine refused a request: too long, bad schema …   (HTTP 502)
    ├── RequestRefused      … and the request is what has to change               (HTTP 400)
    └── FormBroken          it began an answer that does not keep to the form asked for
"""

from __future__ import annotations

from typing import ClassVar


class LionrockError(Exception):
    """Root of the tree. `detail` is shown to the user: it never holds document content."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    title: ClassVar[str] = "Something went wrong"
    limit: str = ""
    """Of the gateway's refusals: the kind of limit that spoke, a word of the program's."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @classmethod
    def code(cls) -> str:
        """The stable, machine-readable name: `UnreadableDocument` → `unreadable-document`."""
        name = cls.__name__
        return "".join(
            f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name)
        )


class InvalidInput(LionrockError):
    status, exit_code, title = 422, 2, "The request is not valid"


class UnreadableDocument(InvalidInput):
    status, exit_code, title = 422, 1, "The document cannot be read"


class NotFound(LionrockError):
    status, title = 404, "Not found"


class Erased(NotFound):
    title = "Erased"


class Unauthenticated(LionrockError):
    status, title = 401, "Sign in first"


class Forbidden(LionrockError):
    status, title = 403, "Not allowed"


class PersonalDataRefused(Forbidden):
    title = "Personal data may not leave"


class Conflict(LionrockError):
    status, title = 409, "Not possible in the present state"


class TooLarge(LionrockError):
    status, title = 413, "Too large"


class TooManyAttempts(LionrockError):
    status, title = 429, "Too many attempts"


class RateLimited(LionrockError):
    """`retry_after`: seconds; None where waiting does not help."""

    status, title = 429, "More than a limit allows"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class BudgetExceeded(LionrockError):
    """`retry_after`: seconds; None where waiting does not help."""

    status, title = 402, "The budget does not allow it"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class EgressRefused(LionrockError):
    status, title = 403, "Connection refused by the egress list"


class Unavailable(LionrockError):
    status, title = 503, "Not available now"


class EngineUnavailable(Unavailable):
    """`retry_after`: whole seconds, where it can be told."""

    title = "No model engine answers"

    def __init__(self, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class EngineBusy(EngineUnavailable):
    title = "Every engine is busy"


class DatabaseUnavailable(Unavailable):
    title = "The database is not available"


class LedgerUnavailable(Unavailable):
    """`retry_after`: seconds."""

    title = "The ledger does not answer"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class PolicyUnavailable(Unavailable):
    """`retry_after`: seconds."""

    title = "The policy cannot be read"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class VaultClosed(Unavailable):
    title = "The key vault is closed"


class ModelNotPulled(Unavailable):
    title = "The model is not on this machine"


class ReadOnly(Unavailable):
    title = "Read-only: the audit log does not verify"


class NotVerified(LionrockError):
    status, title = 422, "The evidence does not verify"


class ModelPullFailed(LionrockError):
    status, title = 502, "The model could not be pulled"


class SealBroken(LionrockError):
    title = "Stored content does not open"


class EngineRefused(LionrockError):
    status, title = 502, "The engine refused the request"


class RequestRefused(EngineRefused):
    status = 400


class FormBroken(EngineRefused):
    title = "The answer does not keep to its form"
