"""Scores pairs of names with nomenklatura, for `engines.Peer`; run by an interpreter that has it.

Lines in: a JSON list of [schema, names, names]. Lines out: one when ready, then one for each line in.
Every entity has an id of its own: nomenklatura keeps what it made of an entity by its id.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from itertools import count
from pathlib import Path

_BEGAN = time.perf_counter()


def memory() -> float:
    """Peak resident, MB: not by getrusage, which begins with the peak of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    from followthemoney import EntityProxy
    from nomenklatura.matching import get_algorithm

    algorithm = get_algorithm("logic-v2")
    config = algorithm.default_config()
    ids = count()

    def entity(schema: str, names: list[str]) -> EntityProxy:
        kept = {"id": f"e{next(ids)}", "schema": schema, "properties": {"name": names}}
        return EntityProxy.from_dict(kept)

    algorithm.compare(entity("Person", ["Jon Smith"]), entity("Person", ["John Smith"]), config)
    ready = {"version": version("nomenklatura"), "rss_mb": memory()}
    times = {"first_s": time.perf_counter() - _BEGAN, "cpu_s": time.process_time()}
    print(json.dumps(ready | times), flush=True)
    pairs, seconds = 0, 0.0
    for line in sys.stdin:
        made = [(entity(s, left), entity(s, right)) for s, left, right in json.loads(line)]
        began = time.process_time()
        scores = [algorithm.compare(left, right, config).score for left, right in made]
        seconds += time.process_time() - began
        pairs += len(made)
        done = {"scores": scores, "rate": pairs / seconds if seconds else 0, "rss_mb": memory()}
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
