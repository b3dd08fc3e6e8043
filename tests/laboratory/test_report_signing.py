"""Whoever holds a report's contents and our public key checks it without us."""

import hashlib
import json
import subprocess
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.laboratory import report_signing

CONTENTS = {"number": "JC618033988739", "lines": [{"analyte": "抑制率", "value": "<5.0", "why": ["行\n二", 'a"b\\']}]}


def test_somebody_elses_library_reads_the_digest_and_the_signature() -> None:
    digest = report_signing.digest_of(CONTENTS)
    theirs = json.dumps(CONTENTS, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    assert hashlib.sha256(theirs).digest() == digest
    Ed25519PublicKey.from_public_bytes(report_signing.public_key()).verify(report_signing.signature_of(digest), digest)


def test_one_changed_character_is_another_digest_and_no_signature_fits_it() -> None:
    digest = report_signing.digest_of(CONTENTS)
    signature = report_signing.signature_of(digest)
    other = report_signing.digest_of({**CONTENTS, "number": "JC618033988738"})

    assert report_signing.is_genuine(digest, signature, public_key=report_signing.public_key())
    assert not report_signing.is_genuine(other, signature, public_key=report_signing.public_key())
    assert not report_signing.is_genuine(digest, bytes(64), public_key=report_signing.public_key())
    assert not report_signing.is_genuine(digest, b"", public_key=b"")


def test_the_same_secret_gives_the_same_key_in_another_process() -> None:
    asked = "from backend.laboratory import report_signing; print(report_signing.public_key().hex())"
    other = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert other.stdout.strip() == report_signing.public_key().hex()
    assert report_signing.key_id() == hashlib.sha256(report_signing.public_key()).hexdigest()[:16]


def test_another_secret_is_another_key() -> None:
    one, other = report_signing._derived("a" * 32), report_signing._derived("b" * 32)

    assert one.public_key() != other.public_key()
