"""One command as somebody sends it: its verdict, the verdicts of it sent twice, what a stranger is told."""

from typing import Any

from msgspec import to_builtins

from backend.people.actors import Actor
from backend.sync.push_schemas import CommandVerdict
from tests.sync.batches import command, push


async def offline(by: Actor, verb: str, **arguments: Any) -> CommandVerdict:
    """It is done once, just now."""
    return await sent(by, command(verb, to_builtins(arguments)))


async def sent(by: Actor, made: dict[str, Any]) -> CommandVerdict:
    """A command that was made before: the same one again, perhaps."""
    (verdict,) = (await push(by, made)).rows
    return verdict


async def twice(by: Actor, verb: str, **arguments: Any) -> tuple[CommandVerdict, CommandVerdict]:
    """It is sent, its answer is lost, it is sent again: the second is a duplicate of the same record."""
    made = command(verb, to_builtins(arguments))
    first, second = await sent(by, made), await sent(by, made)
    assert (first.outcome, first.problem) == ("stored", None)
    assert (second.outcome, second.record_id) == ("duplicate", first.record_id)
    return first, second


async def refused(by: Actor, verb: str, **arguments: Any) -> str:
    """The code with which it is refused."""
    verdict = await offline(by, verb, **arguments)
    assert verdict.outcome == "refused"
    assert verdict.problem is not None
    return str(verdict.problem["code"])
