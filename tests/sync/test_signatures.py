"""What an author's key signs, and what counts as its signature."""

import doctest
from datetime import timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1

from backend.sync import signatures
from backend.sync.signatures import is_signed, moment, public_key, signed_bytes
from tests.sync.signing import MORNING, PhoneKey, command


def test_the_lines_are_those_of_the_docstring():
    assert doctest.testmod(signatures).failed == 0


def test_the_same_moment_under_another_offset_is_signed_alike():
    assert moment(MORNING.astimezone(timezone(timedelta(hours=8)))) == moment(MORNING) == "2026-11-20T01:30:05.250Z"


@pytest.mark.parametrize("raw", [True, False])
def test_a_signature_counts_as_browsers_and_as_phones_give_it(raw):
    key = PhoneKey()
    content = "做了什么".encode()

    for _ in range(8):  # lengths of DER differ from one to the next
        signature = key.signature(content, raw=raw)
        assert is_signed(content, signature=signature, key=public_key(key.public))
        assert not is_signed(content + b"!", signature=signature, key=public_key(key.public))
        assert not is_signed(content, signature=signature, key=public_key(PhoneKey().public))


@pytest.mark.parametrize("signature", ["A" * 86, "_" * 86, "A" * 96, "A" * 81, "MEUC"])
def test_what_is_no_signature_does_not_count_and_harms_nothing(signature):
    assert not is_signed(b"x", signature=signature, key=public_key(PhoneKey().public))


def test_every_part_of_a_command_is_signed():
    said = command()
    parts = {
        "id": said.id,
        "verb": said.verb,
        "captured_at": said.captured_at,
        "person_id": command().id,
        "arguments": bytes(said.arguments),
    }
    others = {
        "id": command().id,
        "verb": "snoozeTask",
        "captured_at": MORNING + timedelta(milliseconds=1),
        "person_id": command().id,
        "arguments": bytes(said.arguments).replace(b"  ", b" "),
    }

    told = {signed_bytes(**(parts | {name: other})) for name, other in others.items()}

    assert len(told | {signed_bytes(**parts)}) == 6


@pytest.mark.parametrize("text", ["", "A", "AAAA", "嗨", "MFkw" * 30, PhoneKey(SECP384R1()).public])
def test_only_keys_on_p_256_are_public_keys(text):
    assert public_key(text) is None
