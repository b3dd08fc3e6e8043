"""Pages of anti-fraud outreach: from door to door, and the reminder letters.

    round → round_shown, round_saving     /console/round: one phone, one hand, with and without signal
    letters → letters_shown, letters_moving, letters_paper     /console/letters: who has which serials

The pages' templates lie in `templates/outreach`; a door's marks wait on the phone in `static/round-queue.js`.
"""
