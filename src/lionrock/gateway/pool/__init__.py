"""The engines and the line before them: declared in a file, watched, shared fairly between tenants.

`declaring` reads the file, `fair_queue`, `circuit`, `rates` and `lanes` decide (pure), `dispatcher`
gives places, `connections` and `health` speak to engines, `pool` is what the rest of the gateway uses.
No prompt is read here.
"""

from lionrock.gateway.pool.circuit import CircuitState
from lionrock.gateway.pool.declaring import read_engines
from lionrock.gateway.pool.engines import Engine, Offer, Trust, Worst, embedded
from lionrock.gateway.pool.lanes import LaneState
from lionrock.gateway.pool.leases import Lease, Upstream
from lionrock.gateway.pool.pool import Pool

__all__ = [
    "CircuitState", "Engine", "LaneState", "Lease", "Offer", "Pool", "Trust", "Upstream", "Worst",
    "embedded", "read_engines",
]  # fmt: skip
