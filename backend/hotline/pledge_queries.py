"""The SQL of public pledges."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from backend.cases.schemas import DivisionShown, UnitShown
from backend.core.database import connection, fetch, fetch_row
from backend.hotline.pledge_rules import late_days
from backend.hotline.pledge_schemas import NewPledgeBatch, PublicPledge, PublicPledgeBatch
from backend.hotline.words import PledgeState

_PLEDGE = """
SELECT p.id, p.number, p.title, p.unit, u.name AS unit_name, u.public_phone, p.office, p.due_on, p.state, p.done_on,
       p.note, b.id AS batch, b.division_code, d.name AS division_name, b.year, b.number AS batch_number,
       b.title AS batch_title, b.published_at
FROM hotline_pledge p JOIN hotline_pledge_batch b ON b.id = p.batch JOIN people_unit u ON u.id = p.unit
JOIN territory_division d ON d.id = b.division
"""
_SAME = ("id", "number", "title", "office", "due_on", "done_on", "note")


async def insert(
    new: NewPledgeBatch, *, id: UUID, division_id: UUID, division_code: str, digest: bytes, by: UUID, at: datetime
) -> bool:
    """The batch and its pledges. False where the id, or this batch of the year, is there already."""
    made = await fetch_row(
        "INSERT INTO hotline_pledge_batch (id, division, division_code, year, number, title, published_at, "
        "published_by, arguments_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        "ON CONFLICT DO NOTHING RETURNING id",
        *(id, division_id, division_code, new.year, new.number, new.title.strip(), at, by, digest),
    )
    if made is None:
        return False
    async with connection() as acquired:
        await acquired.executemany(
            "INSERT INTO hotline_pledge (id, batch, number, title, unit, office, due_on, state, changed_at, "
            "changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, 'underway', $8, $9)",
            [
                (
                    *(uuid5(id, str(n)), id, n, each.title.strip(), each.unit_id, each.office.strip(), each.due_on),
                    *(at, by),
                )
                for n, each in enumerate(new.pledges, 1)
            ],
        )
    return True


async def digest_of(batch_id: UUID) -> bytes | None:
    """What a repeat must equal."""
    row = await fetch_row("SELECT arguments_digest FROM hotline_pledge_batch WHERE id = $1", batch_id)
    return row["arguments_digest"] if row else None


async def batch(batch_id: UUID, *, today: date) -> PublicPledgeBatch:
    """One batch."""
    rows = await fetch(f"{_PLEDGE} WHERE b.id = $1 ORDER BY p.number", batch_id)
    return _batches(rows, today)[0]


async def is_published(division_id: UUID, year: int, number: int) -> bool:
    """Whether there is this batch of the year."""
    found = await fetch_row(
        "SELECT 1 FROM hotline_pledge_batch WHERE division = $1 AND year = $2 AND number = $3",
        *(division_id, year, number),
    )
    return found is not None


async def row_of(pledge_id: UUID) -> Any:
    """A row of `pledge`."""
    return await fetch_row(f"{_PLEDGE} WHERE p.id = $1", pledge_id)


async def held(pledge_id: UUID) -> Any:
    """A row of `pledge`, held to the transaction's end."""
    return await fetch_row(f"{_PLEDGE} WHERE p.id = $1 FOR UPDATE OF p", pledge_id)


async def change(
    pledge_id: UUID, *, state: PledgeState, done_on: date | None, note: str | None, by: UUID, at: datetime
) -> Any:
    """The row as it is afterwards."""
    await fetch(
        "UPDATE hotline_pledge SET state = $2, done_on = $3, note = $4, changed_by = $5, changed_at = $6 WHERE id = $1",
        *(pledge_id, state.value, done_on, note, by, at),
    )
    return await fetch_row(f"{_PLEDGE} WHERE p.id = $1", pledge_id)


async def years(prefix: str) -> list[int]:
    """The years of which there are batches under a prefix, the newest first."""
    rows = await fetch(
        "SELECT DISTINCT year FROM hotline_pledge_batch WHERE starts_with(division_code, $1) ORDER BY year DESC", prefix
    )
    return [row["year"] for row in rows]


async def places() -> list[DivisionShown]:
    """The divisions that published any."""
    rows = await fetch(
        "SELECT DISTINCT b.division_code, d.name FROM hotline_pledge_batch b JOIN territory_division d "
        "ON d.id = b.division ORDER BY b.division_code"
    )
    return [DivisionShown(row["division_code"], row["name"]) for row in rows]


async def of_year(prefix: str, year: int, *, today: date) -> list[PublicPledgeBatch]:
    """The batches of a year under a prefix, in the order of places and numbers."""
    rows = await fetch(
        f"{_PLEDGE} WHERE starts_with(b.division_code, $1) AND b.year = $2 "
        "ORDER BY b.division_code, b.number, b.id, p.number",
        prefix,
        year,
    )
    return _batches(rows, today)


def _batches(rows: Sequence[Any], today: date) -> list[PublicPledgeBatch]:
    found = []
    for id, of_one in groupby(rows, key=lambda row: row["batch"]):
        pledges = list(of_one)
        first = pledges[0]
        found.append(
            PublicPledgeBatch(
                id=id,
                division=DivisionShown(first["division_code"], first["division_name"]),
                year=first["year"],
                number=first["batch_number"],
                title=first["batch_title"],
                published_at=first["published_at"],
                pledges=[pledge(row, today) for row in pledges],
            )
        )
    return found


def pledge(row: Any, today: date) -> PublicPledge:
    """A pledge as everybody reads it."""
    state = PledgeState(row["state"])
    late = late_days(row["due_on"], state, row["done_on"], today=today)
    return PublicPledge(
        **{name: row[name] for name in _SAME},
        unit=UnitShown(row["unit"], row["unit_name"], row["public_phone"]),
        state=state,
        overdue=late > 0,
        late_days=late,
    )
