"""/console/submissions: what phones sent through ODK Collect, what it became, and what waits to be put right.

    listing → one          what came; one of them, answer by answer
    mending                answers put right and the verb asked once more, or its waiting ended by hand
    answers                the answers under their questions, which of them were refused, how each is typed anew
    labels                 words and shapes for states and records
    submissions_today      how many wait, on the front page

Whoever sent it sees his own, on a phone and without scripts; templates lie in `templates/submissions`.
"""
