"""The whole: one phone, the people who share it, what they carry and what they did.

    phone = Phone(Store("phone.sqlite"), httpx.Client(base_url="https://…"))
    phone.sign_in("199 0000 0001", "…")
    phone.do("completeTask", {"task_id": task["id"]})   # with or without a line
    phone.sync()                                        # whenever there is one

Not for two threads at once: a phone does one thing after the other.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial

import httpx

from lianxin_client import my_day, pulling, pushing
from lianxin_client.commands import Command, Standing
from lianxin_client.photos import Photos
from lianxin_client.pushing import Pushed
from lianxin_client.queue import Queue
from lianxin_client.server import Refused, Server, SignInNeeded
from lianxin_client.signing_in import Person, Tokens, people, sign_in, tell_key
from lianxin_client.store import Store
from lianxin_client.texts import Json


def utc_now() -> datetime:
    """The phone's clock, right or wrong."""
    return datetime.now(UTC)


class Phone:
    """Everything it knows is in its store: thrown away and made anew on the same file, it is the same phone."""

    def __init__(self, store: Store, http: httpx.Client, clock: Callable[[], datetime] = utc_now) -> None:
        self.store, self.queue, self.photos = store, Queue(store), Photos(store)
        self._http, self._clock = http, clock

    def close(self) -> None:
        """Let go of its file."""
        self.store.close()

    # Who

    def sign_in(self, number: str, password: str, label: str = "") -> Person:
        """Somebody signs in, and has the phone in his hand from now on."""
        sign_in(self.store, self._http, number=number, password=password, label=label)
        self._tell_keys()
        return self.holder

    def hand_to(self, person_id: str) -> None:
        """Another one of those who have signed in here takes the phone; that needs no line."""
        with self.store.transaction():
            self.store.rows("INSERT OR REPLACE INTO holder VALUES (1, ?)", person_id)

    @property
    def people(self) -> list[Person]:
        """Everybody who has signed in here."""
        return people(self.store)

    @property
    def holder(self) -> Person:
        """Whose hand it is in. Raises SignInNeeded before anybody signed in."""
        held = {row["person"] for row in self.store.rows("SELECT person FROM holder")}
        for person in self.people:
            if person.id in held:
                return person
        raise SignInNeeded

    # Without a line

    def do(self, verb: str, arguments: Json, after: Sequence[str] = ()) -> str:
        """Write down what the holder did; the command's id. `verb`: the operationId of what does the same online."""
        return self.queue.add(verb, arguments, by=self.holder, captured_at=self._clock(), after=after)

    def photograph(self, content: bytes) -> str:
        """Keep a photo that the holder took; the id under which commands name it."""
        return self.photos.add(content, person=self.holder.id)

    def records(self, entity: str) -> list[Json]:
        """What the holder carries: `tasks`, `households`, `visits` … as the server told it last."""
        return self.store.records(self.holder.id, entity)

    def my_day(self, here: my_day.Here | None = None) -> list[Json]:
        """The holder's tasks in the order of doing them, without those that he has ended on this phone."""
        ended = {_task(each) for each in self.queue.all() if each.standing != Standing.REFUSED}
        tasks = [task for task in self.records("tasks") if task["id"] not in ended]
        return my_day.in_order(tasks, now=self._clock(), here=here)

    def attention(self) -> list[Command]:
        """Of what the holder did: what was refused, with why (`verdict["problem"]`), what is stuck behind that, and
        what waits for a person (`verdict["conflict_id"]`) or was decided by him (`verdict["decision"]`)."""
        return [each for each in self.queue.attention() if each.person == self.holder.id]

    def told(self) -> list[Command]:
        """What the server had to say to what the holder did: shown to him, then `let_be`."""
        return [each for each in self.queue.all() if each.has_news and each.person == self.holder.id]

    def again(self, command_id: str) -> None:
        """Its author wants it sent once more."""
        self.queue.again(command_id)

    def put_right(self, command_id: str, arguments: Json) -> None:
        """The holder says anew what he did and what was refused; it goes with the next push, under its id. Raises
        NotYoursToPutRight for another's, and for what was not refused."""
        self.queue.put_right(command_id, arguments, by=self.holder)

    def let_be(self, command_id: str) -> None:
        """Its author has seen it and lets it be: it is off his list."""
        self.queue.let_be(command_id)

    # With a line

    def sync(self) -> Pushed:
        """Everything: what is small first. Raises NotNow, SignInNeeded, Refused; call it again, nothing is lost."""
        pushed = self.push()
        self.pull()
        if self.send_photos():
            self.push()
        return pushed

    def push(self) -> Pushed:
        """Send what everybody on this phone did, in the holder's session."""
        self._tell_keys()
        proved = {person.id for person in self.people if person.key_known}
        commands = partial(
            self.queue.to_send,
            holder=self.holder.id,
            proved=proved,
            photos={photo.id for photo in self.photos.to_send()},
        )
        return pushing.push(self._server(), self.queue, commands, now=self._clock())

    def pull(self) -> int:
        """Bring what the holder carries up to date, with what was decided; how many answers had something to tell."""
        holder = self.holder.id
        kept = pulling.pull(self._server(), self.store, holder)
        self.queue.hear(self.store.records(holder, "conflicts"))
        self.queue.let_go_of_done(holder)
        return kept

    def send_photos(self) -> int:
        """Send what photos are missing, each in its author's session; how many of them the server has now."""
        waiting = self.photos.to_send()
        for photo in waiting:
            with self._unless_signed_out(photo.person):
                self.photos.send(photo, self._server(photo.person))
        return len(waiting) - len(self.photos.to_send())

    def _server(self, person: str | None = None) -> Server:
        return Server(self._http, Tokens(self.store, person or self.holder.id))

    def _tell_keys(self) -> None:
        """Each person's public key goes up once, in his own session; until then only that one sends what he did."""
        for person in self.people:
            if not person.key_known:
                with self._unless_signed_out(person.id), suppress(Refused):
                    tell_key(self.store, self._server(person.id), person)

    @contextmanager
    def _unless_signed_out(self, person_id: str) -> Iterator[None]:
        """What is another's waits until he signs in again, and keeps nobody else waiting."""
        try:
            yield
        except SignInNeeded:
            if person_id == self.holder.id:
                raise


def _task(command: Command) -> str | None:
    content = command.content
    return content["arguments"].get("task_id") if content["verb"] in my_day.ENDING else None
