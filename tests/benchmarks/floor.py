"""The floor under every figure: a signed-in route that does one durable Piccolo insert, in the real application.

It stands behind the same middleware, reads a body of a visit's size and writes a row of a visit's width, and knows
nothing else: no look-up, no rule, no index but the primary key. A verb cannot be faster; the ratio tells what it adds.
"""

from datetime import datetime
from uuid import UUID

from litestar import Litestar, Response, post
from litestar.params import JSONBody
from msgspec import Struct
from piccolo import columns
from piccolo.table import Table

from backend.core import clock
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.serving import web

CREATE = """
CREATE TABLE benchmark_floor (
    id uuid PRIMARY KEY, person uuid NOT NULL, occurred_at timestamptz NOT NULL, received_at timestamptz NOT NULL,
    longitude double precision NOT NULL, latitude double precision NOT NULL, note text NOT NULL
)
"""


class Floor(Table, tablename="benchmark_floor"):
    """A row about as wide as a visit's."""

    id = columns.UUID(primary_key=True, null=False)
    person = columns.UUID(null=False)
    occurred_at = columns.Timestamptz(null=False)
    received_at = columns.Timestamptz(null=False)
    longitude = columns.DoublePrecision(null=False)
    latitude = columns.DoublePrecision(null=False)
    note = columns.Text(null=False)


class FloorRow(Struct, frozen=True, kw_only=True):
    """What is sent and read back."""

    id: UUID
    occurred_at: datetime
    longitude: float
    latitude: float
    note: str


@post("/floor", include_in_schema=False, dependencies=NEEDS_SIGN_IN)
async def insert_floor_row(data: JSONBody[FloorRow], by: SignedIn) -> Response[FloorRow]:
    """One row, on disk when this answers."""
    await Floor.insert(
        Floor(
            id=data.id,
            person=by.person_id,
            occurred_at=data.occurred_at,
            received_at=clock.now(),
            longitude=data.longitude,
            latitude=data.latitude,
            note=data.note,
        )
    )
    return Response(data, status_code=201)


def application() -> Litestar:
    """The real application with the floor beside it."""
    app = web.application()
    app.register(insert_floor_row)
    return app
