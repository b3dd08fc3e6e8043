"""What was done on this phone, in order, until it is answered for good."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from lianxin_client.commands import Command, NotYoursToPutRight, Standing, standing_after, written
from lianxin_client.ids import uuid7
from lianxin_client.signing_in import Person
from lianxin_client.store import Store
from lianxin_client.texts import Json, compact


class Queue:
    """The commands of a phone, of everybody who uses it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, verb: str, arguments: Json, *, by: Person, captured_at: datetime, after: Sequence[str] = ()) -> str:
        """Write down what somebody did; the command's id. `after`: ids of commands without which it makes no sense."""
        id = uuid7()
        told = written(id, verb, arguments, by=by, captured_at=captured_at, after=after)
        with self._store.transaction():
            row = (id, by.id, told, Standing.QUEUED)
            self._store.rows("INSERT INTO command (id, person, told, standing) VALUES (?, ?, ?, ?)", *row)
        return id

    def all(self) -> list[Command]:
        """In the order in which they were done."""
        rows = self._store.rows("SELECT id, person, told, standing, verdict FROM command ORDER BY position")
        return [Command(id, person, told, Standing(s), json.loads(verdict)) for id, person, told, s, verdict in rows]

    def to_send(self, *, holder: str, proved: Collection[str], photos: Collection[str]) -> list[Command]:
        """What can go now, in order.

        holder   in whose session it goes: that is proof enough for what he did himself
        proved   persons whose key the server knows; what others did goes in their own session
        photos   those still to be sent: what waits for one of them goes after it

        What follows on something that is not done yet, and does not go now either, stays behind it.
        """
        stuck, going = set[str](), list[Command]()
        for command in self.all():
            own = command.person == holder
            ready = command.standing == Standing.QUEUED or (own and command.is_unproven)
            ready |= command.standing == Standing.WAITING and command.photos.isdisjoint(photos)
            if ready and (own or command.person in proved) and stuck.isdisjoint(command.content["after"]):
                going.append(command)
            elif not command.is_done:
                stuck.add(command.id)
        return going

    def keep(self, batch: Sequence[Command], verdicts: Iterable[Json]) -> None:
        """Keep what the server said to a batch, all of one answer together. `index`: which of the batch is meant."""
        with self._store.transaction():
            for verdict in verdicts:
                row = (standing_after(verdict), compact(verdict), batch[verdict["index"]].id)
                self._store.rows("UPDATE command SET standing = ?, verdict = ? WHERE id = ?", *row)

    def attention(self) -> list[Command]:
        """What its author has to look at: what was refused, what is stuck behind that, what a person decides or did."""
        stuck, found = set[str](), list[Command]()
        for command in self.all():
            behind = not command.is_done and not stuck.isdisjoint(command.content["after"])
            if command.standing == Standing.REFUSED or behind:
                stuck.add(command.id)
            if command.id in stuck or command.standing in (Standing.CONFLICT, Standing.DECIDED):
                found.append(command)
        return found

    def hear(self, conflicts: Iterable[Json]) -> None:
        """What persons have said by now to contested changes, as a pull told it."""
        decided = {each["id"]: each for each in conflicts if each.get("decision")}
        with self._store.transaction():
            for command in self.all():
                if command.standing == Standing.CONFLICT and command.id in decided:
                    said = decided[command.id]
                    told = {"decision": said["decision"], "decided_at": said["decided_at"]}
                    row = (Standing.DECIDED, compact(command.verdict | told), command.id)
                    self._store.rows("UPDATE command SET standing = ?, verdict = ? WHERE id = ?", *row)

    def again(self, id: str) -> None:
        """Its author wants it sent once more."""
        with self._store.transaction():
            self._store.rows("UPDATE command SET standing = ? WHERE id = ?", Standing.QUEUED, id)

    def put_right(self, id: str, arguments: Json, *, by: Person) -> None:
        """Its author says a refused one anew: the same deed of the same moment under the same id, so what follows on it
        follows it still. Raises NotYoursToPutRight."""
        with self._store.transaction():
            wrong = [
                each for each in self.all() if (each.id, each.person, each.standing) == (id, by.id, Standing.REFUSED)
            ]
            if not wrong:
                raise NotYoursToPutRight(id)
            said = wrong[0].content
            moment = datetime.fromisoformat(said["captured_at"])
            told = written(id, said["verb"], arguments, by=by, captured_at=moment, after=said["after"])
            row = (told, Standing.QUEUED, id)
            self._store.rows("UPDATE command SET told = ?, standing = ?, verdict = '{}' WHERE id = ?", *row)

    def let_be(self, id: str) -> None:
        """Its author has seen what was said and lets it be. What followed on it goes by itself then."""
        with self._store.transaction():
            self._store.rows("DELETE FROM command WHERE id = ?", id)

    def let_go_of_done(self, person: str) -> None:
        """What is done, and has come back with a pull by now; what its author has yet to be told stays."""
        with self._store.transaction():
            for each in self.all():
                if each.person == person and each.standing == Standing.DONE and not each.has_news:
                    self.let_be(each.id)
