"""One import under way: what counts for all its rows, and what was looked up once."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from backend.laboratory import calibrations, instruments
from backend.laboratory.calibration_rules import Standing
from backend.laboratory.context import Told
from backend.laboratory.import_desks import Desk
from backend.laboratory.limits import Tables
from backend.laboratory.profiles import Profile
from backend.laboratory.words import Calibration, RunKind


class RunTold(Struct, frozen=True, kw_only=True):
    """The run that the file is of."""

    id: UUID
    blank_delta: Decimal | None
    invalid_reasons: tuple[str, ...]


class Work(Struct, kw_only=True):
    """See the module.

    serial        of the instrument that was told for rows without one
    apart         read in a process beside; the file has a descriptor
    ids           instruments by serial, as it stood in the file
    """

    id: UUID
    desk: Desk
    told: Told
    run_kind: RunKind
    received_at: datetime
    tables: Tables
    dry_run: bool = False
    apart: bool = False
    profile: Profile | None = None
    instrument_id: UUID | None = None
    serial: str | None = None
    run: RunTold | None = None
    ids: dict[str, UUID] = {}
    standings: dict[UUID, Standing] = {}

    async def know_instruments(self, serials: Iterable[str]) -> None:
        """Look up those that are new to this import; those that are new to us are taken in."""
        new = set(serials) - set(self.ids)
        if not new:
            return
        found = await (instruments.known_many if self.dry_run else instruments.seen_many)(new, self.desk.id)
        self.ids |= found
        await self.know_standings(found.values())

    async def know_standings(self, instrument_ids: Iterable[UUID]) -> None:
        """How they stood on any day."""
        if new := set(instrument_ids) - set(self.standings):
            self.standings |= await calibrations.standings(new)

    def instrument(self, serial: str | None) -> UUID | None:
        """Of a row."""
        return self.ids.get(serial, self.instrument_id) if serial else self.instrument_id

    def calibration(self, instrument_id: UUID | None, day: date) -> Calibration:
        """How it stood on the day of the test."""
        standing = self.standings.get(instrument_id) if instrument_id else None
        return standing.on(day) if standing else Calibration.UNKNOWN
