from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from backend.core import clock, ids


@given(st.integers(0, 2**33 * 10**6))
def test_a_new_id_is_a_version_7_uuid_that_remembers_its_millisecond(microseconds):
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    made = ids.uuid7(at)

    assert (made.version, made.variant) == (7, RFC_4122)
    assert timedelta(0) <= at - ids.made_at(made) < timedelta(milliseconds=1.001)


def test_later_ids_sort_after_earlier_ones():
    start = datetime(2026, 5, 1, tzinfo=UTC)
    made = [ids.uuid7(start + timedelta(milliseconds=n)) for n in range(200)]

    assert made == sorted(made)


def test_ids_of_one_millisecond_differ():
    with clock.stopped(datetime(2026, 5, 1, tzinfo=UTC)):
        assert len({ids.uuid7() for _ in range(5000)}) == 5000


def test_an_id_of_another_version_tells_no_time():
    assert ids.made_at(uuid4()) is None


def test_the_same_person_operation_and_key_give_the_same_id_and_any_other_gives_another():
    cadre, stranger = UUID(int=1), UUID(int=2)
    made = ids.from_key(cadre, "recordVisit", "k-1")

    assert made == ids.from_key(cadre, "recordVisit", "k-1")
    assert made not in {
        ids.from_key(stranger, "recordVisit", "k-1"),
        ids.from_key(cadre, "amendVisit", "k-1"),
        ids.from_key(cadre, "recordVisit", "k-2"),
    }
