"""The product where the only network is loopback: everything works, and nothing asks for more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from lionrock.kernel.confinement import available

POLICY = """# Record keeping

The bank keeps complaint files for six years after the complaint is closed.
"""

ALONE = """
import ctypes, fcntl, json, os, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
user, group = os.geteuid(), os.getegid()
if libc.unshare(0x40000000):
    if libc.unshare(0x50000000):
        sys.exit(77)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
with open("/proc/net/dev") as file:
    assert [line.split(":")[0].strip() for line in file.readlines()[2:]] == ["lo"]

from lionrock.cli.main import run
for arguments in json.loads(sys.argv[1]):
    print(f"== {arguments[0]}", flush=True)
    status = run(arguments)
    assert status == 0, (arguments, status)
"""


def alone(home: Path, commands: list[list[str]]) -> dict[str, str]:
    """What each command printed, run in a network namespace with loopback only."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")},
        "LIONROCK_HOME": str(home),
        "LIONROCK_MODEL": "none",
    }
    done = subprocess.run(
        [sys.executable, "-c", ALONE, json.dumps(commands)],
        env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    parts = done.stdout.split("== ")[1:]
    return {name: text for name, _, text in (part.partition("\n") for part in parts)}


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="lionrock-alone-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder)


def test_the_product_works_with_loopback_as_its_only_network(
    home: Path, tmp_path: Path, embedding_weights: Path
) -> None:
    if not available().namespace:
        pytest.skip("this system gives no network namespace: run as root or allow user namespaces")
    policy = tmp_path / "policy.md"
    policy.write_text(POLICY)
    told = alone(
        home,
        [
            ["add", "--json", str(policy)],
            ["ask", "--json", "How long does the bank keep complaint files?"],
            ["doctor", "--residency", "--json"],
        ],
    )
    answer = json.loads(told["ask"])
    assert any("six years" in citation["quote"] for citation in answer["citations"])
    residency = json.loads(told["doctor"])
    assert residency["guard"] == "on"
    assert residency["listed"] == []
    assert residency["children_here"] != "none"
    assert {p["where"] for p in residency["parts"] if p["part"] == "database"} == {"this machine"}


EVENTS = """
import asyncio, json, socket, sys
from lionrock.app import open_house
from lionrock.errors import EgressRefused
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.egress import residency
from lionrock.settings import Settings

async def main():
    settings = Settings()
    async with open_house(settings) as house:
        try:
            socket.getaddrinfo("evil.example", 443)
        except EgressRefused as error:
            seen = error.detail
    async with open_house(settings) as house:
        actor = Actor(house.tenant_id, house.member_id, ActorKind.MEMBER, frozenset({Role.AUDITOR}))
        pids = {name: pid() for name, pid in house.children.items()}
        found = await residency.report(
            actor, house.egress, settings, house.database, pids, house.tenant_id
        )
    print(json.dumps({"seen": seen, **found.model_dump(mode="json")}))

asyncio.run(main())
"""


def test_a_leak_in_the_running_product_is_refused_seen_and_in_the_audit_log(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVENTS],
        env={**os.environ, "LIONROCK_HOME": str(home), "LIONROCK_MODEL": "none"},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "evil.example is not on the egress list" in found["seen"]
    since_start, in_the_log = found["went"]
    assert since_start["refusals"] == []
    assert in_the_log["refusals"] == [{"host": "evil.example", "port": 0, "count": 1}]
