"""A small source of llama.cpp, and the programs that would build it, which write down what they did."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

from lionrock.models.native.built import BINARY, MANIFEST, Manifest, name, root
from lionrock.models.native.cpu import Cpu
from lionrock.models.native.source import Source

CPU = Cpu("x86_64", "A processor", ("avx2", "fma"))
TOOLS = {"cmake": "cmake version 3.25.1", "compiler": "c++ 12"}
TREE = {
    "thirdparty/llama.cpp/CMakeLists.txt": b"project(llama.cpp)\n",
    "thirdparty/llama.cpp/LICENSE": b"MIT\n",
    "thirdparty/llama.cpp/vendor/httplib/LICENSE": b"MIT too\n",
    "setup.py": b"raise SystemExit('never run')\n",
}
# Files beside it steer it: `fail` and `slow`.
_CMAKE = """#!{python} -IS
import os, shutil, socket, sys, time
from pathlib import Path
here = Path(__file__).parent
told = sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(" ".join(told) + "\\n")
if told == ["--version"]:
    print("cmake version 3.25.1")
elif told[0] == "-S":
    assert (Path(told[1]) / "CMakeLists.txt").read_text()
    Path(told[3]).mkdir(exist_ok=True)
else:
    try:
        socket.socket(socket.AF_INET)
    except PermissionError:
        (here / "no-network").touch()
    print("[ 50%] Building", flush=True)
    if (here / "slow").exists():
        (here / "building").write_text(str(os.getpid()))
        time.sleep(600)
    if (here / "fail").exists():
        print("server.cpp:1: fatal error: no such header")
        sys.exit(2)
    program = Path(told[1]) / "bin" / "llama-server"
    program.parent.mkdir(exist_ok=True)
    shutil.copy("/bin/echo", program)
    print("[100%] Built target llama-server")
"""


def archive(members: Mapping[str, bytes] = TREE, extra: tuple[tarfile.TarInfo, ...] = ()) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as held:
        for name, content in members.items():
            member = tarfile.TarInfo(f"engine-1/{name}")
            member.size = len(content)
            held.addfile(member, io.BytesIO(content))
        for member in extra:
            held.addfile(member)
    return gzip.compress(out.getvalue(), mtime=0)


def source_of(content: bytes) -> Source:
    digest = hashlib.sha256(content).hexdigest()
    return Source("engine", "1", "77", len(content), digest, "thirdparty/llama.cpp")


def put(folder: Path, content: bytes | None = None) -> tuple[Source, Path]:
    """A source, and its archive in `folder`."""
    content = archive() if content is None else content
    source = source_of(content)
    folder.mkdir(exist_ok=True)
    (folder / source.file).write_bytes(content)
    return source, folder / source.file


def programs(folder: Path) -> Path:
    """cmake, compilers and make in `folder`, which is to be in PATH."""
    folder.mkdir()
    python = os.path.realpath(sys.executable)
    for program in ("cmake", "c++", "cc", "make"):
        (folder / program).write_text(_CMAKE.format(python=python))
        (folder / program).chmod(0o755)
    return folder


SOURCE = source_of(archive())


def lay(home: Path, source: Source = SOURCE, cpu: Cpu = CPU) -> Path:
    """Put an engine in its place as a build does; its folder."""
    folder = root(home) / name(source, cpu)
    folder.mkdir(parents=True, mode=0o700)
    root(home).chmod(0o700)
    (folder / BINARY).write_bytes(b"\x7fELF")
    (folder / BINARY).chmod(0o500)
    made = Manifest(
        package=source.package, version=source.version, source_sha256=source.sha256,
        machine=cpu.machine, cpu=cpu.model, features=cpu.features, flags=(), compiler="c++ 12",
        cmake="3.25", sha256="0" * 64, size=4, built="2026-11-22T00:00:00+00:00", seconds=1,
    )  # fmt: skip
    (folder / MANIFEST).write_text(made.model_dump_json())
    return folder
