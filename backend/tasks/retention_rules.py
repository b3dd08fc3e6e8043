"""What this room forgets and when, in the words of its tables' register."""

from backend.people.retention import rule

rule(
    "tasks.points",
    days=90,
    statement="""
    UPDATE tasks_task SET longitude = NULL, latitude = NULL WHERE closed_at < $1 AND longitude IS NOT NULL
    """,
)
rule(
    "tasks.remarks",
    days=731,
    statement="UPDATE tasks_task SET close_remark = NULL WHERE closed_at < $1 AND close_remark IS NOT NULL",
)
