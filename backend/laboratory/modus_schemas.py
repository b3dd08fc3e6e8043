"""The shape of "modus slim v1" (OADA formats) as far as we write it; names on the wire are that schema's own.

`lianxin` is ours: what Modus has no place for.
"""

from typing import Literal

from msgspec import Struct, field


class ModusId(Struct, frozen=True, kw_only=True):
    """An id, and who gave it: `local` is this lab."""

    value: str
    source: str = "local"


class ModusContact(Struct, frozen=True, kw_only=True):
    """Whom to ask."""

    name: str
    phone: str


class ModusLab(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The studio, and of a sample what the studio calls it. aliasid: what stands on its bag."""

    id: ModusId | None = None
    name: str | None = None
    contact: ModusContact | None = None
    sampleid: str | None = None
    aliasid: str | None = None
    date_received: str | None = field(default=None, name="dateReceived")
    date_processed: str | None = field(default=None, name="dateProcessed")


class ModusGrower(Struct, frozen=True, kw_only=True):
    """The number of a household's card; never for a partner."""

    id: str


class ModusNamed(Struct, frozen=True, kw_only=True):
    """A field as its farmer calls it; a crop."""

    name: str


class ModusSource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a sample comes from. date: when it was taken."""

    sampleid: str
    date: str | None = None
    grower: ModusGrower | None = None
    field: ModusNamed | None = None


class ModusDepth(Struct, frozen=True, kw_only=True):
    """From where to where it was taken."""

    top: int
    bottom: int
    units: str = "cm"


class ModusBeside(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What Modus has no place for: our method, how far Modus stands by its code, a near one, our verdict and rule.

    method_code   of our own list; standard: where that method is laid down
    modus_acceptance, modus_status   Modus's words of the code in `modusTestID`: OFFICIAL, PROVISIONAL …; VALID …
    """

    comparator: str
    run_kind: str
    analyte: str | None = None
    method_code: str | None = None
    standard: str | None = None
    modus_acceptance: str | None = None
    modus_status: str | None = None
    nearest_modus_test_id: str | None = field(default=None, name="nearestModusTestID")
    verdict: str | None = None
    rule: str | None = None


class ModusResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result. value: a number, or a text where it is none (<5.0, ND). units: UCUM."""

    analyte: str
    value: float | str
    units: str
    lianxin: ModusBeside
    modus_test_id: str | None = field(default=None, name="modusTestID")


class ModusSample(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sample; what differs from the document's own lab stands here."""

    id: str
    lab: ModusLab
    source: ModusSource
    results: dict[str, ModusResult]
    depth: ModusDepth | None = None
    crop: ModusNamed | None = None


class ModusDocument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Samples of one type. date: the earliest on which one was taken, else came."""

    id: str
    date: str
    type: Literal["soil", "residue"]
    samples: dict[str, ModusSample]
    kind: str = field(name="_type")
    lab: ModusLab | None = None
