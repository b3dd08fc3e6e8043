"""What one person is asked to do by when, whichever room asks: the source of "my day".

task          a request to one person, or to whoever serves a household today; so a new cadre inherits what is open
origin        the room and record that asked; it reads the states of its tasks, and settles them when they became moot
acknowledged  he has seen it; another thing than done
done_on       the day it was done, which may be earlier than the day it was entered: welcome, marked, never punished
handed over   closed here, and a successor of the same origin is open with a colleague

Promises: nothing vanishes (an expired or declined task can still be done); done twice is done once, and the first day
stays; what somebody did offline while the task was his counts, whoever has it when he comes home (who had it when is
known from the household's services and from hand-overs); who declines says why; the cost of a list is that of one's
own open tasks, however many there ever were.
"""
