"""Tests for graph.verifier.verify_audit: public test vectors, and agreement with the libraries of the sealer."""

import hashlib
import random
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graph.model.audit import Place, leaf_of
from graph.services.sealed_log import SealedLog
from graph.verifier import verify_audit as alone

# The leaves and roots of the reference tests of Certificate Transparency (RFC 6962).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# RFC 8032, 7.1, tests 1 to 3: public key, message, signature.
SIGNED = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


def tree(leaves: list[bytes]) -> bytes:
    """The root by the definition of RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree(leaves[:half]) + tree(leaves[half:])).digest()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> SealedLog:
    made = SealedLog(tmp_path_factory.mktemp("log"))
    chance = random.Random(6962)
    made.append([leaf_of(place % 16, Place(place // 16 + 1, chance.randbytes(32))) for place in range(700)])
    return made


def leaf_at(log: SealedLog, index: int) -> bytes:
    return alone.leaf_hash(leaf_of(*next(log.lines(index))))


def test_roots_are_those_of_certificate_transparency() -> None:
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES]

    for size, root in enumerate(ROOTS, 1):
        assert tree(leaves[:size]).hex() == root
    first, second, third = (alone.leaf_hash(leaf) for leaf in leaves[:3])
    assert alone.node_hash(alone.node_hash(first, second), third).hex() == ROOTS[2]


def test_paths_of_certificate_transparency_lead_to_the_root() -> None:
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES]

    # From the reference tests: the path of leaf 0 of 8, and the proof from 6 to 8.
    path = [bytes.fromhex(step) for step in (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    )]  # fmt: skip
    grown = [bytes.fromhex(step) for step in (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    )]  # fmt: skip

    assert alone.root_of_inclusion(0, 8, alone.leaf_hash(leaves[0]), path).hex() == ROOTS[7]
    alone.check_consistency((6, bytes.fromhex(ROOTS[5])), (8, bytes.fromhex(ROOTS[7])), grown)


def test_both_agree_with_the_definition_on_every_size(log: SealedLog) -> None:
    lines = [leaf_of(*line) for line in log.lines()]

    for size in (0, 1, 2, 3, 7, 8, 127, 128, 129, 255, 256, 257, 511, 699, 700):
        assert log.root(size) == tree(lines[:size]), size


def test_two_thousand_random_proofs_of_inclusion_hold_and_fail_when_changed(log: SealedLog) -> None:
    chance = random.Random(1)
    for _ in range(2_000):
        size = chance.randint(1, 700)
        index = chance.randrange(size)
        path, leaf, root = log.inclusion(index, size), leaf_at(log, index), log.root(size)

        assert alone.root_of_inclusion(index, size, leaf, path) == root
        assert not holds(chance.choice(changes(index, size, leaf, path, chance)), root)


def changes(
    index: int, size: int, leaf: bytes, path: list[bytes], chance: random.Random
) -> list[tuple[int, int, bytes, list[bytes]]]:
    other = [chance.randbytes(32)]
    at = chance.randrange(len(path)) if path else 0
    return [
        (index, size, other[0], path),
        (index, size, leaf, path + other),
        (index, size, leaf, path[:at] + other + path[at + 1 :]),
        (index, size, leaf, path[:-1] if path else other),
    ]


def holds(given: tuple[int, int, bytes, list[bytes]], root: bytes) -> bool:
    try:
        return alone.root_of_inclusion(*given) == root
    except alone.Wrong:
        return False


def test_a_thousand_random_proofs_that_the_log_grew_hold_and_fail_when_changed(log: SealedLog) -> None:
    chance = random.Random(2)
    for _ in range(1_000):
        new = chance.randint(1, 700)
        old = chance.randint(1, new)
        proof, before, after = log.consistency(old, new), log.root(old), log.root(new)

        alone.check_consistency((old, before), (new, after), proof)
        for bad in ((old, chance.randbytes(32)), (old, before)):
            spoilt = [*proof, chance.randbytes(32)] if bad[1] == before else proof
            with pytest.raises(alone.Wrong):
                alone.check_consistency(bad, (new, after), spoilt)


def test_two_heads_of_one_size_are_caught(log: SealedLog) -> None:
    with pytest.raises(alone.Wrong, match="two roots"):
        alone.check_consistency((5, log.root(5)), (5, bytes(32)), [])


@pytest.mark.parametrize(("public", "message", "signature"), SIGNED)
def test_the_vectors_of_rfc_8032(public: str, message: str, signature: str) -> None:
    alone.check_signature(*(bytes.fromhex(each) for each in (public, message, signature)))
    with pytest.raises(alone.Wrong):
        alone.check_signature(*(bytes.fromhex(each) for each in (public, message + "00", signature)))


def test_signatures_are_judged_as_the_library_judges_them() -> None:
    chance = random.Random(3)
    for _ in range(60):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = private.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(200))
        signature = bytearray(private.sign(message))
        alone.check_signature(public, message, bytes(signature))

        signature[chance.randrange(64)] ^= 1 << chance.randrange(8)
        with pytest.raises(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(public).verify(bytes(signature), message)
        with pytest.raises(alone.Wrong):
            alone.check_signature(public, message, bytes(signature))


def test_a_signature_written_in_another_way_is_refused() -> None:
    public, message, signature = (bytes.fromhex(each) for each in SIGNED[0])
    scalar = int.from_bytes(signature[32:], "little") + alone._L

    with pytest.raises(alone.Wrong, match="not written"):
        alone.check_signature(public, message, signature[:32] + scalar.to_bytes(32, "little"))


def test_it_runs_alone(tmp_path: Path) -> None:
    copy = tmp_path / "verify.py"
    copy.write_bytes(Path(alone.__file__).read_bytes())

    # -I and -S: nothing of ours, and nothing that is installed, can be found.
    done = subprocess.run(
        [sys.executable, "-I", "-S", copy, "missing.json", "--key", "a+b+c"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "does not hold" in done.stdout
