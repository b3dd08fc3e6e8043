"""/console/warnings: the police centre's warnings, for whoever has one, for the desk, and for who oversees them.

    routes    the addresses
    mine      what one has now, for a thumb; the same on the front page (`today`)
    one       one warning, and the steps one takes of it (`steps`); what to say on the telephone (`telephone`)
    entry     the desk types one in
    county    a supervisor's view, which never tells whom a warning is about
    purges    which days' keys are gone
    sources   which systems may post

`clocks` says how long is left, `labels` says levels, states and outcomes; `static/warnings.js` lets the clocks run.
"""
