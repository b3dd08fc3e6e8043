"""What this room forgets and when, in the words of its tables' register."""

from backend.people.retention import BATCH, rule

_OLD = "SELECT id FROM tasks_task WHERE closed_at < $1 AND {holds} IS NOT NULL ORDER BY closed_at LIMIT {batch}"

rule(
    "tasks.points",
    days=90,
    statement="UPDATE tasks_task SET longitude = NULL, latitude = NULL "
    f"WHERE id IN ({_OLD.format(holds='longitude', batch=BATCH)})",
)
rule(
    "tasks.remarks",
    days=731,
    statement="UPDATE tasks_task SET close_remark = NULL "
    f"WHERE id IN ({_OLD.format(holds='close_remark', batch=BATCH)})",
)
