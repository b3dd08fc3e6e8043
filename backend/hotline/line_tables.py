"""Exchanges and gateways, and the posts that came from them."""

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.hotline.words import SystemKind
from backend.people.tables import Person, Unit
from backend.territory.tables import Division


class LineSystem(Table, tablename="hotline_system"):
    """An exchange or gateway that may post for a desk, signed with its secret. `line`: the number people dial."""

    id = UUID(primary_key=True, null=False)
    kind = Varchar(length=8, null=False, choices=SystemKind)
    name = Varchar(length=80, null=False)
    line = Varchar(length=20, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    prefix = Varchar(length=15, null=False)
    secret_sealed = Bytea(null=False)
    made_at = Timestamptz(null=False)
    made_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    ended_at = Timestamptz(null=True, default=None)

    system_kind_is_known = one_of("kind", SystemKind)

    privacy = Privacy(impersonal=frozenset({"kind", "name", "line", "prefix", "secret_sealed"}))


class LinePost(Table, tablename="hotline_post"):
    """A signed post that came: its message id never counts twice."""

    id = UUID(primary_key=True, null=False)
    system = ForeignKey(LineSystem, null=False, on_delete=OnDelete.restrict)
    message_id = Varchar(length=100, null=False)
    at = Timestamptz(null=False)

    line_message_counts_once = Unique([system, message_id])

    privacy = Privacy(impersonal=frozenset({"message_id"}))
