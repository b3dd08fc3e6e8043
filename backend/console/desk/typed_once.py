"""What he says is typed once, at his call: the forms for a case and for a sick crop open with it filled in."""

import re

from backend.console.case_opening import places_of
from backend.people.actors import Actor

MOST_TITLE = 30
CLAUSE = re.compile(r"[。！？；，!?;,\n]")


async def filled_in(said: str, place: str, *, village: str | None, caller: str | None, by: Actor) -> dict[str, str]:
    """The fields of a case and of a question about a crop, each form taking its own.

    place    the village as it was typed; else that of his latest case (`village`, its code)
    caller   the number he rings from
    """
    if not place and village is not None:
        place = next((f"{name} {code}" for code, name in await places_of(by) if code == village), "")
    return {
        "title": headline(said),
        "description": said,
        "symptoms": said,
        "place": place,
        "contact_phone": caller or "",
        "channel": "phone",
    }


def headline(said: str) -> str:
    """The first clause of what he says, to begin a title with.

    >>> headline("村东水管坏了，两天没水。"), headline("")
    ('村东水管坏了', '')
    """
    return CLAUSE.split(said.strip(), maxsplit=1)[0].strip()[:MOST_TITLE]
