"""What travels upwards: commands as a phone sends them, and a verdict for each."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Raw, Struct

from backend.core.shapes import Code, Moment
from backend.sync.words import CommandOutcome

LONGEST_BATCH = 1_000


class CommandAuthor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who did it, where that is not whoever sends it: two people share the phone.

    person_id   his, as `whoAmI` told it
    key_id      of `registerAuthorKey`, whose private half the phone keeps for him
    signature   base64url, ECDSA P-256 with SHA-256 (r and s, or DER) of six lines of UTF-8 joined by line feeds:
                lianxin-sync-1, id, verb, captured_at in UTC with milliseconds and Z, person_id, and the SHA-256 of the
                bytes of `arguments` as they are sent, in base64url without =
    """

    person_id: UUID
    key_id: UUID
    signature: Annotated[str, Meta(min_length=80, max_length=120, pattern=r"^[A-Za-z0-9_-]+$")]


class SyncCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing done offline.

    id            made by the phone when it was done: sent again, it is the same command
    verb          the operationId of the operation that does the same online, of those `syncPush` lists
    captured_at   when it was done, by the phone's clock
    arguments     what that operation takes, path parameters included
    after         ids of commands without which this one makes no sense; one that is not in this batch is taken for
                  done, so what follows a refused one is sent together with it or not at all
    """

    id: UUID
    verb: Code
    captured_at: Moment
    arguments: Raw
    author: CommandAuthor | None = None
    after: Annotated[list[UUID], Meta(max_length=20)] = []


class SyncBatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Commands in the order in which they were done.

    sent_at   the phone's clock now, which tells how wrong it is: always send it
    """

    commands: Annotated[list[SyncCommand], Meta(max_length=LONGEST_BATCH)]
    sent_at: Moment | None = None


class CommandVerdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one command. `index` counts from 0; `id` is null where not even that could be read.

    record_id     what was made or changed
    record        as it is now, where the phone lost a race: merged, conflict, duplicate. Visits come by pulling
    flags         what looks odd about a visit; never a refusal
    conflict_id   where a person decides (`getConflict`); told again where the command is sent again
    waiting_for   photos that are not here yet; a visit is stored without them, and they are added within a minute after
                  they came, or at once where the command is sent again
    problem       where it was refused or held back; of a stored visit: why its photos were not added. A pointer in
                  `errors` is into the command
    """

    index: int
    id: UUID | None
    outcome: CommandOutcome
    record_id: UUID | None = None
    record: Any = None
    flags: list[str] = []
    conflict_id: UUID | None = None
    waiting_for: list[UUID] = []
    problem: dict[str, Any] | None = None


class SyncVerdicts(Struct, frozen=True, kw_only=True):
    """What became of a batch: how many of each outcome, and a verdict for each command in its order.

    received_at   the server's clock
    skew_s        how far the phone's clock is ahead of it; negative: behind. null without `sent_at`
    skewed        it is off by so much that times on this phone should not be trusted: tell its owner
    """

    received_at: datetime
    skew_s: int | None
    skewed: bool
    stored: int
    merged: int
    duplicate: int
    conflict: int
    waiting: int
    held_back: int
    refused: int
    rows: list[CommandVerdict]
