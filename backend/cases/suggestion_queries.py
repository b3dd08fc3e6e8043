"""The SQL of suggestions: their text, the nine steps, and feedback."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases import contacts
from backend.cases.suggestion_schemas import NewFeedback, NewHearing, NewReport
from backend.core.cipher import unseal
from backend.core.database import fetch, fetch_row
from backend.territory import points
from backend.territory.tables import POINT_COLUMNS

Row = Mapping[str, Any]

_POINT = ", ".join(POINT_COLUMNS)


def _places(first: int, n: int) -> str:
    return ", ".join(f"${first + i}" for i in range(n))


async def text(case_id: UUID) -> Row | None:
    """Title and description of a case, its number, kind and place."""
    return await fetch_row(
        "SELECT id, number, kind, title, description, division_code, household, state FROM cases_case WHERE id = $1",
        case_id,
    )


async def names(case_id: UUID) -> list[str]:
    """Names that a public text about this case must not hold: whoever asked, and whom the household's card names.

    They are compared with the text and shown to nobody, so it is no read for the access log.
    """
    row = await fetch_row(
        "SELECT c.contact_name_sealed, h.contact_name_sealed AS card_name FROM cases_case c "
        "LEFT JOIN people_household h ON h.id = c.household WHERE c.id = $1",
        case_id,
    )
    if row is None:
        return []
    card = row["card_name"] and unseal(row["card_name"], column="people_household.contact_name_sealed")
    return [name for name in (contacts.opened(row)["contact_name"], card) if name]


async def sign(
    *,
    id: UUID,
    case_id: UUID,
    signatory: str,
    signed_as: str | None,
    text_sha256: bytes,
    signed_at: datetime,
    by: UUID,
    at: datetime,
) -> bool:
    """Write a signature; false where he signed this text before."""
    row = await fetch_row(
        """
        INSERT INTO cases_signature (id, "case", signatory, signed_as, text_sha256, signed_at, recorded_by, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id
        """,
        *(id, case_id, signatory, signed_as, text_sha256, signed_at, by, at),
    )
    return row is not None


async def hear(new: NewHearing, *, id: UUID, case_id: UUID, digest: bytes, by: UUID, at: datetime) -> bool:
    """Write the hearing; false where there is one."""
    point = points.columns(new.point)
    row = await fetch_row(
        f"""
        INSERT INTO cases_hearing (id, "case", held_at, place_note, committee, unit, unit_spoke_by, suggester_came,
                                   minutes, recorded_by, recorded_at, arguments_digest, coarse, {_POINT})
        VALUES ({_places(1, 12)}, FALSE, {_places(13, len(POINT_COLUMNS))}) ON CONFLICT DO NOTHING RETURNING id
        """,
        *(id, case_id, new.held_at, new.place_note, new.committee, new.unit_id, new.unit_spoke_by),
        *(new.suggester_came, new.minutes.strip(), by, at, digest),
        *(point[name] for name in POINT_COLUMNS),
    )
    return row is not None


async def report(new: NewReport, text: str, *, id: UUID, case_id: UUID, digest: bytes, by: UUID, at: datetime) -> bool:
    """Write a report; false where that audience has one."""
    row = await fetch_row(
        """
        INSERT INTO cases_report (id, "case", audience, text, reference, reported_on, recorded_by, recorded_at,
                                  arguments_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id
        """,
        *(id, case_id, new.audience.value, text, new.reference, new.reported_on, by, at, digest),
    )
    return row is not None


async def feed_back(
    new: NewFeedback, text: str, *, id: UUID, case_id: UUID, given_at: datetime, digest: bytes, by: UUID, at: datetime
) -> bool:
    """Write how somebody was told; false where the id was taken."""
    point = points.columns(new.point)
    row = await fetch_row(
        f"""
        INSERT INTO cases_feedback (id, "case", way, text, photo_id, place_note, given_at, given_by, recorded_at,
                                    arguments_digest, coarse, {_POINT})
        VALUES ({_places(1, 10)}, FALSE, {_places(11, len(POINT_COLUMNS))}) ON CONFLICT DO NOTHING RETURNING id
        """,
        *(id, case_id, new.way.value, text, new.photo_id, new.place_note, given_at, by, at, digest),
        *(point[name] for name in POINT_COLUMNS),
    )
    return row is not None


async def signatures(case_id: UUID) -> list[Row]:
    """All signatures, in their order."""
    return list(
        await fetch(
            "SELECT s.id, s.signatory, s.signed_as, s.text_sha256, s.signed_at, s.recorded_by, p.name "
            "FROM cases_signature s JOIN people_person p ON p.id = s.recorded_by "
            'WHERE s."case" = $1 ORDER BY s.recorded_at, s.id',
            case_id,
        )
    )


async def hearing(case_id: UUID) -> Row | None:
    """The hearing."""
    return await fetch_row(
        "SELECT h.*, u.name, u.public_phone FROM cases_hearing h JOIN people_unit u ON u.id = h.unit "
        'WHERE h."case" = $1',
        case_id,
    )


async def reports(case_id: UUID) -> list[Row]:
    """The reports, in their order."""
    return list(
        await fetch(
            "SELECT id, audience, text, reference, reported_on, arguments_digest FROM cases_report "
            'WHERE "case" = $1 ORDER BY recorded_at, id',
            case_id,
        )
    )


async def feedback(case_id: UUID) -> list[Row]:
    """How somebody was told, in their order."""
    return list(
        await fetch(
            "SELECT f.*, p.name FROM cases_feedback f JOIN people_person p ON p.id = f.given_by "
            'WHERE f."case" = $1 ORDER BY f.recorded_at, f.id',
            case_id,
        )
    )
