"""One call from admission to settlement: the way of outside clients and of the product's own calls.

`asked` checks a request and makes it ready for an engine, `relaying` sends it and passes the answer
on, `meter` counts, `service` holds them together.
"""

from lionrock.gateway.calls.salts import Salts
from lionrock.gateway.calls.service import Call, Calls

__all__ = ["Call", "Calls", "Salts"]
