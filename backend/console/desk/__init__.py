"""/console/desk: the duty desk's own pages. No call is lost, and nobody is rung about it twice.

    routes     the addresses
    board      what the desk has before it: whom to ring first, the queue of cases, who is on duty
    notes      what one shift leaves to the next
    callbacks  whom one has to ring, the most urgent first; one of them, and what he said
    calls      one screen per call: who calls, what it became (`call_labels`)
    results    what can be tapped after ringing, and what it did
    texts      text messages that came: read by a tap, made a case, answered (`text_labels`)
    pledges    public pledges, done on a day or dropped; `pledge_form` publishes a batch that `pledge_rows` reads
    firms      the leader's desk of dissatisfied firms (`firm_labels`); `firm_form` puts one there
    surveys    surveys by telephone, how far and what they tell (`survey_intervals`, `survey_csv`, `survey_labels`);
               `survey_plan` looks at one before it is drawn, `survey_asking` rings for it
    supervised what a supervisor follows, and what he did about it
    unit_talks talks with units (`unit_talk_form`, `unit_talk_labels`)

`due` says how urgent a callback is, `labels` why somebody is rung and how it ended, `script` what to say on the
telephone; `static/desk.css` and `static/desk.js` belong to these pages alone.
"""
