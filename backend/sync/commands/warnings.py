"""What a phone does with fraud warnings offline: take one, say that one tried, end it.

Handing one over is not among them: to whom, and whether he takes it, is known online only. A command that comes when
somebody else has the warning, or when its day's key is destroyed, is refused as it would be online.
"""

from uuid import UUID

from msgspec import Struct

from backend.antifraud import acting, reading, warning_queries
from backend.antifraud.warning_schemas import FraudWarningRecord, NewAttempt, WarningClosure
from backend.sync.bodies import body, made
from backend.sync.command_kinds import CommandKind, Doing, Done, offer


class AcknowledgeWarning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warning is taken: it rings nobody else."""

    warning_id: UUID


class RecordAttempt(NewAttempt, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody called, wrote or went. Without `id` the attempt has the command's; without `at`: at `captured_at`."""

    warning_id: UUID


class CloseWarning(WarningClosure, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warning has ended, and how."""

    warning_id: UUID


async def _acknowledge(said: AcknowledgeWarning, doing: Doing) -> Done:
    await acting.acknowledge_warning(warning_id=said.warning_id, by=doing.by, at=doing.done_at)
    return Done(record_id=said.warning_id)


async def _attempt(said: RecordAttempt, doing: Doing) -> Done:
    id = said.id or doing.command_id
    new = body(said, NewAttempt, id=id)
    outcome = await acting.record_attempt(warning_id=said.warning_id, id=id, new=new, by=doing.by, at=doing.done_at)
    return made(outcome, id)


async def _close(said: CloseWarning, doing: Doing) -> Done:
    await acting.close_warning(warning_id=said.warning_id, outcome=said.outcome, by=doing.by, at=doing.done_at)
    return Done(record_id=said.warning_id)


async def _read(warning_id: UUID, doing: Doing) -> FraudWarningRecord:
    """Without whom it is about: that is read by itself, and logged."""
    return warning_queries.record(await reading.seen(warning_id, by=doing.by))


offer(CommandKind(verb="acknowledgeWarning", arguments=AcknowledgeWarning, run=_acknowledge, read=_read))
offer(CommandKind(verb="recordAttempt", arguments=RecordAttempt, run=_attempt))
offer(CommandKind(verb="closeWarning", arguments=CloseWarning, run=_close, read=_read))
