"""What this room forgets and when: shifts and what moved them, and who served a grid, 24 months after; a calendar's
revoked address 90 days after."""

from backend.people.retention import rule
from backend.rosters.tables import DAYS

_SOME = "IN (SELECT id FROM {table} WHERE ends_at < $1 LIMIT 5000)"

rule(
    "rosters.swaps",
    days=DAYS,
    statement="DELETE FROM rosters_swap w USING rosters_shift s WHERE s.id = w.shift AND s.ends_at < $1",
)
rule(
    "rosters.shifts",
    days=DAYS,
    statement=f"DELETE FROM rosters_shift WHERE id {_SOME.format(table='rosters_shift')}",
)
rule("rosters.gaps", days=DAYS, statement="DELETE FROM rosters_gap WHERE ends_at < $1")
rule("rosters.leaves", days=DAYS, statement="DELETE FROM rosters_leave WHERE ends_at < $1")
rule(
    "rosters.publications",
    days=DAYS,
    statement="DELETE FROM rosters_publication p WHERE p.ends_at < $1 "
    "AND NOT EXISTS (SELECT FROM rosters_shift s WHERE s.publication = p.id)",
)
rule("rosters.grid_services", days=DAYS, statement="DELETE FROM rosters_grid_service WHERE valid_to < $1::date")
rule("rosters.calendar_feeds", days=90, statement="DELETE FROM rosters_calendar_feed WHERE revoked_at < $1")
