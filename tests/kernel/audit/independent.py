"""A second implementation, from RFC 6962, RFC 9162, RFC 8785 and the C2SP texts alone.

It shares no code with the product: a mistake in both would have to be made twice. It unpacks an
export with the standard library's tarfile and checks it from the entries up.

Run as a program: `python independent.py EXPORT.tar VKEY…`; exits 0 when everything holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import sys
import tarfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Wrong(Exception):
    pass


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def tree_root(hashes: list[bytes]) -> bytes:
    """MTH by RFC 6962, section 2.1, over leaf hashes; without recursion."""
    if not hashes:
        return sha(b"")
    stack: list[tuple[int, bytes]] = []
    for h in hashes:
        stack.append((0, h))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            height, right = stack.pop()
            _, left = stack.pop()
            stack.append((height + 1, sha(b"\x01", left, right)))
    while len(stack) > 1:
        _, right = stack.pop()
        height, left = stack.pop()
        stack.append((height, sha(b"\x01", left, right)))
    return stack[0][1]


def audit_path(hashes: list[bytes], m: int) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962, section 2.1.1, as it is written there."""
    n = len(hashes)
    if n == 1:
        return []
    k = 1
    while k * 2 < n:
        k *= 2
    if m < k:
        return [*audit_path(hashes[:k], m), tree_root(hashes[k:])]
    return [*audit_path(hashes[k:], m - k), tree_root(hashes[:k])]


def check_note(data: bytes, vkeys: list[str]) -> list[str]:
    """Lines of a signed note's text, once one of `vkeys` is seen to have signed it."""
    text, _, tail = data.decode().rpartition("\n\n")
    body = (text + "\n").encode()
    good = 0
    for line in tail.splitlines():
        dash, name, blob = line.split(" ")
        raw = base64.b64decode(blob, validate=True)
        for vkey in vkeys:
            vname, vid, vmaterial = vkey.split("+", 2)
            material = base64.b64decode(vmaterial)
            expected = sha(vname.encode(), b"\n", material)[:4]
            if dash != "\u2014" or vname != name or expected != raw[:4] or expected.hex() != vid:
                continue
            message, signature = body, raw[4:]
            if material[0] == 4:
                (time,) = struct.unpack(">Q", raw[4:12])
                message, signature = b"cosignature/v1\ntime %d\n" % time + body, raw[12:]
            try:
                Ed25519PublicKey.from_public_bytes(material[1:]).verify(signature, message)
            except InvalidSignature as error:
                raise Wrong("signature") from error
            good += 1
    if not good:
        raise Wrong("no signature of a known key")
    return text.split("\n")


def bundles(files: dict[str, bytes], size: int) -> list[bytes]:
    entries: list[bytes] = []
    number = 0
    while len(entries) < size:
        width = min(256, size - len(entries))
        groups, rest = [f"{number % 1000:03}"], number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        data = files[f"tile/entries/{'/'.join(groups)}" + (f".p/{width}" if width < 256 else "")]
        for _ in range(width):
            length = data[0] * 256 + data[1]
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
        if data:
            raise Wrong("a bundle is longer than its entries")
        number += 1
    return entries


def check_export(files: dict[str, bytes], vkeys: list[str]) -> int:
    """Number of entries of a full export in which everything holds."""
    manifest = check_note(files["manifest"], vkeys)
    listed = dict(reversed(line.split(" ", 1)) for line in files["files"].decode().splitlines())  # type: ignore[misc]
    if hashlib.sha256(files["files"]).hexdigest() != manifest[5].split(" ")[1]:
        raise Wrong("the list of files")
    if {
        n: hashlib.sha256(d).hexdigest() for n, d in files.items() if n not in ("files", "manifest")
    } != listed:
        raise Wrong("a file")
    origin, size, root = check_note(files["checkpoint"], vkeys)[:3]
    entries = bundles(files, int(size))
    hashes = [sha(b"\x00", e) for e in entries]
    if base64.b64encode(tree_root(hashes)).decode() != root:
        raise Wrong("the root")
    for at, entry in enumerate(entries):
        leaf = json.loads(entry)
        if (
            json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            != entry
        ):
            raise Wrong(f"entry {at} is not canonical")
        if leaf["origin"] != origin:
            raise Wrong(f"entry {at} is of another log")
    for name in (n for n in files if n.startswith("openings/")):
        for line in files[name].decode().splitlines():
            opening = json.loads(line)
            payload = json.dumps(
                opening["payload"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
            ).encode()
            leaf = json.loads(entries[opening["position"]])
            if sha(bytes.fromhex(opening["salt"]), payload).hex() != leaf["commitment"]:
                raise Wrong(f"the opening of {opening['position']}")
    return len(entries)


def check_proof(data: bytes, vkeys: list[str]) -> bytes:
    """The entry of a `.tlog-proof` that holds."""
    head, _, checkpoint = data.partition(b"\n\n")
    lines = head.decode().split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1":
        raise Wrong("first line")
    entry = base64.b64decode(lines[1].removeprefix("extra "), validate=True)
    index = int(lines[2].removeprefix("index "))
    _, size, root = check_note(checkpoint, vkeys)[:3]
    found, at, width = sha(b"\x00", entry), index, int(size)
    path = [base64.b64decode(x, validate=True) for x in lines[3:]]
    # Upwards: at each level the last node without a sibling goes up as it is.
    for sibling in path:
        while at % 2 == 0 and at == width - 1:
            at, width = at // 2, (width + 1) // 2
        found = sha(b"\x01", sibling, found) if at % 2 else sha(b"\x01", found, sibling)
        at, width = at // 2, (width + 1) // 2
    while width > 1:
        if at % 2 or at != width - 1:
            raise Wrong("the path is too short")
        at, width = at // 2, (width + 1) // 2
    if base64.b64encode(found).decode() != root:
        raise Wrong("the path")
    return entry


def unpacked(path: str) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar.getmembers()}  # type: ignore[union-attr]


if __name__ == "__main__":
    print(check_export(unpacked(sys.argv[1]), sys.argv[2:]), "entries, all in order")
