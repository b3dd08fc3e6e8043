"""In November somebody has to look for the State Council's notice: without it January's deadlines are guesses."""

from uuid import NAMESPACE_URL, UUID, uuid5

from backend.core.clock import today
from backend.core.database import fetch, transaction
from backend.core.jobs import schedule
from backend.core.words import Term
from backend.deadlines import calendar_queries
from backend.people.tables import Role
from backend.push.actions import text
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "deadlines"
ASK = Term("Enter the public holidays and make-up days of {year}, once the State Council has published them.")


@schedule("deadlines/ask-for-the-calendar", "0 9 * 11,12 1")
async def ask_for_the_calendar() -> None:
    """On Mondays of November and December, while next year is provisional: one task for each administrator."""
    year = today().year + 1
    if year in await calendar_queries.settled_years():
        return
    told = text(ASK, year=year)
    await tasks.ask_many(
        tasks=[
            NewTask(
                id=uuid5(matter(year), str(person_id)),
                kind=TaskKind.OTHER,
                title_zh=told.zh,
                title_en=told.en,
                assignee_id=person_id,
                urgency=Urgency.HIGH,
                origin_room=ROOM,
                origin_id=matter(year),
            )
            for person_id in await _administrators()
        ]
    )


@transaction
async def calendar_came(*, year: int) -> None:
    """The task is done, whoever published it."""
    await tasks.settle(origin_room=ROOM, origin_id=matter(year), to=TaskState.DONE)


def matter(year: int) -> UUID:
    """What the tasks of a year are about."""
    return uuid5(NAMESPACE_URL, f"lianxin:deadlines:calendar:{year}")


async def _administrators() -> list[UUID]:
    rows = await fetch(
        "SELECT DISTINCT r.person FROM people_role_assignment r JOIN people_person p ON p.id = r.person "
        "WHERE r.role = $1 AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2) AND p.closed_at IS NULL",
        Role.ADMIN,
        today(),
    )
    return [row["person"] for row in rows]
