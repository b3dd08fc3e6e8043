"""Cases: one spine for every request, whatever the door.

    case        what somebody asks for; it has one public number for life, and five public stages
    owner       the unit that received it first and answers for it to the end (首接负责); a transfer never moves it
    assignee    the unit, and perhaps the person, that acts on it now; every move is a hop, and the second hop is told
    loop        1 inside the trade, 2 between departments, 3 joint meeting; one goes up one at a time
    timeline    what happened, append-only and chained: `timeline.py`
    receipt     number and six-digit secret, by which a citizen without an account follows his case

Read `rules.py` first: it is the list of what may happen to a case and who may do it.
"""
