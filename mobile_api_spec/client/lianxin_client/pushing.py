"""Commands go up, in order, and each gets its verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lianxin_client.commands import Command
from lianxin_client.queue import Queue
from lianxin_client.server import Refused, Server
from lianxin_client.texts import Json, compact, rfc3339

ADDRESS = "/api/v1/sync/commands"
MOST = 1_000
"""Commands in one batch."""

UNREADABLE = (400, 413)
"""The batch as a whole: too large, or one command in it is no command at all. Half of it shows which half."""


@dataclass(frozen=True)
class Pushed:
    """How many were answered, and how far this phone's clock is ahead of the server's. None: nothing was sent."""

    answered: int = 0
    skew_s: int | None = None
    skewed: bool = False


def push(server: Server, queue: Queue, to_send: Callable[[], list[Command]], *, now: datetime) -> Pushed:
    """Send what can go (`Queue.to_send`), each once.

    An answer is kept whole before the next batch goes. A batch without an answer may have been done: it is sent again
    as it is, and what was done is answered `duplicate`.

    Raises NotNow, SignInNeeded, Refused; what was not answered is still in the queue.
    """
    done, tried, most = Pushed(), set[str](), MOST
    while batch := [each for each in to_send() if each.id not in tried][:most]:
        try:
            answer = _sent(server, batch, now)
        except Refused as refused:
            if refused.status not in UNREADABLE:
                raise
            most = len(batch) // 2 or MOST
            if len(batch) == 1:
                queue.keep(batch, [{"index": 0, "outcome": "refused", "problem": refused.problem}])
            continue
        queue.keep(batch, answer["rows"])
        tried |= {each.id for each in batch}
        done = Pushed(done.answered + len(answer["rows"]), answer["skew_s"], answer["skewed"])
    return done


def _sent(server: Server, batch: list[Command], now: datetime) -> Json:
    """The texts are put together as they are kept: a signature counts for these bytes and no others."""
    told = ",".join(each.told for each in batch)
    body = f'{{"sent_at":{compact(rfc3339(now))},"commands":[{told}]}}'
    answer = server.ask("POST", ADDRESS, content=body.encode(), headers={"Content-Type": "application/json"})
    return dict(answer.json())
