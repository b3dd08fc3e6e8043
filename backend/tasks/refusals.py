"""Every way in which this room says no."""

from backend.core.refusals import Refusal, Unknown


class TaskUnknown(Unknown):
    """No such task, or none that this person may see."""

    code, title = "tasks/task-unknown", "No such task"


class TaskClosed(Refusal):
    """It is done, handed over or no longer needed; nothing was changed."""

    status, code, title = 409, "tasks/task-closed", "The task is closed"


class NotAColleague(Refusal):
    """No open account with a role in the same township, above or below it, or in the same unit."""

    status, code, title = 409, "tasks/not-a-colleague", "This person cannot take the task"
