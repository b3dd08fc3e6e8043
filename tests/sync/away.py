"""A phone that was away from Monday morning to Friday evening: what its owner did meanwhile, and its coming home."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import to_builtins

from backend.core import clock
from backend.people.actors import Actor
from backend.sync.push_schemas import CommandVerdict
from tests.sync.batches import command, push

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = datetime(2026, 11, 30, 10, tzinfo=clock.SHANGHAI)
TUESDAY, WEDNESDAY = MONDAY + DAY, MONDAY + 2 * DAY
HOME = MONDAY + 4 * DAY + 9 * HOUR + timedelta(minutes=2)
"""19:02."""


def did(verb: str, at: datetime, **arguments: Any) -> dict[str, Any]:
    """A command with what the phone's clock said as it was done."""
    return command(verb, to_builtins(arguments), captured_at=at.isoformat())


async def comes_home(
    by: Actor, *commands: dict[str, Any], ahead: timedelta | None = timedelta(), at: datetime = HOME
) -> list[CommandVerdict]:
    """The batch as it is sent. `ahead`: of the phone's clock; None: it does not say how it stands."""
    said = {} if ahead is None else {"sent_at": (at + ahead).isoformat()}
    with clock.stopped(at):
        verdicts = await push(by, *commands, **said)
    assert [(row.outcome, row.problem) for row in verdicts.rows] == [("stored", None)] * len(commands)
    return verdicts.rows
