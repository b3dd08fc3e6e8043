"""Limits that a county loaded, beside the few that are shipped: rows are never changed, a later load ends them."""

from piccolo.columns import UUID, Date, ForeignKey, Numeric, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from backend.core.privacy import Privacy
from backend.people.tables import Person


class ResidueLimitRow(Table, tablename="laboratory_residue_limit"):
    """One row of a maximum residue limit, as `reference_rows.ResidueLimit`. `ended_at`: a later load replaced it."""

    id = UUID(primary_key=True, null=False)
    standard = Varchar(length=40, null=False)
    pesticide = Varchar(length=80, null=False)
    commodity = Varchar(length=80, null=False)
    except_for = Varchar(length=400, null=False, default="")
    limit_mg_per_kg = Numeric(null=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Varchar(length=300, null=False)
    loaded_at = Timestamptz(null=False)
    loaded_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    ended_at = Timestamptz(null=True, default=None)

    privacy = Privacy(
        impersonal=frozenset({"standard", "pesticide", "commodity", "except_for", "limit_mg_per_kg", "source"})
    )


class StripCutoffRow(Table, tablename="laboratory_strip_cutoff"):
    """The cut-off of a kit of strips as its maker prints it, as `reference_rows.StripCutoff`."""

    id = UUID(primary_key=True, null=False)
    analyte = Varchar(length=40, null=False)
    tc_cutoff = Numeric(null=False)
    kit = Varchar(length=80, null=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Varchar(length=300, null=False)
    entered_at = Timestamptz(null=False)
    entered_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)

    privacy = Privacy(impersonal=frozenset({"analyte", "tc_cutoff", "kit", "source"}))
