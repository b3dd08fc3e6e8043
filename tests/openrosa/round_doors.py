"""What ODK Collect sends of a door in a round, with what a test wants to be different."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from backend.antifraud import letters
from backend.antifraud.letter_schemas import NewLetters
from backend.antifraud.outreach_words import LetterMove
from backend.core import clock
from tests.cast import VILLAGE, Cast
from tests.openrosa.forms import current_form


def door(
    round_id: UUID | str,
    *,
    instance_id: str | None = None,
    household: str = "LLM-001",
    mark: str = "visited",
    age_band: str = "<age_band>over_65</age_band>",
    at: datetime | str | None = None,
    letter: str = "none",
    serial: str = "",
    more: str = "",
) -> bytes:
    """A door as Collect would write it."""
    at = at or clock.now() - timedelta(hours=1)
    said = at if isinstance(at, str) else at.isoformat(timespec="milliseconds")
    return (
        f'<data id="antifraud_visit" version="{current_form("antifraud_visit").version}"><salt>{uuid4()}</salt>'
        f"<door><round>{round_id}</round><village>{VILLAGE}</village><household_code>{household}</household_code>"
        f"<occurred_at>{said}</occurred_at><mark>{mark}</mark>{age_band}</door>"
        f"<talk><explained>fake_loan</explained></talk>"
        f"<reminder><letter>{letter}</letter><serial>{serial}</serial></reminder>"
        f'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>{instance_id or f"uuid:{uuid4()}"}'
        f"</orx:instanceID><orx:instanceName>{household} {mark}</orx:instanceName>{more}</orx:meta></data>"
    ).encode()


async def give_letters(cast: Cast, first: str = "GX2026-000001", last: str = "0050", village: str = VILLAGE) -> Any:
    """A book for a village."""
    given = NewLetters(move=LetterMove.GIVEN, first=first, last=last, division_code=village, at=clock.now())
    return (await letters.issue_letters(new=given, by=cast.supervisor)).record


async def stock(cast: Cast) -> Any:
    """The village's letters."""
    (found,) = (await letters.list_stocks(by=cast.supervisor, division_code=VILLAGE)).items
    return found
