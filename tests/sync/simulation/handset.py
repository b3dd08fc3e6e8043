"""One phone of the village: its file, its line, its life, its clock, and whose hand it is in."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from lianxin_client import NotNow, Phone, SignInNeeded

from backend.core import clock
from tests.cast import PASSWORD
from tests.sync.simulation.dying import Died, DiskFull, Life, MortalStore, mortal
from tests.sync.simulation.people import Somebody
from tests.sync.simulation.weather import FAIR, FOUL, Weather

if TYPE_CHECKING:
    from tests.sync.simulation.village import Village

AHEAD = (timedelta(0), timedelta(0), timedelta(minutes=-7), timedelta(0), timedelta(days=2), timedelta(days=-3))
"""Of the phones' clocks, one after the other."""


class Handset:
    """A phone, and all that may befall it."""

    def __init__(
        self, number: int, village: "Village", sharing: Sequence[Somebody], store: type[MortalStore] = MortalStore
    ) -> None:
        self.number, self.village, self.sharing, self.store = number, village, sharing, store
        self.path = village.stage.folder / f"phone-{number}.sqlite"
        self.line = Weather(village.stage.app, village.stage.loop, village.hear)
        self.life, self.ahead = Life(), AHEAD[number % len(AHEAD)]
        self.holder = sharing[0]
        self.phone = self.wake()
        for somebody in reversed(sharing):
            self.phone.sign_in(somebody.number, PASSWORD)
        self.backup = Backup(self)

    def now(self) -> datetime:
        """By its clock, which may be days off."""
        return clock.now() + self.ahead

    def wake(self) -> Phone:
        """Made anew from its file."""
        self.life.left = self.life.room = None
        self.phone = mortal(self.path, self.line, self.life, self.now, self.store)
        return self.phone

    def die(self) -> None:
        """Thrown away, whatever it was doing, and started again."""
        self.phone.store.close()
        self.wake()

    def set_back(self) -> None:
        """It fell into the well: another one, as it was when it was last backed up. What it did since is gone with it,
        but for what it had sent."""
        self.phone.store.close()
        self.backup.put_back()
        self.wake()
        self.holder = next(each for each in self.sharing if each.id == self.phone.holder.id)
        self.village.forget(self)

    def hand_to(self, somebody: Somebody) -> None:
        """It changes hands."""
        self.phone.hand_to(somebody.id)
        self.holder = somebody

    def sync(
        self, chance: Random, *, fair: bool = False, dies_after: int | None = None, room: int | None = None
    ) -> bool:
        """Once, in this weather; whether it came to its end. Whoever is signed out signs in again.

        dies_after, room   statements until it dies of it; statements until its disk is full, which it survives
        """
        self.line.chance, self.line.fates = chance, FAIR if fair else FOUL
        self.life.left, self.life.room = dies_after, room
        try:
            self.phone.sync()
        except (NotNow, DiskFull):
            return False
        except SignInNeeded:
            with suppress(NotNow, DiskFull):
                self.phone.sign_in(self.holder.number, PASSWORD)
            return False
        except Died:
            self.die()
            return False
        finally:
            self.life.left = self.life.room = None
        return True

    def carried(self, somebody: Somebody) -> dict[tuple[str, str], str]:
        """All that it has of somebody's, as text."""
        rows = self.phone.store.rows("SELECT entity, id, body FROM record WHERE person = ?", somebody.id)
        return {(row["entity"], row["id"]): row["body"] for row in rows}


class Backup:
    """A phone's file and photos as they were once."""

    def __init__(self, handset: Handset) -> None:
        self._path, self._photos = handset.path, handset.phone.store.photos
        self._kept = handset.path.with_suffix(".kept")
        self.make(handset)

    def make(self, handset: Handset) -> None:
        """As they are now, in place of how they were."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self._photos, self._kept)
        handset.phone.store.rows("VACUUM INTO ?", str(self._kept / self._path.name))

    def put_back(self) -> None:
        """In place of how they are."""
        for left in self._path.parent.glob(f"{self._path.name}-*"):
            left.unlink()
        shutil.rmtree(self._photos)
        shutil.copytree(self._kept, self._photos)
        (self._photos / self._path.name).replace(self._path)
