"""The lists out of which a phone fills in what is done offline, and what it answers out of: "may I spray this?"."""

from datetime import date
from uuid import UUID

from msgspec import Struct


class ListItem(Struct, frozen=True, omit_defaults=True):
    """One thing to choose, from `valid_from` to `valid_to`: an ended one is carried to name what was recorded by it.

    parent_code  what it is under; null: at the top
    aliases      by which it is called too
    crops        on which it occurs; none: on any
    topic        which of `diagnosis_topics` it is
    """

    code: str
    name_zh: str
    name_en: str
    parent_code: str | None = None
    aliases: list[str] = []
    crops: list[str] = []
    topic: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class CarriedList(Struct, frozen=True, kw_only=True):
    """A list in the order in which it is shown. `id`: what is listed, such as `topics` or `decline_reasons`."""

    id: str
    items: list[ListItem]


class CarriedBan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From when a pesticide may not be sold and used; one that is announced comes before its day.

    substance  its common name in English
    aliases    other names and brands under which farmers know it, Chinese and English
    not_in     longer names that hold one of these and are something else: 丁硫克百威 is not 克百威
    crops      of the list `crops`; none: forbidden on every crop
    valid_to   the last day, where one is set
    source     which order says so, and in its words what it forbids: also on crops that the list has not (茶叶)
    """

    id: UUID
    substance: str
    name_zh: str
    aliases: list[str] = []
    not_in: list[str] = []
    crops: list[str] = []
    valid_from: date
    valid_to: date | None = None
    source: str
