"""What all nodes know together about a provider: how much may go out now and today, and whether it answers."""

from piccolo.columns import UUID, BigInt, DoublePrecision, Integer, Timestamptz, Varchar
from piccolo.columns.column_types import Date
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.push.provider import Category
from backend.push.states import Breaker


class ProviderState(Table, tablename="push_provider_state"):
    """Token bucket and circuit breaker of one provider.

    tokens   messages that may go at once; below zero after an emergency, which does not wait for tokens
    until    while open: when to try again; while half-open: until when the one that tries has to come back
    """

    provider = Varchar(length=20, primary_key=True, null=False)
    tokens = DoublePrecision(null=False)
    refilled_at = Timestamptz(null=False)
    breaker = Varchar(length=10, null=False, choices=Breaker)
    failures = Integer(null=False, default=0)
    until = Timestamptz(null=True, default=None)
    opened_at = Timestamptz(null=True, default=None)
    unknown_receipts = BigInt(null=False, default=0)

    breaker_is_known = one_of("breaker", Breaker)

    privacy = Privacy(impersonal=frozenset({"provider", "tokens", "breaker", "failures", "unknown_receipts"}))


class Quota(Table, tablename="push_quota"):
    """How many messages of a category a provider took on a day, where it rations them by the day."""

    id = UUID(primary_key=True, null=False)
    provider = Varchar(length=20, null=False)
    category = Varchar(length=12, null=False, choices=Category)
    day = Date(null=False)
    used = Integer(null=False, default=0)

    quota_category_is_known = one_of("category", Category)
    one_quota_a_day = Unique([provider, category, day])

    privacy = Privacy(impersonal=frozenset({"provider", "category", "used"}))
