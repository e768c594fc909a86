"""What Lionrock tells of its own work: counts and times (`measures`), and traces (`spans`).

Neither holds content or identity: no tenant, member, key, address, id of a call, or word of a request.
Nothing here is sent anywhere but to the collector that a setting names (`collector`).
"""

from lionrock.kernel.telemetry.service import Telemetry, attach, traced

__all__ = ["Telemetry", "attach", "traced"]
