"""Campaigns, service teams, and how often a household is to be visited."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.territory.tables import Division


class CampaignKind(StrEnum):
    """The three of 三遍访: 访企业, 访村居, 访群众."""

    ENTERPRISES = "enterprises"
    VILLAGES = "villages"
    PEOPLE = "people"


class Campaign(Table, tablename="visits_campaign"):
    """A round of visits in a division: 访企业, 访村居, 访群众."""

    id = UUID(primary_key=True, null=False)
    code = Varchar(length=40, null=False, unique=True)
    name = Varchar(length=120, null=False)
    kind = Varchar(length=12, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Text(null=False)

    campaign_kind_is_known = one_of("kind", CampaignKind)
    privacy = Privacy(impersonal=frozenset({"code", "name", "kind", "source"}))


class ServiceTeam(Table, tablename="visits_service_team"):
    """A numbered service team of a campaign (Liaocheng's team 33)."""

    id = UUID(primary_key=True, null=False)
    number = Integer(null=False)
    name = Varchar(length=120, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)

    one_team_of_a_number = Unique([division, number])
    privacy = Privacy(impersonal=frozenset({"number", "name"}))


class VisitTarget(Table, tablename="visits_target"):
    """The least number of visits per household and period in a division. Calls do not count (Qingzhou)."""

    id = UUID(primary_key=True, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    period = Varchar(length=10, null=False)
    minimum_visits = Integer(null=False)
    valid_from = Date(null=False)
    source = Text(null=False)

    one_target_a_day = Unique([division, valid_from])
    period_is_known = one_of("period", ["month", "quarter", "year"])
    privacy = Privacy(impersonal=frozenset({"period", "minimum_visits", "source"}))
