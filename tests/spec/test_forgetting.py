"""The field register says how long a column is kept; a rule of the daily run keeps that word, in every room."""

import pytest
from piccolo.table import Table

import backend.app  # noqa: F401 - brings every room in, and with it the rules it registers
from backend.people import retention
from backend.piccolo_conf import APP_REGISTRY

TABLES = [table for app in APP_REGISTRY.app_configs.values() for table in app.table_classes]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
def test_every_span_in_the_field_register_has_a_rule_that_keeps_it(table: type[Table]) -> None:
    spans = {entry.retention_days for entry in table.privacy.personal.values() if entry.retention_days}
    kept = {each.days for each in retention.rules() if table._meta.tablename + " " in each.statement + " "}

    assert spans <= kept
