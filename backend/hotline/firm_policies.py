"""How soon a leader's desk endorses a dissatisfied firm's matter, and settles it: dated rows of `deadlines`."""

from pathlib import Path

from backend.deadlines.reference import load_policies

FILE = Path(__file__).parent / "reference" / "firm_policies.csv"
CODE = "enterprise"
ENDORSEMENT, SETTLING = "endorsement", "enterprise"
"""The kinds of its two clocks."""


async def load_reference() -> None:
    """Bring the room's clocks to the room of deadlines. Twice is harmless."""
    await load_policies(FILE)
