"""A batch as it comes in: cut into commands first and each read alone, so that a bad one spoils no other."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct

from backend.core.malformed import of_body
from backend.core.problems import Malformed, problem
from backend.core.refusals import FieldError, Invalid, Refusal
from backend.core.shapes import Moment
from backend.people.actors import Actor
from backend.sync import authors, digests
from backend.sync.authors import Known
from backend.sync.command_kinds import CommandKind
from backend.sync.commands import COMMANDS
from backend.sync.halves import without_halves
from backend.sync.moments import EARLIEST, LATEST
from backend.sync.push_refusals import CommandMalformed, TooManyCommands, VerbUnknown
from backend.sync.push_schemas import LONGEST_BATCH, CommandVerdict, SyncCommand
from backend.sync.words import CommandOutcome

TURN = 50
MOST_COMMAS = 400_000
"""A thousand commands have a tenth of it; a body of nothing but commas would be 275 MB of commands, all read."""


class Arrived(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The outer shape of a batch, its commands unread."""

    commands: list[Raw]
    sent_at: Moment | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """A command that can be read: its place in the batch, its verb and arguments, whose it is and who brought it.

    after    ids of commands that it follows
    digest   of verb, author and arguments; of kinds that the ledger does not know, nothing
    """

    index: int
    id: UUID
    kind: CommandKind
    arguments: Any
    by: Actor
    captured_at: datetime
    digest: bytes
    after: Annotated[Sequence[UUID], Meta(max_length=20)] = ()


def arrived(body: bytes) -> Arrived:
    """The batch in a body. Raises Malformed (400), TooManyCommands (413)."""
    if body.count(b",") > MOST_COMMAS:
        raise Malformed(_NO_BATCH)
    try:
        batch = _batch(body)
    except msgspec.ValidationError as error:
        raise Malformed(_NO_BATCH, errors=[of_body(error)]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(_NO_BATCH) from error
    if len(batch.commands) > LONGEST_BATCH:
        raise TooManyCommands(
            "A batch has at most {limit} commands, this one {given}. Send the first of them, then the rest.",
            limit=LONGEST_BATCH,
            given=len(batch.commands),
        )
    return batch


def _batch(body: bytes) -> Arrived:
    try:
        return msgspec.json.decode(body, type=Arrived)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.json.decode(without_halves(body), type=Arrived)


async def taken(commands: Sequence[Raw], *, carrier: Actor) -> list[Taken | CommandVerdict]:
    """Each command as it can be read, or the verdict of one that cannot."""
    known: Known = {}
    read = []
    for index, raw in enumerate(commands):
        read.append(await _taken(index, bytes(raw), carrier, known))
        if index % TURN == 0:
            await asyncio.sleep(0)  # other requests have their turn
    return read


async def _taken(index: int, raw: bytes, carrier: Actor, known: Known) -> Taken | CommandVerdict:
    try:
        command = _decoded(raw, SyncCommand, "")
        _must_have_a_clock(command)
        kind = _kind(command)
        arguments = _decoded(bytes(command.arguments), kind.arguments, "/arguments")
        by = await authors.author_of(command, carrier=carrier, known=known)
        digest = _digest(kind, by, arguments)
    except Refusal as refusal:
        return refused(index, _id_in(raw), refusal)
    return Taken(
        index=index,
        id=command.id,
        kind=kind,
        arguments=arguments,
        by=by,
        captured_at=command.captured_at.astimezone(UTC),
        digest=digest,
        after=command.after,
    )


def _digest(kind: CommandKind, by: Actor, arguments: Any) -> bytes:
    """Nothing for a kind that goes in runs: its verb knows a repeat itself, and a thousand take a while."""
    return b"" if kind.run is None else digests.digest(verb=kind.verb, author_id=by.person_id, arguments=arguments)


def refused(
    index: int, id: UUID | None, refusal: Refusal, outcome: CommandOutcome = CommandOutcome.REFUSED
) -> CommandVerdict:
    """The verdict of a command that was not done."""
    return CommandVerdict(index=index, id=id, outcome=outcome, problem=problem(refusal))


def _decoded(raw: bytes, shape: type, place: str) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        wrong = of_body(error)
        wrong = msgspec.structs.replace(wrong, pointer=place + wrong.pointer)
        raise CommandMalformed("This command does not have the shape that its verb takes.", errors=[wrong]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CommandMalformed("This command is no JSON.") from error


def _kind(command: SyncCommand) -> CommandKind:
    if command.verb not in COMMANDS:
        wrong = FieldError(pointer="/verb", detail="{verb} is none.", code="not-one-of", facts={"verb": command.verb})
        raise VerbUnknown("This server knows no such command. Bring the app or the server up to date.", errors=[wrong])
    return COMMANDS[command.verb]


def _must_have_a_clock(command: SyncCommand) -> None:
    if not EARLIEST <= command.captured_at < LATEST:
        detail = "{value} is not between the years 2000 and 2099: look at the phone's date."
        facts = {"value": command.captured_at.isoformat()}
        wrong = FieldError(pointer="/captured_at", detail=detail, code="range", facts=facts)
        raise Invalid("The phone's clock was never set.", errors=[wrong])


class _WithId(Struct):
    id: UUID | None = None


def _id_in(raw: bytes) -> UUID | None:
    """The id of a command that is wrong elsewhere, so that the phone knows which one it was."""
    try:
        return msgspec.json.decode(raw, type=_WithId).id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


_NO_BATCH = "The body is no batch of commands."
