"""The nine steps of a suggestion (三三三): what its text's hash is, and what is not there yet. Pure."""

import hashlib
from collections.abc import Collection

from backend.cases.loop_words import ReportTo, Signatory

HEARING = "hearing"


def text_of(title: str, description: str) -> str:
    """What is signed: title and description as they are read."""
    return f"{title.strip()}\n\n{description.strip()}"


def text_sha256(text: str) -> bytes:
    """What stands for a text: signatures are over it.

    >>> text_sha256("修桥") == text_sha256("修桥"), text_sha256("修桥") == text_sha256("修路")
    (True, False)
    """
    return hashlib.sha256(text.encode()).digest()


def missing(signed: Collection[Signatory], *, heard: bool, reported: Collection[ReportTo]) -> list[str]:
    """What of the nine is not there, in the order in which it comes. The hearing stands for its three parties.

    >>> missing({Signatory.SUGGESTER}, heard=False, reported=[])[:3]
    ['signature.county_leader', 'signature.bureau_head', 'hearing']
    """
    return [
        *(f"signature.{each.value}" for each in Signatory if each not in signed),
        *([] if heard else [HEARING]),
        *(f"report.{each.value}" for each in ReportTo if each not in reported),
    ]
