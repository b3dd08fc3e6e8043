"""Anti-fraud outreach: warnings that somebody acts on, rounds, letters, and honest figures. No score on any person.

    words → warning_policies, letter_ranges, incident_days

So far the pure rules: by when a warning is acted on, which letters are where, how many days without an incident.
"""
