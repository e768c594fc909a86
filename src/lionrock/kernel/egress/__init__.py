"""Which hosts this installation may connect to, and the guard that makes sure.

`policy` holds the list and answers, `guard` asks it at the socket, `journal` and `recorder` bring what
was refused and where connections went into the audit log. Nothing here opens a connection.
"""

from lionrock.kernel.egress.guard import guarded, guarding
from lionrock.kernel.egress.journal import acting_for
from lionrock.kernel.egress.policy import Egress, Gate
from lionrock.kernel.egress.urls import Url, parse_host, parse_url

__all__ = [
    "Egress", "Gate", "Url", "acting_for", "guarded", "guarding", "parse_host", "parse_url",
]  # fmt: skip
