"""Which commands this server takes, over HTTP."""

from litestar import get

from backend.people.guards import SignedIn
from backend.sync.command_catalogue import OfferedCommand, catalogue


@get(
    "/commands",
    operation_id="listSyncCommands",
    summary="What can be done offline, and the shape of each command",
    description="By their verbs, each with the JSON Schema of its `arguments`: an app can check itself before it goes "
    "out. A verb that is not here is refused with `sync/verb-unknown`.",
)
async def list_sync_commands(by: SignedIn) -> tuple[OfferedCommand, ...]:  # noqa: ARG001 - refuses strangers
    """The same for everybody."""
    return catalogue()
