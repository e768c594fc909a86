"""A real Ray cluster of two workers on this machine. Only where Ray is installed (`lionrock[ray]`)."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lionrock.kernel.egress import Egress
from lionrock.screening.registry.screens import searched
from lionrock.screening.scale.cluster import Cluster
from tests.screening.scale.names import index_in, people

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason="SCREENING ON A RAY CLUSTER IS NOT TESTED HERE: pip install 'ray[client]'",
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of the cluster's client server."""
    with socket.socket() as one, socket.socket() as two:
        for free in (one, two):
            free.bind(("127.0.0.1", 0))
        head, client = one.getsockname()[1], two.getsockname()[1]
    place = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # short: sockets' paths are
    environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "TMPDIR": place}
    ray = (sys.executable, "-m", "ray.scripts.scripts")
    begin = (
        "start", "--head", "--block", "--num-cpus=2", "--include-dashboard=false",
        f"--port={head}", f"--ray-client-server-port={client}", f"--temp-dir={place}",
        "--object-store-memory=100000000",
    )  # fmt: skip
    cluster = subprocess.Popen([*ray, *begin], env=environment)
    try:
        yield client
    finally:
        cluster.terminate()
        cluster.wait(60)
        shutil.rmtree(place, ignore_errors=True)


async def test_a_ray_cluster_finds_what_this_process_finds(port: int, tmp_path: Path) -> None:
    folder = tmp_path / "indexes" / "screening" / "one"
    folder.parent.mkdir(parents=True)
    index, asked = index_in(folder), people(60, 2)
    cluster = Cluster.at(f"127.0.0.1:{port}", tmp_path, Egress())
    try:
        assert await cluster.width() == 2
        for threshold in (0.3, 0.6):
            found = await cluster.likely(index, folder, asked, threshold)
            assert found == searched(index, asked, threshold) and any(found)
            assert cluster.pid is not None, "it was the cluster that answered"
    finally:
        await cluster.close()
