"""Tests for graph.model.checkpoint."""

import pytest

from graph.model.checkpoint import Checkpoint, PublicKey, is_name, read_note, read_public_key, signed_note
from graph.model.errors import Unreadable

# The example of c2sp.org/tlog-checkpoint, and the key of the example of c2sp.org/signed-note.
SIGNATURE = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
NOTE = f"""example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa {SIGNATURE}
"""
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


def test_the_example_of_the_format_is_read_and_written_alike() -> None:
    note = read_note(NOTE)

    assert (note.checkpoint.origin, note.checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert note.signatures[0][:2] == ("example.com/behind-the-sofa", bytes.fromhex("033de0ae"))
    assert note.text == NOTE


def test_the_id_of_a_key_is_that_of_the_format() -> None:
    key = read_public_key(VKEY + "\n")

    assert key.id.hex() == "530d903a"
    assert key.text == VKEY


def test_every_flipped_bit_of_a_checkpoint_makes_it_another_or_none() -> None:
    content = NOTE.encode()
    before = read_note(NOTE)
    for position in range(len(content) * 8):
        changed = bytearray(content)
        changed[position // 8] ^= 1 << position % 8
        try:
            after = read_note(changed.decode())
        except (Unreadable, UnicodeDecodeError):
            continue
        assert after != before, f"bit {position}"


def test_a_key_whose_id_does_not_fit_is_refused() -> None:
    for text in (VKEY.replace("530d903a", "530d903b"), VKEY[:-1] + "l", "example.com/foo", VKEY.replace("Ae", "Be")):
        with pytest.raises(Unreadable):
            read_public_key(text)


def test_a_signature_by_another_key_is_none() -> None:
    key = PublicKey("a", bytes(32))
    note = signed_note(Checkpoint("a", 0, bytes(32)), key, bytes(64))

    assert note.signature_by(key) == bytes(64)
    with pytest.raises(Unreadable):
        note.signature_by(PublicKey("a", bytes(31) + b"1"))
    with pytest.raises(Unreadable):
        signed_note(Checkpoint("b", 0, bytes(32)), key, bytes(64)).signature_by(key)


def test_the_name_of_a_log_holds_no_space_and_no_plus() -> None:
    assert is_name("signpost.example/audit")
    assert not any(is_name(name) for name in ("", "a b", "a+b", "ä", "a\n"))
