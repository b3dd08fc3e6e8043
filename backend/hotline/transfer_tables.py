"""Callers handed to other lines."""

from piccolo.columns import UUID, BigInt, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.call_tables import Call
from backend.hotline.kept import MONTHS_24, MONTHS_24_DAYS
from backend.hotline.words import Line, TransferState
from backend.people.tables import Person, Unit


class LineTransfer(Table, tablename="hotline_transfer"):
    """A caller is handed warmly to another line, or comes back from it: under which reference, who has him now."""

    id = UUID(primary_key=True, null=False)
    line = Varchar(length=8, null=False, choices=Line)
    number = BigInt(null=False, unique=True)
    call = ForeignKey(Call, null=True, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=True, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    state = Varchar(length=8, null=False, choices=TransferState)
    reason = Varchar(length=400, null=False)
    their_reference = Varchar(length=60, null=True, default=None)
    their_desk = Varchar(length=60, null=True, default=None)
    offered_at = Timestamptz(null=False)
    offered_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    accepted_at = Timestamptz(null=True, default=None)
    returned_at = Timestamptz(null=True, default=None)
    returned_because = Varchar(length=400, null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    transfer_line_is_known = one_of("line", Line)
    transfer_state_is_known = one_of("state", TransferState)

    privacy = Privacy(
        personal={
            "reason": Personal("handing a caller over", DataClass.INTERNAL, MONTHS_24, MONTHS_24_DAYS),
            "returned_because": Personal("handing a caller over", DataClass.INTERNAL, MONTHS_24, MONTHS_24_DAYS),
        },
        impersonal=frozenset(
            {"line", "number", "division_code", "state", "their_reference", "their_desk", "arguments_digest"}
        ),
    )
