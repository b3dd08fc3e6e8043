"""The steps of a case over HTTP, all under one router.

Each answers the case as it is now; the same step again changes nothing.
"""

from litestar import Router

from backend.cases.dispatching_routes import dispatch, take_in_hand, transfer
from backend.cases.ending_routes import answer, contest, erase_contact, evaluate, reopen, withdraw
from backend.cases.working_routes import add_photos, explain, note, reject, resolve, respond, resume, suspend
from backend.people.guards import NEEDS_SIGN_IN

router = Router(
    path="/api/v1",
    route_handlers=[
        dispatch,
        take_in_hand,
        transfer,
        suspend,
        resume,
        respond,
        note,
        resolve,
        explain,
        reject,
        answer,
        evaluate,
        reopen,
        contest,
        withdraw,
        erase_contact,
        add_photos,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["cases"],
)
