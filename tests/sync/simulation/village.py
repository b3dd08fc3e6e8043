"""Who is there, on which phones, what each did and what each was told."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec
from lianxin_client import Phone
from lianxin_client.commands import Standing
from litestar import Litestar
from msgspec import Struct

from backend.core import clock
from tests.sync.simulation.dying import MortalStore
from tests.sync.simulation.handset import Handset
from tests.sync.simulation.office import Office
from tests.sync.simulation.people import Somebody

T = TypeVar("T")

FAR_TOO_MANY_ROUNDS = 12
AT_ONCE = 6
"""Phones on the line at one moment: the house has ten connections."""


DONE = ("stored", "merged", "duplicate")
"""Outcomes after which a deed is on disk and nobody need look at it."""


class Deed(Struct, frozen=True):
    """What somebody did on a phone, as his phone wrote it down. `done_at`: by the sun."""

    id: str
    phone: int
    author: str
    verb: str
    captured_at: datetime
    done_at: datetime
    arguments: dict[str, Any]

    @property
    def own_id(self) -> str:
        """Of what it makes: the arguments', else the command's."""
        return str(self.arguments.get("id", self.id))

    @property
    def photos(self) -> set[str]:
        """Those that it names."""
        shown = [photo["photo_id"] for photo in self.arguments.get("photos", ())]
        return {*shown, *self.arguments.get("photo_ids", ())}


class Stage:
    """The house that all phones reach: an application on a loop of another thread."""

    def __init__(self, app: Litestar, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self.app, self.loop, self.folder = app, loop, folder

    def call(self, verb: Coroutine[Any, Any, T]) -> T:
        """A verb of the house, from a phone's thread."""
        return asyncio.run_coroutine_threadsafe(verb, self.loop).result()


class Village:
    """People and their phones. `sharing`: for each phone, who uses it."""

    def __init__(
        self,
        stage: Stage,
        people: Sequence[Somebody],
        sharing: Sequence[Sequence[Somebody]],
        store: type[MortalStore] = MortalStore,
        office: Office | None = None,
    ) -> None:
        self.stage, self.people, self.office = stage, people, office
        self.questions: list[tuple[str, str]] = []
        self.forgotten: set[str] = set()
        self.lost_photos: set[str] = set()
        self.deeds: dict[str, Deed] = {}
        self.told: dict[str, list[dict[str, Any]]] = {}
        self.asked: set[str] = set()
        self.right: dict[str, dict[str, Any]] = {}
        self.fresh = count()
        self.phones = [Handset(number, self, whose, store) for number, whose in enumerate(sharing)]

    def close(self) -> None:
        """Every file is let go of."""
        for handset in self.phones:
            handset.phone.store.close()

    def hear(self, verdicts: list[dict[str, Any]]) -> None:
        """A phone was given these."""
        for verdict in verdicts:
            self.told.setdefault(verdict["id"], []).append(verdict)

    def note(self, handset: Handset, id: str) -> None:
        """Somebody did this just now: by what the village saw, whatever the phone will say later."""
        [command] = [each for each in handset.phone.queue.all() if each.id == id]
        said = command.content
        captured_at = datetime.fromisoformat(said["captured_at"])
        times = captured_at, clock.now()
        self.deeds[id] = Deed(id, handset.number, handset.holder.id, said["verb"], *times, said["arguments"])

    def put_right(self, id: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Somebody says it anew; on a phone that was set back he says the same as he did before."""
        said = self.right.setdefault(id, arguments)
        self.deeds[id] = msgspec.structs.replace(self.deeds[id], arguments=said)
        return said

    def forget(self, handset: Handset) -> None:
        """A phone was set back: what was done on it since, and photos of it, may have been sent or not. What was put
        right since stands there as it was refused."""
        self.hear([each.verdict for each in handset.phone.queue.all() if each.standing == Standing.REFUSED])
        queued = {each.id for each in handset.phone.queue.all()}
        taken = {each.id for each in handset.phone.photos.to_send()}
        for deed in self.deeds.values():
            if deed.phone == handset.number and deed.id not in queued:
                self.forgotten.add(deed.id)
                self.lost_photos |= deed.photos - taken

    def needs(self) -> list[str]:
        """Ids of all that was asked for at a door so far."""
        visits = [deed.arguments for deed in self.deeds.values() if deed.verb == "recordVisit"]
        return [need["id"] for visit in visits for need in visit.get("needs", ())]

    def come_home(self) -> None:
        """The sky clears, and everybody on every phone syncs until there is nothing left to tell."""
        for handset in self.phones:
            handset.line.is_off = False
        for _ in range(FAR_TOO_MANY_ROUNDS):
            with ThreadPoolExecutor(AT_ONCE) as threads:
                if not any(list(threads.map(self._stirs, self.phones))):
                    return
        raise AssertionError("the phones never come to rest")

    def _stirs(self, handset: Handset) -> bool:
        """Whether anything was told or taken in one round of this phone."""
        stirred = False
        for somebody in handset.sharing:
            handset.hand_to(somebody)
            before = handset.carried(somebody), handset.phone.store.cursor(somebody.id), _queue(handset.phone)
            ended = handset.sync(Random(0), fair=True)
            after = handset.carried(somebody), handset.phone.store.cursor(somebody.id), _queue(handset.phone)
            stirred |= not ended or before != after
        return stirred


def _queue(phone: Phone) -> list[tuple[str, str]]:
    return [(each.id, each.standing) for each in phone.queue.all()]
