"""Second looks as they are shown: to the expert without what the bench said, until he has said his own."""

from datetime import timedelta

from backend.cases.schemas import PersonShown
from backend.laboratory.instrument_words import meaning
from backend.laboratory.result_queries import Row
from backend.laboratory.result_records import analyte_name
from backend.laboratory.result_schemas import SecondLookRecord
from backend.laboratory.words import Verdict
from backend.media.facts import SIZES, Kind, PhotoState
from backend.media.signed_addresses import signed_address
from backend.people.actors import Actor

OPEN_FOR = timedelta(hours=1)


def first_reading(row: Row) -> Verdict | None:
    """What the bench says of the strip: the word in its row, else our verdict; null where neither says anything."""
    told = meaning(row["instrument_verdict"]) if row["instrument_verdict"] else None
    return told or (Verdict(row["verdict"]) if row["verdict"] else None)


def record(row: Row, by: Actor) -> SecondLookRecord:
    """A row of `second_look_queries`, as `by` may read it."""
    blind = row["seen_at"] is None and row["expert"] == by.person_id
    return SecondLookRecord(
        id=row["id"],
        result_id=None if blind else row["result"],
        sample_code=row["code"],
        analyte_name=analyte_name(row),
        expert=PersonShown(row["expert"], row["expert_name"]),
        asked_by=PersonShown(row["asked_by"], row["asked_by_name"]),
        asked_at=row["asked_at"],
        photo=_address(row),
        first=None if blind else first_reading(row),
        seen=Verdict(row["seen"]) if row["seen"] else None,
        seen_at=row["seen_at"],
        agrees=row["agrees"],
        remark=row["remark"],
    )


def _address(row: Row) -> str | None:
    """Null until the photo has its verdict, and when it was forgotten."""
    there = row["photo_readable"] and row["photo_state"] == PhotoState.ACCEPTED and row["photo_kind"] == Kind.PHOTO
    return signed_address(photo_id=row["photo_id"], longest=max(SIZES), valid_for=OPEN_FOR) if there else None
