"""A confined child, and every way it tries to reach a server that its parent can reach."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lionrock.kernel import confined, confinement
from lionrock.kernel.confinement import Walls, available, walls

CHILD = """
import ctypes, json, os, socket, subprocess, sys, urllib.request
port, path = int(sys.argv[1]), sys.argv[2]
libc = ctypes.CDLL(None, use_errno=True)

def by_libc():
    s = libc.socket(2, 1, 0)
    if s < 0:
        raise OSError(ctypes.get_errno(), "socket")
    address = b"\\x02\\0" + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    if libc.connect(s, address, 16):
        raise OSError(ctypes.get_errno(), "connect")

def by_child(*command):
    done = subprocess.run(command, capture_output=True, timeout=30)
    if done.returncode:
        raise OSError(done.returncode, "child")

def by_namespace():
    for pid in ("1", str(os.getppid())):
        with open(f"/proc/{pid}/ns/net") as there:
            if libc.setns(there.fileno(), 0) == 0:
                socket.create_connection(("127.0.0.1", port), 1)
                return
    raise OSError("setns")

def by_unix_socket():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)

script = f"import socket; socket.create_connection(('127.0.0.1', {port}), 1)"
ways = {
    "connect": lambda: socket.create_connection(("127.0.0.1", port), 1),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
    "ipv6": lambda: socket.socket(socket.AF_INET6),
    "raw": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "urllib": lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1),
    "libc": by_libc,
    "python": lambda: by_child(sys.executable, "-c", script),
    "curl": lambda: by_child("curl", "-sm1", f"http://127.0.0.1:{port}/"),
    "namespace": by_namespace,
    "unix socket": by_unix_socket,
}
out = {}
for name, way in ways.items():
    try:
        way()
        out[name] = "out"
    except (OSError, ValueError) as error:
        out[name] = "in"
with open("/proc/self/net/dev") as file:
    out["interfaces"] = [line.split(":")[0].strip() for line in file.readlines()[2:]]
print(json.dumps(out), flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="namespaces and seccomp are Linux's"
)


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[tuple[int, str, list[object]]]:
    """A TCP and a unix server; what reached them."""
    reached: list[object] = []
    path = str(tmp_path / "s")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(path)
        unix.listen()

        def accept(server: socket.socket) -> None:
            try:
                while True:
                    caller, _ = server.accept()
                    reached.append(server.family)
                    caller.close()
            except OSError:
                return

        for server in (tcp, unix):
            threading.Thread(target=accept, args=(server,), daemon=True).start()
        yield tcp.getsockname()[1], path, reached
        for server in (tcp, unix):
            server.shutdown(socket.SHUT_RDWR)


def launch(tmp_path: Path, port: int, path: str, *prefix: str) -> subprocess.Popen[str]:
    (tmp_path / "escapes.py").write_text(CHILD)
    command = [*prefix, *confined.command("escapes", str(port), path)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def test_a_confined_child_reaches_nobody(
    tmp_path: Path, listening: tuple[int, str, list[object]]
) -> None:
    port, path, reached = listening
    possible = available()
    if not possible:
        pytest.skip("this kernel allows neither a network namespace nor a seccomp filter")
    with launch(tmp_path, port, path) as child:
        assert child.stdin and child.stdout
        told = json.loads(child.stdout.readline())
        assert walls(child.pid) == possible
        child.stdin.close()
    interfaces = told.pop("interfaces")
    assert {way for way, end in told.items() if end == "out"} == set()
    assert reached == []
    if possible.namespace:
        assert interfaces == ["lo"]


def test_each_wall_holds_without_the_other(
    tmp_path: Path, listening: tuple[int, str, list[object]]
) -> None:
    port, path, reached = listening
    possible = available()
    for wall, disabled in (("namespace", "_filter"), ("filter", "_leave")):
        if not getattr(possible, wall):
            continue
        (tmp_path / "half.py").write_text(
            "import runpy, sys\n"
            "from lionrock.kernel import confinement\n"
            f"confinement.{disabled} = lambda libc: False\n"
            "confinement.cut_network()\n"
            "sys.argv = sys.argv[1:]\n"
            "runpy.run_module('escapes', run_name='__main__')\n"
        )
        (tmp_path / "escapes.py").write_text(CHILD)
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "half", "escapes", str(port), path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        ) as child:  # fmt: skip
            assert child.stdin and child.stdout
            told = json.loads(child.stdout.readline())
            assert str(walls(child.pid)) == wall
            child.stdin.close()
        for way in ("connect", "urllib", "libc", "python", "curl"):
            assert told[way] == "in", (wall, way)
        assert socket.AF_INET not in reached


def test_a_process_that_is_not_confined_is_told_apart() -> None:
    assert walls(os.getpid()) == Walls(False, False)
    assert not walls(2**22 + 1)
    assert str(Walls(True, True)) == "namespace and filter"
    assert str(Walls(False, False)) == "none"


def test_where_nothing_can_be_tried_out_nothing_is_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(confinement.sys, "executable", "/no/such/python")
    assert available() == Walls(False, False)
