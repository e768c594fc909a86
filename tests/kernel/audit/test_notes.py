from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.errors import NotVerified
from lionrock.kernel.audit import checkpoints, cosignatures, notes
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.cosignatures import Witness
from lionrock.kernel.audit.notes import Signature, Signer

LOG = Signer("log.example/one", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
OTHER = Signer("log.example/two", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
WITNESS = Witness("witness.example", Ed25519PrivateKey.from_private_bytes(b"\x03" * 32))
HEAD = Head(LOG.name, 70_000, b"\x07" * 32)
CHECKPOINT = checkpoints.sign(HEAD, [LOG])

# The example of signed-note, and of golang.org/x/mod/sumdb/note (PeterNeumann).
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_the_reference_implementation_verifies() -> None:
    key = notes.parse_vkey(GO_KEY)
    note = notes.parse(GO_NOTE.encode())
    assert list(notes.verify(note, [key])) == [key]
    assert (key.vkey, note.encoded()) == (GO_KEY, GO_NOTE.encode())


def test_a_checkpoint_has_origin_size_and_root() -> None:
    root = base64.b64encode(HEAD.root).decode()
    assert CHECKPOINT.decode().startswith(
        f"log.example/one\n70000\n{root}\n\n\u2014 log.example/one "
    )
    assert checkpoints.open_checkpoint(CHECKPOINT, [LOG.verifier])[0] == HEAD


@given(st.integers(0, len(CHECKPOINT) * 8 - 1))
def test_no_bit_of_a_checkpoint_can_change(bit: int) -> None:
    changed = bytearray(CHECKPOINT)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotVerified):
        checkpoints.open_checkpoint(bytes(changed), [LOG.verifier])


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(NotVerified):
        notes.parse(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [("\u2014 ", "- "), ("70000", "070000"), ("70000", "-1"), ("70000", "7e4"), ("\n\n", "\n"),
     ("70000\n", "70000\nextension\n"), ("log.example/one\n70", "\n70"), ("70000", "７００００"),
     ("\n\n\u2014", "\n\n\n\u2014")],
)  # fmt: skip
def test_a_checkpoint_of_another_form_is_refused(old: str, new: str) -> None:
    changed = CHECKPOINT.decode().replace(old, new, 1)
    with pytest.raises(NotVerified):
        checkpoints.open_checkpoint(changed.encode(), [LOG.verifier])


def test_signatures_of_unknown_keys_are_passed_over_but_never_enough() -> None:
    note = notes.parse(CHECKPOINT).with_signatures([OTHER.sign(HEAD.text)])
    assert list(notes.verify(note, [LOG.verifier])) == [LOG.verifier]
    only_other = notes.sign(HEAD.text, [OTHER]).encoded()
    with pytest.raises(NotVerified, match="no signature of a key that is trusted"):
        checkpoints.open_checkpoint(only_other, [LOG.verifier])


def test_a_key_trusted_under_another_name_does_not_sign_for_this_log() -> None:
    signed = notes.sign(HEAD.text, [OTHER]).encoded()
    with pytest.raises(NotVerified):
        checkpoints.open_checkpoint(signed, [LOG.verifier, OTHER.verifier])


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    wrong = Signature(OTHER.name, OTHER.verifier.key_id, bytes(64))
    note = notes.parse(CHECKPOINT).with_signatures([wrong])
    with pytest.raises(NotVerified, match="two is wrong"):
        notes.verify(note, [LOG.verifier, OTHER.verifier])


def test_two_signatures_of_one_key_are_refused() -> None:
    line = LOG.sign(HEAD.text).line
    with pytest.raises(NotVerified, match="two signatures of one key"):
        notes.parse(CHECKPOINT + line.encode())


@pytest.mark.parametrize(
    "vkey",
    ["", "name", "name+00000000+AAAA", GO_KEY[:-1], GO_KEY.replace("c74f20a3", "c74f20a4"),
     GO_KEY.replace("PeterNeumann", "Peter Neumann"), GO_KEY.replace("TW", "TX")],
)  # fmt: skip
def test_a_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NotVerified):
        notes.parse_vkey(vkey)


def cosigned(*witnesses: Witness, time: int = 1_000) -> bytes:
    note = notes.parse(CHECKPOINT)
    return note.with_signatures(w.cosign(note.text, time) for w in witnesses).encoded()


def test_a_cosignature_is_made_as_the_specification_says() -> None:
    data = cosigned(WITNESS, time=1_679_315_147)
    head, _, found = cosignatures.head_cosigned(
        data, [LOG.verifier], [WITNESS.verifier], now=1_679_315_147
    )
    assert head == HEAD
    assert [(c.witness.name, c.time) for c in found] == [("witness.example", 1_679_315_147)]
    line = data.decode().splitlines()[-1]
    raw = base64.b64decode(line.rpartition(" ")[2])
    assert raw[4:12] == (1_679_315_147).to_bytes(8)
    message = b"cosignature/v1\ntime 1679315147\n" + HEAD.text.encode()
    WITNESS.private.public_key().verify(raw[12:], message)  # type: ignore[call-arg]


def test_a_quantum_safe_witness_cosigns_too() -> None:
    witness = Witness("pq.example", MLDSA44PrivateKey.from_seed_bytes(b"\x05" * 32))
    key = cosignatures.parse_witness(witness.verifier.vkey)
    assert key == witness.verifier
    data = cosigned(witness, WITNESS)
    _, note, found = cosignatures.head_cosigned(
        data, [LOG.verifier], [key, WITNESS.verifier], now=1_000
    )
    assert {c.witness.name for c in found} == {"pq.example", "witness.example"}
    assert max(len(s.value) for s in note.signatures) == 8 + 2420


@settings(deadline=None, max_examples=30)
@given(st.integers(4, 4 + 8 + 64 - 1), st.integers(0, 7))
def test_no_bit_of_a_cosignature_can_change(byte: int, bit: int) -> None:
    note = notes.parse(cosigned(WITNESS))
    signature = note.signatures[1]
    changed = bytearray(signature.key_id + signature.value)
    changed[byte] ^= 1 << bit
    forged = notes.Note(note.text, (note.signatures[0], Signature(
        signature.name, signature.key_id, bytes(changed[4:]))))  # fmt: skip
    with pytest.raises(NotVerified):
        cosignatures.cosigners(forged, [WITNESS.verifier], now=2**64)


def test_clock_skew_a_cosignature_of_the_future_is_refused() -> None:
    data = cosigned(WITNESS, time=10_000)
    known = ([LOG.verifier], [WITNESS.verifier])
    assert cosignatures.head_cosigned(data, *known, now=10_000 - 299)[2]
    with pytest.raises(NotVerified, match="in the future"):
        cosignatures.head_cosigned(data, *known, now=10_000 - 301)


def test_a_key_for_notes_is_no_witness() -> None:
    with pytest.raises(NotVerified, match="not one for cosigning"):
        cosignatures.parse_witness(LOG.verifier.vkey)
