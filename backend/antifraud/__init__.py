"""Anti-fraud outreach: warnings that somebody acts on, rounds, letters, and honest figures. No score on any person.

    words → warning_policies, letter_ranges, incident_days, library_files → library_rules

So far the pure rules: by when a warning is acted on, which letters are where, how many days without an incident, and
which stories and bulletins may be sent (`library/`, files for people to edit).
"""
