"""What this room forgets and when, in the words of its tables' registers."""

from backend.people.retention import rule
from backend.sync.ledger import GIVE_UP

LEDGER_DAYS = 400
"""A phone that lay in a drawer for a year and is switched on again does nothing twice."""

rule("sync.conflicts", days=731, statement="DELETE FROM sync_conflict WHERE opened_at < $1")
rule("sync.waiting", days=30, statement=GIVE_UP)
rule("sync.commands", days=LEDGER_DAYS, statement="DELETE FROM sync_command WHERE received_at < $1")
