import pytest
from piccolo.columns import (
    JSON,
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    DoublePrecision,
    ForeignKey,
    Integer,
    Numeric,
    Real,
    SmallInt,
    Text,
    Varchar,
)
from piccolo.table import Table

from backend.core.privacy import DataClass, Personal, Privacy
from backend.piccolo_conf import APP_REGISTRY

TELLING = (Varchar, Text, Bytea, JSON, JSONB, Array, Integer, SmallInt, BigInt, Real, DoublePrecision, Numeric)
TABLES = [table for app in APP_REGISTRY.app_configs.values() for table in app.table_classes]


def _faults(table):
    privacy = getattr(table, "privacy", None)
    if not isinstance(privacy, Privacy):
        return ["says nothing about privacy"]
    columns = {column._meta.name: column for column in table._meta.columns}
    telling = {
        name for name, column in columns.items() if isinstance(column, TELLING) and not isinstance(column, ForeignKey)
    }
    personal, impersonal = set(privacy.personal), set(privacy.impersonal)
    return (
        [f"{name} is in neither list" for name in sorted(telling - personal - impersonal)]
        + [f"{name} is in both lists" for name in sorted(personal & impersonal)]
        + [f"{name} is no column" for name in sorted((personal | impersonal) - set(columns))]
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
def test_every_telling_column_of_every_table_is_declared_exactly_once(table):
    assert _faults(table) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
def test_every_personal_column_says_why_it_is_kept_and_how_long(table):
    for entry in table.privacy.personal.values():
        assert entry.purpose
        assert entry.retention
        assert entry.retention_days is None or entry.retention_days > 0


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
def test_what_is_sealed_is_declared_sensitive(table):
    sealed = {name for name in table.privacy.personal if name.endswith(("_sealed", "_index"))}

    assert {name for name in sealed if table.privacy.personal[name].data_class is not DataClass.SENSITIVE} == set()


def test_a_table_that_forgets_a_column_is_found():
    class Forgetful(Table, tablename="scratch_forgetful"):
        id = UUID(primary_key=True)
        name = Varchar()
        note = Text()
        ready = Boolean()
        privacy = Privacy(
            personal={"note": Personal("why", DataClass.INTERNAL, "long")}, impersonal=frozenset({"note", "gone"})
        )

    assert _faults(Forgetful) == ["name is in neither list", "note is in both lists", "gone is no column"]


def test_a_table_without_a_register_is_found():
    class Silent(Table, tablename="scratch_silent"):
        id = UUID(primary_key=True)

    assert _faults(Silent) == ["says nothing about privacy"]
