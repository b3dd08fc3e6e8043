"""Which kinds of fraud a warning may name."""

from datetime import date

import pytest

from backend.alerts import following_on
from backend.alerts.fraud_types import is_fraud_type
from backend.alerts.refusals import AlertWrong
from backend.alerts.schemas import AlertCancellation
from backend.antifraud.library_files import shipped_types
from backend.core import ids
from backend.core.database import fetch


def test_the_list_is_the_librarys_and_a_kind_counts_from_its_day():
    assert all(is_fraud_type(each.code, on=each.valid_from) for each in shipped_types())
    assert not is_fraud_type("farm_supplies_and_subsidies", on=date(2026, 11, 21))
    assert not is_fraud_type("subsidy", on=date(2027, 1, 1))


async def test_a_warning_of_an_unknown_kind_of_fraud_is_refused_at_its_field(draft):
    with pytest.raises(AlertWrong) as refused:
        await draft(fraud_type="subsidy")
    assert [(each.pointer, each.code) for each in refused.value.errors] == [("/fraud_type", "fraud_type_unknown")]
    assert (await draft(fraud_type=None)).fraud_type is None


async def test_one_that_went_out_can_be_ended_whatever_became_of_its_kind(cast, published):
    told = await published()
    await fetch(
        """UPDATE alerts_alert SET message = jsonb_set(message, '{fraud_type}', '"gone"') WHERE id = $1""", told.id
    )
    over = AlertCancellation(description="骗子已经抓到了。")
    made = await following_on.cancel_alert(id=ids.uuid7(), alert_id=told.id, cancellation=over, by=cast.operator)
    assert made.record.fraud_type == "gone"
