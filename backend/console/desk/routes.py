"""The addresses under /console/desk."""

from litestar import Router

from backend.console.desk import (
    board,
    callbacks,
    calls,
    duties,
    firm_form,
    firms,
    pledge_form,
    pledges,
    slip_notes,
    slips,
    stream,
    supervised,
    survey_asking,
    survey_plan,
    surveys,
    texts,
    transfers,
    unit_talks,
)

router = Router(
    path="/console/desk",
    route_handlers=[
        *board.HANDLERS,
        *stream.HANDLERS,
        *duties.HANDLERS,
        *callbacks.HANDLERS,
        *calls.HANDLERS,
        *transfers.HANDLERS,
        *unit_talks.HANDLERS,
        *texts.HANDLERS,
        *supervised.HANDLERS,
        *pledges.HANDLERS,
        *pledge_form.HANDLERS,
        *slips.HANDLERS,
        *slip_notes.HANDLERS,
        *surveys.HANDLERS,
        *survey_plan.HANDLERS,
        *survey_asking.HANDLERS,
        *firms.HANDLERS,
        *firm_form.HANDLERS,
    ],
)
