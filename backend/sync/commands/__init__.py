"""Everything that a phone may do offline."""

from backend.sync.command_kinds import COMMANDS
from backend.sync.commands import (  # noqa: F401 - each offers
    amending,
    cases,
    diagnosis,
    laboratory,
    needs,
    outreach,
    people,
    push,
    rosters,
    tasks,
    visits,
    warnings,
)

__all__ = ["COMMANDS"]
