"""Everything that phones carry, in the order in which it is sent: what is urgent first."""

from backend.sync.carried import (  # noqa: F401 - they register
    alerts,
    cases,
    conflicts,
    households,
    kits,
    reference,
    shifts,
    tasks,
    visits,
    warnings,
)
from backend.sync.entities import CARRIED as REGISTERED
from backend.sync.words import EntityName

CARRIED = {name: REGISTERED[name] for name in EntityName if name in REGISTERED}
