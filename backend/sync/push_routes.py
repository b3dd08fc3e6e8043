"""Sync over HTTP, upwards: what was done offline."""

from dataclasses import dataclass
from inspect import getdoc
from typing import Any

from litestar import Request, post
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Reference,
    RequestBody,
    Schema,
)

from backend.people.guards import SignedIn
from backend.sync import pushing
from backend.sync.commands import COMMANDS
from backend.sync.push_schemas import LONGEST_BATCH, CommandAuthor, SyncBatch, SyncCommand, SyncVerdicts

MOST_BYTES = 8_000_000
"""A thousand visits with long notes; a thousand usual ones are half a megabyte."""

_ID = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.UUID)
_MOMENT = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME)


def _object(about: type, required: list[str], **properties: Schema | Reference) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT,
        description=getdoc(about),
        required=required,
        properties=properties,
        additional_properties=False,
    )


@dataclass
class _Push(Operation):
    """The body for the API guide: its commands are read one by one, so Litestar cannot see them."""

    def __post_init__(self) -> None:
        author = _object(
            CommandAuthor,
            ["person_id", "key_id", "signature"],
            person_id=_ID,
            key_id=_ID,
            signature=Schema(type=OpenAPIType.STRING, min_length=80, max_length=120, pattern="^[A-Za-z0-9_-]+$"),
        )
        command = _object(
            SyncCommand,
            ["id", "verb", "captured_at", "arguments"],
            id=_ID,
            verb=Schema(type=OpenAPIType.STRING, enum=sorted(COMMANDS)),
            captured_at=_MOMENT,
            arguments=Schema(type=OpenAPIType.OBJECT, description="What that operation takes, path parameters too"),
            author=author,
            after=Schema(type=OpenAPIType.ARRAY, items=_ID, max_items=20),
        )
        commands = Schema(type=OpenAPIType.ARRAY, items=command, max_items=LONGEST_BATCH)
        body = _object(SyncBatch, ["commands"], commands=commands, sent_at=_MOMENT)
        self.request_body = RequestBody(required=True, content={"application/json": OpenAPIMediaType(schema=body)})


@post(
    "/commands",
    operation_id="syncPush",
    operation_class=_Push,
    summary="Send what was done offline",
    description=f"Up to {LONGEST_BATCH} commands, done in their order, each with its own verdict: one that is refused "
    "spoils no other. What is answered is on disk. The same command again is a `duplicate` and changes nothing, so a "
    "batch whose answer was lost is simply sent again. `recordVisit` may name photos that are still on their way.",
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def sync_push(request: Request[Any, Any, Any], by: SignedIn) -> SyncVerdicts:
    """Read by hand, so that a command of the wrong shape is refused alone."""
    return await pushing.sync_push(body=await request.body(), by=by)
