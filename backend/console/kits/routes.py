"""The addresses under /console/kits."""

from litestar import Router

from backend.console.kits import letter_samples, listing, preview, sending

router = Router(
    path="/console/kits",
    route_handlers=[*listing.HANDLERS, *sending.HANDLERS, preview.show_form, letter_samples.show_sample],
)
