"""How long what has arrived is kept, and how much of it: the server may be put back to an earlier hour and need it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Keeping:
    """What a phone can spare.

    since         when this was chosen
    days          after what was done was let go of, and after a photo arrived
    photos_bytes  of everybody's photos together; the oldest is forgotten first
    source        why
    """

    since: date
    days: int
    photos_bytes: int
    source: str


KEEPING = Keeping(
    since=date(2026, 11, 23),
    days=14,
    photos_bytes=100_000_000,
    source="Our own choice. Backups are made daily; whoever has to put back one that is older than a fortnight looks "
    "for what is missing himself. A cadre records some 27 contacts in it (680 a year): with two photos each of 0.7 MB "
    "(2,048 pixels on the long side) two who share a phone need 76 MB. A cheap phone has 16 GB.",
)
