from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from litestar import get

from backend.core.paging import DEFAULT_LIMIT, CursorQuery, LimitQuery, Page, Position, cursor, page, position
from backend.core.refusals import Invalid

AT = datetime(2026, 5, 1, 4, 0, 0, 123456, tzinfo=UTC)
ROWS = [Position(AT - timedelta(minutes=n), UUID(int=n)) for n in range(5)]


def test_a_position_survives_the_way_to_the_phone_and_back():
    assert position(cursor(ROWS[3])) == ROWS[3]


def test_no_cursor_means_the_first_page():
    assert position(None) is None
    assert position("") is None


def test_a_page_names_where_the_next_begins_only_when_there_is_more():
    assert page(ROWS[:3], 2, lambda row: row) == Page(ROWS[:2], cursor(ROWS[1]))
    assert page(ROWS[:2], 2, lambda row: row) == Page(ROWS[:2], None)
    assert page([], 2, lambda row: row) == Page([], None)


def _forged(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "é",
        _forged("{}"),
        _forged('["2026-05-01T00:00:00Z"]'),
        _forged('["2026-05-01T00:00:00","00000000-0000-0000-0000-000000000001"]'),
        _forged('["0001-01-01T00:00:00+14:00","00000000-0000-0000-0000-000000000001"]'),
        "A" * 300,
    ],
)
def test_a_cursor_this_list_did_not_give_out_is_refused(text):
    with pytest.raises(Invalid) as refusal:
        position(text)

    assert refusal.value.errors[0].pointer == "cursor"


@get("/list")
async def list_rows(cursor: CursorQuery = None, limit: LimitQuery = DEFAULT_LIMIT) -> dict[str, int]:
    position(cursor)
    return {"limit": limit}


async def test_a_list_takes_1_to_1000_rows_and_50_unless_told(client_of):
    client = client_of(list_rows)
    answers = [(await client.get("/list", params={"limit": limit})).status_code for limit in (0, 1, 1000, 1001)]

    assert answers == [400, 200, 200, 400]
    assert (await client.get("/list")).json() == {"limit": 50}
    assert (await client.get("/list", params={"cursor": "x" * 401})).status_code == 400
