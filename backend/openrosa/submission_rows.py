"""The rows of a submission: its XML sealed as it came, what the phone says of itself, and each file it names."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from backend.core import cipher, clock
from backend.openrosa.instances import Instance, NamedFile
from backend.openrosa.queries import FileRow
from backend.openrosa.verb_doors import Became
from backend.openrosa.words import RecordKind, SubmissionState
from backend.people.actors import Actor

XML_PURPOSE = "openrosa_submission.xml"
LONGEST_DEVICE_ID, LONGEST_USER_AGENT = 200, 300


class Sender(Struct, frozen=True):
    """Who sends, and what the phone says of itself."""

    by: Actor
    device_id: str | None = None
    user_agent: str | None = None


def photo_id(instance: Instance, file: NamedFile) -> UUID:
    """The same for every sending of this file."""
    return uuid5(instance.submission_id, f"{file.question}\n{file.file_name}")


def submission_row(instance: Instance, xml: bytes, sender: Sender) -> dict[str, Any]:
    """Its columns, but for the record it becomes."""
    key, key_sealed = cipher.new_key(purpose=XML_PURPOSE)
    return {
        "id": instance.submission_id,
        "form_id": instance.form_id,
        "form_version": instance.form_version,
        "instance_id": instance.instance_id,
        "xml_sealed": cipher.seal_bytes(xml, key=key, purpose=XML_PURPOSE),
        "xml_sha256": sha256(xml).digest(),
        "key_sealed": key_sealed,
        "submitted_by": sender.by.person_id,
        "received_at": clock.now(),
        "device_id": _shortened(sender.device_id, LONGEST_DEVICE_ID),
        "user_agent": _shortened(sender.user_agent, LONGEST_USER_AGENT),
    }


def record_columns(kind: RecordKind, became: Became) -> dict[str, Any]:
    """What its columns say of the record that it became."""
    return {"record_kind": kind, "record_id": became.record_id, "division_code": became.division_code}


def refused_row(refused: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """What its columns say while it has become nothing. It lies where its sender works, for whoever oversees him."""
    return {
        "state": SubmissionState.ATTENTION,
        "refusal": msgspec.json.encode(refused).decode(),
        "tried_at": clock.now(),
        "division_code": by.held[0].division_code,
    }


def file_rows(instance: Instance, named: Iterable[NamedFile], here: Mapping[NamedFile, UUID]) -> list[FileRow]:
    """A row for each file that the XML names, with its photo where it is here."""
    return [
        (uuid5(photo_id(instance, file), "file"), instance.submission_id, *_named(file), here.get(file))
        for file in named
    ]


def _named(file: NamedFile) -> tuple[str, str]:
    return file.question, file.file_name


def _shortened(said: str | None, longest: int) -> str | None:
    printable = "".join(letter for letter in said or "" if letter.isprintable())
    return printable[:longest] or None
