from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import NotVerified
from lionrock.kernel.audit import checkpoints, merkle, proofs
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.notes import Signer
from lionrock.kernel.audit.proofs import Proof
from tests.kernel.audit.trees import Memory, entries

LOG = Signer("log.example/one", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
SIZE, INDEX = 1000, 700


@pytest.fixture(scope="module")
def proof() -> Proof:
    memory = Memory()
    memory.append(entries(SIZE))
    head = Head(LOG.name, SIZE, memory.edge.root())
    hashes = tuple(merkle.inclusion_proof(memory, INDEX, SIZE))
    return Proof(entries(SIZE)[INDEX], INDEX, hashes, checkpoints.sign(head, [LOG]))


def test_a_proof_is_written_as_the_specification_says(proof: Proof) -> None:
    lines = proof.encoded().decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 700"
    gap = lines.index("")
    assert gap == 3 + len(proof.hashes)
    assert "\n".join(lines[gap + 1 :]).encode() == proof.checkpoint
    assert proofs.parse(proof.encoded()) == proof


def test_a_proof_leads_to_the_signed_root(proof: Proof) -> None:
    head, _ = proofs.parse(proof.encoded()).check([LOG.verifier])
    assert (head.origin, head.size) == (LOG.name, SIZE)


@given(st.data())
def test_no_bit_of_a_proof_can_change(proof: Proof, data: st.DataObject) -> None:
    encoded = proof.encoded()
    bit = data.draw(st.integers(0, len(encoded) * 8 - 1))
    changed = bytearray(encoded)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotVerified):
        proofs.parse(bytes(changed)).check([LOG.verifier])


@pytest.mark.parametrize(
    ("old", "new"),
    [("index 700", "index 0700"), ("index 700", "index -1"), ("index 700", "index 701"),
     ("@v1", "@v2"), ("extra ", "Extra "), ("index 700\n", "index 700\n\n"),
     ("index 700\n", "index 700\nAAAA\n"), ("index 700\n", "")],
)  # fmt: skip
def test_a_proof_of_another_form_is_refused(proof: Proof, old: str, new: str) -> None:
    with pytest.raises(NotVerified):
        proofs.parse(proof.encoded().decode().replace(old, new, 1).encode()).check([LOG.verifier])


@given(st.binary(max_size=200))
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises(NotVerified):
        proofs.parse(data)
