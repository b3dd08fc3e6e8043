"""Pages of anti-fraud outreach: rounds, letters, talks, posters, the app as people say, and checks.

    round → round_shown, round_saving     /console/round: one phone, one hand, with and without signal
    letters → letters_shown, letters_moving, letters_paper     /console/letters: who has which serials
    outreach → rounds_planning → rounds → rounds_shown     /console/outreach: plan a round, follow it, close it
    talks, posters → talks_taking · coverages · checks     what was done in a village, and what is to be put right
    outreach_gaps                                          where nobody has been
    outreach_places, outreach_labels                       a place in a form, and the words

The pages' templates lie in `templates/outreach`; a door's marks wait on the phone in `static/round-queue.js`.
"""
