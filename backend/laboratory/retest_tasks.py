"""Who is asked to measure again: one task for each finding, not one for each repeat."""

from collections.abc import Collection
from uuid import UUID, uuid5

from backend.core import clock
from backend.core.words import Term
from backend.laboratory import retest_queries as queries
from backend.laboratory.naming import analyte
from backend.laboratory.retest_queries import Row
from backend.laboratory.words import RetestKind
from backend.people.actors import Actor
from backend.push.wording import said
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, TaskState, Urgency

ROOM = "laboratory"

WORDS = {
    RetestKind.REPEAT: Term("Measure sample {code} again: {analyte}, out of a new extract."),
    RetestKind.CONFIRMATION: Term("Have sample {code} confirmed by a laboratory: {analyte}. No rapid method does."),
    RetestKind.OBJECTION: Term("Objection to sample {code}: {analyte}. Have it measured again, by no rapid method."),
}


async def ask(result_ids: Collection[UUID], kind: RetestKind, *, anew: UUID | None = None) -> None:
    """Ask a technician of the desk about each result; where there is none, the list of retests still shows it.

    anew   what made it open again: the task before is closed
    """
    if result_ids:
        rows = await queries.askable(list(result_ids), on=clock.today())
        await tasks.ask_many(tasks=[_task(row, kind, anew) for row in rows if row["person"]])


def _task(row: Row, kind: RetestKind, anew: UUID | None) -> NewTask:
    origin = origin_of(row["id"], kind)
    known = analyte(row["analyte"])
    names = {"zh": known.name_zh, "en": known.name_en} if known else {}
    titles = {
        language: said(
            language, WORDS[kind], code=row["code"], analyte=names.get(language) or row["analyte_text"] or ""
        )
        for language in ("zh", "en")
    }
    return NewTask(
        id=uuid5(origin, f"task {anew}" if anew else "task"),
        kind=TaskKind.RETEST,
        title_zh=titles["zh"],
        title_en=titles["en"],
        assignee_id=row["person"],
        urgency=Urgency.HIGH,
        division_code=row["division_code"],
        origin_room=ROOM,
        origin_id=origin,
        link=f"/console/bench/samples/{row['sample']}",
    )


def origin_of(result_id: UUID, kind: RetestKind) -> UUID:
    """What a task is about: the repeats of a result together, its confirmation, its objection."""
    return uuid5(result_id, f"retest {kind}")


async def settle(result_id: UUID, kind: RetestKind, *, by: Actor | None = None, moot: bool = False) -> None:
    """It was measured, or need not be any more."""
    to = TaskState.WITHDRAWN if moot else TaskState.DONE
    await tasks.settle(origin_room=ROOM, origin_id=origin_of(result_id, kind), to=to, by=by)
