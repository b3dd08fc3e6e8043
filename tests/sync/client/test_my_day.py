"""A phone without a line has its day in the order in which the server would tell it."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as some
from lianxin_client import my_day

from backend.core import ids
from backend.sync.schemas import CarriedTask
from backend.tasks.rules import in_order
from backend.tasks.schemas import Place, TaskRecord
from backend.tasks.tables import WAITING, TaskKind, TaskState, Urgency
from backend.territory.coordinates import Crs, distance_m

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
HERE = (116.2815, 36.8967)

hours = some.integers(-72, 72).map(lambda number: NOW + timedelta(hours=number, seconds=1))
places = some.builds(
    Place, crs=some.just(Crs.WGS84), longitude=some.floats(116.2, 116.4), latitude=some.floats(36.8, 37.0)
)


@some.composite
def tasks(draw: some.DrawFn) -> list[TaskRecord]:
    """Whose urgency, due time, place and moment of asking are anybody's guess; no two were asked at one moment."""
    asked = draw(some.lists(some.integers(1, 100_000), unique=True, max_size=12))
    return [_task(NOW - timedelta(seconds=each), draw) for each in asked]


def _task(asked_at: datetime, draw: some.DrawFn) -> TaskRecord:
    due, point = draw(some.none() | hours), draw(some.none() | places)
    given = dict.fromkeys(TaskRecord.__struct_fields__) | {"title_en": "", "detail_zh": "", "detail_en": ""}
    return TaskRecord(
        **given
        | {
            "id": ids.uuid7(),
            "kind": TaskKind.CALL,
            "title_zh": "回个电话",
            "urgency": draw(some.sampled_from(Urgency)),
            "state": draw(some.sampled_from(WAITING)),
            "due_at": due,
            "overdue": due is not None and due < NOW,
            "point": point,
            "distance_m": point and round(distance_m(HERE, (point.longitude, point.latitude))),
            "origin_room": "tests",
            "origin_id": ids.uuid7(),
            "asked_at": asked_at,
        }
    )


def carried(task: TaskRecord) -> dict[str, object]:
    """As the phone gets it."""
    names = CarriedTask.__struct_fields__
    return dict(msgspec.json.decode(msgspec.json.encode(CarriedTask(**{name: getattr(task, name) for name in names}))))


@given(tasks())
def test_my_day_is_in_the_order_of_the_servers(some_tasks: list[TaskRecord]) -> None:
    told = my_day.in_order(map(carried, some_tasks), now=NOW, here=HERE)

    assert [each["id"] for each in told] == [str(each.id) for each in in_order(some_tasks)]


@given(tasks())
def test_what_does_not_wait_is_not_in_my_day(some_tasks: list[TaskRecord]) -> None:
    ran_out = [msgspec.structs.replace(each, state=TaskState.EXPIRED) for each in some_tasks]

    assert my_day.in_order(map(carried, ran_out), now=NOW) == []
