"""A command: one thing done on this phone, and what the server said to it.

It is made when it is done, not when it is sent: its id, its moment, its author and his signature are of that moment,
and the text that travels is kept as it was signed. Sent ten times, it is ten times the same bytes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lianxin_client import signing
from lianxin_client.server import LATER
from lianxin_client.signing_in import Person
from lianxin_client.texts import Json, compact, rfc3339

UNPROVEN = "sync/author-unproven"


class NotYoursToPutRight(Exception):
    """Only what was refused is put right, and only by its author: what may have been done is another deed."""


class Standing(StrEnum):
    """Where a command stands.

    queued     to be sent
    waiting    with the server, until a photo of it has come
    done       on the server's disk; it is let go of with the next pull
    conflict   with a person, who decides between what this phone and another one said
    decided    he has: `verdict["decision"]` says of each field whether `phone` or `record` stays
    refused    needs attention: its author puts it right and sends it again, or lets it be
    """

    QUEUED = "queued"
    WAITING = "waiting"
    DONE = "done"
    CONFLICT = "conflict"
    DECIDED = "decided"
    REFUSED = "refused"


AFTER = {
    "stored": Standing.DONE,
    "merged": Standing.DONE,
    "duplicate": Standing.DONE,
    "conflict": Standing.CONFLICT,
    "waiting": Standing.WAITING,
    "held_back": Standing.QUEUED,
    "refused": Standing.REFUSED,
}
"""What an outcome makes of a command. One that is not told here leaves it in the queue."""


@dataclass(frozen=True)
class Command:
    """One thing done. `told`: as it travels. `verdict`: the server's last one."""

    id: str
    person: str
    told: str
    standing: Standing
    verdict: Json

    @property
    def content(self) -> Json:
        """What it says."""
        return dict(json.loads(self.told))

    @property
    def is_done(self) -> bool:
        """What follows on it may go; a contested change is with a person, and its record is there."""
        return self.standing in (Standing.DONE, Standing.CONFLICT, Standing.DECIDED)

    @property
    def photos(self) -> set[str]:
        """Those that it waits for."""
        return set(self.verdict.get("waiting_for", ()))

    @property
    def is_unproven(self) -> bool:
        """Refused because its author's key does not count: in his own session it needs none."""
        return self.standing == Standing.REFUSED and _problem(self.verdict).get("code") == UNPROVEN

    @property
    def has_news(self) -> bool:
        """Done, and told something once: a receipt's number and secret, how a merged record stands now."""
        return self.standing == Standing.DONE and self.verdict["outcome"] != "duplicate" and "record" in self.verdict


def standing_after(verdict: Json) -> Standing:
    """Where a verdict leaves a command. A refusal that is the server's own mistake leaves it in the queue."""
    if verdict.get("conflict_id"):  # also of a duplicate, whose first answer was lost
        return Standing.CONFLICT
    if verdict["outcome"] == "refused" and _problem(verdict).get("status") in LATER:
        return Standing.QUEUED
    return AFTER.get(verdict["outcome"], Standing.QUEUED)


def written(id: str, verb: str, arguments: Json, *, by: Person, captured_at: datetime, after: Sequence[str]) -> str:
    """The text of a command, signed by its author."""
    moment, said = rfc3339(captured_at), compact(arguments)
    signed = signing.signature(by.private_key, id=id, verb=verb, captured_at=moment, person_id=by.id, arguments=said)
    author = {"person_id": by.id, "key_id": by.key_id, "signature": signed}
    frame = compact({"id": id, "verb": verb, "captured_at": moment, "author": author, "after": list(after)})
    return f'{frame[:-1]},"arguments":{said}}}'


def _problem(verdict: Json) -> Json:
    return verdict.get("problem") or {}
