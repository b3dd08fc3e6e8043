"""The same diagnosis on the same crop, rising in one neighbourhood."""

from piccolo.columns import UUID, Date, DoublePrecision, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.privacy import Privacy
from backend.diagnosis.reference_tables import Condition, Crop
from backend.territory.tables import Division


class Outbreak(Table, tablename="diagnosis_outbreak"):
    """One outbreak, from the day it was noticed until it has been quiet for the policy's time. No household is named.

    longitude, latitude  the centre of the 1 km cell in the middle of them (WGS-84)
    households_n         households (or receipts without one) in the last window; never fewer than the policy's k
    before_n             the same in the window before
    """

    id = UUID(primary_key=True, null=False)
    crop = ForeignKey(Crop, null=False, on_delete=OnDelete.restrict)
    condition: ForeignKey = ForeignKey(Condition, null=False, on_delete=OnDelete.restrict)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    longitude = DoublePrecision(null=False)
    latitude = DoublePrecision(null=False)
    radius_km = DoublePrecision(null=False)
    window_days = SmallInt(null=False)
    households_n = SmallInt(null=False)
    before_n = SmallInt(null=False)
    raised_at = Timestamptz(null=False)
    last_seen_at = Timestamptz(null=False)
    ended_at = Timestamptz(null=True, default=None)
    notice_id = UUID(null=True, default=None)
    policy_from = Date(null=False)

    is_of_many_households = Check(households_n >= 5)

    privacy = Privacy(
        impersonal=frozenset(
            {
                *("division_code", "longitude", "latitude", "radius_km", "window_days", "households_n", "before_n"),
                "notice_id",
            }
        )
    )
