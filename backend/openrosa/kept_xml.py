"""A submission's XML, read back as it came, with what was put right in it since."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import cipher, clock, ids
from backend.core.database import fetch
from backend.openrosa import queries
from backend.openrosa.instances import Instance, read_instance
from backend.openrosa.submission_rows import XML_PURPOSE
from backend.openrosa.submission_schemas import CorrectedAnswer, NewCorrection
from backend.people.actors import Actor

CORRECTION_PURPOSE = "openrosa_correction.value"


class Opened(Struct, frozen=True):
    """The bytes as they came, and the key under which corrections of them lie."""

    xml: bytes
    key: bytes

    def instance(self) -> Instance:
        """As it came."""
        return read_instance(self.xml)


async def opened(submission_id: UUID) -> Opened | None:
    """None once it was emptied."""
    row = await queries.sealed_xml(submission_id)
    if row is None or row["key_sealed"] is None:
        return None
    key = cipher.open_key(row["key_sealed"], purpose=XML_PURPOSE)
    return Opened(cipher.unseal_bytes(row["xml_sealed"], key=key, purpose=XML_PURPOSE), key)


async def instance_of(submission_id: UUID) -> Instance | None:
    """With what was put right in it. None once it was emptied."""
    found = await opened(submission_id)
    return None if found is None else await mended(submission_id, found)


async def mended(submission_id: UUID, found: Opened) -> Instance:
    """With what was put right in it."""
    instance = found.instance()
    for each in await corrections_of(submission_id, found):
        instance.put(each.path, each.nth, each.value)
    return instance


async def corrections_of(submission_id: UUID, found: Opened) -> list[CorrectedAnswer]:
    """In the order in which they were made: the last one of a field counts."""
    return [
        CorrectedAnswer(
            path=row["path"],
            nth=row["nth"],
            value=cipher.unseal_bytes(row["value_sealed"], key=found.key, purpose=CORRECTION_PURPOSE).decode(),
            corrected_by=row["name"],
            corrected_at=row["corrected_at"],
        )
        for row in await _rows(submission_id)
    ]


async def _rows(submission_id: UUID) -> Sequence[Any]:
    return await fetch(
        "SELECT c.path, c.nth, c.value_sealed, c.corrected_at, p.name FROM openrosa_correction c "
        "JOIN people_person p ON p.id = c.corrected_by WHERE c.submission = $1 ORDER BY c.id",
        submission_id,
    )


async def keep_correction(submission_id: UUID, found: Opened, new: NewCorrection, *, by: Actor) -> None:
    """Beside the XML, which stays as it came."""
    await fetch(
        "INSERT INTO openrosa_correction (id, submission, path, nth, value_sealed, corrected_by, corrected_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *(ids.uuid7(), submission_id, new.path, new.nth),
        cipher.seal_bytes(new.value.encode(), key=found.key, purpose=CORRECTION_PURPOSE),
        *(by.person_id, clock.now()),
    )
