"""Who is told of a second look: the expert who is asked, and whoever asked where the two of them differ."""

from uuid import UUID, uuid5

from backend.core.words import Term
from backend.laboratory.naming import analyte
from backend.laboratory.result_queries import Row
from backend.people.actors import Actor
from backend.push import actions as push
from backend.push.provider import Category
from backend.push.wording import said
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency

ROOM = "laboratory"

PLEASE = Term("Look at the photo of a strip: sample {code}, {analyte}. What was read is hidden, on purpose.")
DIFFERS = Term("Sample {code}: the expert reads the strip otherwise ({analyte}). Take a new strip.")


async def ask(look: Row) -> None:
    """The expert, by a task and a notice."""
    task = _task(look, PLEASE, look["expert"], TaskKind.OTHER, f"/console/bench/looks/{look['id']}")
    await tasks.ask_many(tasks=[task])
    await push.notify(
        to=look["expert"],
        text=push.Text(zh=task.title_zh, en=task.title_en),
        category=Category.SERVICE,
        dedupe_key=f"laboratory second look {look['id']}",
        link=task.link,
        origin_room=ROOM,
        origin_id=look["id"],
    )


async def settle(look: Row, *, by: Actor, differs: bool) -> None:
    """He has said it; whoever asked takes a new strip where the two differ."""
    await tasks.settle(origin_room=ROOM, origin_id=look["id"], kind=TaskKind.OTHER, by=by)
    if differs:
        link = f"/console/bench/samples/{look['sample']}"
        await tasks.ask_many(tasks=[_task(look, DIFFERS, look["asked_by"], TaskKind.RETEST, link)])


def _task(look: Row, words: Term, to: UUID, kind: TaskKind, link: str) -> NewTask:
    known = analyte(look["analyte"])
    names = {"zh": known.name_zh, "en": known.name_en} if known else {}
    titles = {
        language: said(language, words, code=look["code"], analyte=names.get(language) or look["analyte_text"] or "")
        for language in ("zh", "en")
    }
    return NewTask(
        id=uuid5(look["id"], kind.value),
        kind=kind,
        title_zh=titles["zh"],
        title_en=titles["en"],
        assignee_id=to,
        urgency=Urgency.HIGH,
        division_code=look["division_code"],
        origin_room=ROOM,
        origin_id=look["id"],
        link=link,
    )
