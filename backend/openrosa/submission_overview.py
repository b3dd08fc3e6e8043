"""Submissions at a glance: how many wait, who sent lately, what their forms are called, what took the place of one."""

from collections.abc import Mapping
from uuid import UUID

from backend.core.database import fetch
from backend.openrosa.submission_schemas import SubmissionSender
from backend.openrosa.submissions import visible
from backend.people.actors import Actor

MOST_COUNTED, SENDERS_AMONG = 1000, 1000


async def count_waiting(*, by: Actor) -> int:
    """How many wait to be put right, his own and where he oversees; counted no further than MOST_COUNTED."""
    seen = visible(by).add("s.state = 'attention'")
    [row] = await fetch(
        "SELECT count(*) AS n FROM "
        f"(SELECT 1 FROM openrosa_submission s WHERE {seen.sql} LIMIT {seen.value(MOST_COUNTED)}) w",
        *seen.values,
    )
    return int(row["n"])


async def list_senders(*, by: Actor) -> list[SubmissionSender]:
    """Whoever sent any of the last SENDERS_AMONG that he may see, by name."""
    seen = visible(by)
    rows = await fetch(
        "SELECT p.id, p.name FROM people_person p WHERE p.id IN (SELECT submitted_by FROM "
        f"(SELECT submitted_by FROM openrosa_submission s WHERE {seen.sql} "
        f"ORDER BY s.received_at DESC, s.id DESC LIMIT {seen.value(SENDERS_AMONG)}) lately) ORDER BY p.name, p.id",
        *seen.values,
    )
    return [SubmissionSender(id=row["id"], name=row["name"]) for row in rows]


async def form_titles() -> Mapping[str, str]:
    """Of every form that was ever published, as its newest version is called."""
    rows = await fetch("SELECT DISTINCT ON (form_id) form_id, title FROM kits_form ORDER BY form_id, version DESC")
    return {row["form_id"]: row["title"] for row in rows}


async def edit_of(*, submission_id: UUID, by: Actor) -> UUID | None:
    """The submission that stands in the place of this one, where he may see it."""
    seen = visible(by).add("s.replaces = {}", submission_id)
    rows = await fetch(f"SELECT s.id FROM openrosa_submission s WHERE {seen.sql}", *seen.values)
    return rows[0]["id"] if rows else None
