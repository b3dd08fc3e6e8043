"""The words of this room, as they stand in the database and on the wire."""

from enum import StrEnum
from uuid import UUID

EVERYBODY = UUID(int=0)
"""The audience of a change that concerns every phone."""

EVERYTHING = "*"
"""The entity of a change after which all that a person carries is looked at: his role, his households."""


class EntityName(StrEnum):
    """What a phone carries, in the order in which it is sent: what is urgent first."""

    WARNINGS = "warnings"
    ALERTS = "alerts"
    TASKS = "tasks"
    CONFLICTS = "conflicts"
    HOUSEHOLDS = "households"
    SHIFTS = "shifts"
    CASES = "cases"
    KITS = "kits"
    REFERENCE = "reference"
    BANS = "bans"
    KIT_FILES = "kit_files"
    VISITS = "visits"


class GoneWhy(StrEnum):
    """Why a phone shall let go of a record.

    ended      it is over: a task done, a case closed, a shift past, a warning cancelled
    not_yours  it goes on, and somebody else has it now
    past       older than what phones carry; it can still be read by its own operation
    deleted    it is no more
    """

    ENDED = "ended"
    NOT_YOURS = "not_yours"
    PAST = "past"
    DELETED = "deleted"


class CommandOutcome(StrEnum):
    """What became of a command.

    stored      done, and on disk
    merged      done, although the record had changed meanwhile: other fields than these
    duplicate   it was done before; nothing happened now. `conflict_id` and `waiting_for` are told again, so that a
                phone whose answer was lost goes by them, not by this word alone
    conflict    somebody changed the same fields meanwhile: both are kept, a person decides; other fields are done
    waiting     what it names is not here yet (a photo): kept, and done by itself within a minute after it came, or at
                once where the command is sent again
    held_back   a command before it in this batch, which it follows, was not done: send both again in one batch
    refused     not done; `problem` says why
    """

    STORED = "stored"
    MERGED = "merged"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    WAITING = "waiting"
    HELD_BACK = "held_back"
    REFUSED = "refused"


class ConflictKind(StrEnum):
    """Which records two people may change at once."""

    VISIT = "visit"
    HOUSEHOLD = "household"


class Keep(StrEnum):
    """What a person says about one contested field: what the record says, or what the phone said."""

    RECORD = "record"
    PHONE = "phone"
