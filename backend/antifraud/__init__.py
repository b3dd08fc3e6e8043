"""Anti-fraud outreach: warnings that somebody acts on, rounds, letters, and honest figures. No score on any person.

    words → warning_policies, letter_ranges, incident_days, library_files → library_rules

Warnings, in the order in which one moves:

    warning_post_routes → core.post_signatures, warning_sources → receiving → day_keys, payloads → assigning → takers
    escalating (nobody took it) · shift_ends (its holder goes home) · warning_routes → reading, acting (whoever has it)
    purging (thirty days later)

Whom a warning is about lies sealed under a key per day that lies outside database, objects and backups (setting
`WARNING_KEYS_URL`, else the folder `warning-keys`, which a backup leaves out); destroying the key is the purge.

Outreach, each with its routes:

    round_routes → round_marks → rounds         doors are known while a round runs; closing leaves counts per village
    round_ends · round_lists                    what rooms above forget with it · what a phone takes along on a round
    letter_routes → letters → letter_moves      a letter is in one place; a range is one row
    outreach_routes → talks, coverages, checks  places and numbers, nobody's name
    outreach_gaps → outreach_villages           where nobody has been; what a round would cover
    fraud_routes → fraud_cases, fraud_figures   a day, a type, a sum; figures of cases from a county up
    fraud_late                                  what a late case did to the run of days

Visitors' cards: visitor_routes → visitor_cards, visitor_checking → visitor_codes; for pages also visitor_finding (who
could carry one) and visitor_boards (what hangs on a village's board).

Rules without a database: by when a warning is acted on, which letters are where, how many days without an incident, and
which stories and bulletins may be sent (`library/`, files for people to edit).
"""
