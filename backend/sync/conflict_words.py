"""What contested fields are called where people read of them."""

from backend.core.words import Term

TITLES = {
    "channel": Term("How"),
    "occurred_at": Term("When"),
    "household_code": Term("Household"),
    "division_code": Term("Where"),
    "place_note": Term("Place in words"),
    "campaign_code": Term("Campaign"),
    "service_team": Term("Service team"),
    "topics": Term("About what"),
    "note": Term("Note"),
    "companions": Term("Who went along"),
    "contact_name": Term("Name"),
    "contact_phone": Term("Phone"),
    "address_note": Term("Address"),
    "service_needs": Term("What it needs"),
    "point": Term("Where the house is"),
}
