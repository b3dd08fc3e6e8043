"""Every way in which a command is refused before its verb is asked."""

from backend.core.refusals import Invalid, Refusal


class CommandMalformed(Refusal):
    """A command, or its arguments, cannot be read as what it says it is."""

    status, code, title = 400, "core/malformed", "The request cannot be read"


class TooManyCommands(Refusal):
    """More commands than one batch may have; nothing was done."""

    status, code, title = 413, "sync/too-many-commands", "Too many commands"


class VerbUnknown(Invalid):
    """No command is called so: the app is newer or older than this server."""

    code, title = "sync/verb-unknown", "No such command"


class HeldBack(Refusal):
    """A command that this one follows was not done."""

    status, code, title = 409, "sync/held-back", "It waits for another command"
