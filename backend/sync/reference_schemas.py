"""The lists out of which a phone fills in what is done offline."""

from datetime import date

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
