"""`after`: a command that follows another is held back where that one was not done."""

from uuid import UUID

from backend.sync.incoming import Taken, refused
from backend.sync.push_refusals import HeldBack
from backend.sync.push_schemas import CommandVerdict
from backend.sync.words import CommandOutcome

NOT_DONE = frozenset({CommandOutcome.WAITING, CommandOutcome.HELD_BACK, CommandOutcome.REFUSED})


class Told:
    """What became of the commands of one batch so far, by their ids."""

    def __init__(self, ids: frozenset[UUID]) -> None:
        self._ids = ids
        self._outcomes: dict[UUID, CommandOutcome] = {}

    def tell(self, verdict: CommandVerdict) -> None:
        """Remember a verdict that holds."""
        if verdict.id is not None:
            self._outcomes[verdict.id] = verdict.outcome

    def copy(self) -> "Told":
        """The same, to try something that may come to nothing."""
        copied = Told(self._ids)
        copied._outcomes = dict(self._outcomes)
        return copied

    def held_back(self, command: Taken) -> CommandVerdict | None:
        """The verdict of a command that follows one which was not done, else None.

        An id that is in no place of this batch is taken for done.
        """
        for id in command.after:
            if id in self._ids and self._outcomes.get(id, CommandOutcome.HELD_BACK) in NOT_DONE:
                refusal = HeldBack(
                    "What it follows is not done. Put that right first, then send both together.", after=str(id)
                )
                return refused(command.index, command.id, refusal, CommandOutcome.HELD_BACK)
        return None
