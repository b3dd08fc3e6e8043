"""/console/alerts: public warnings, from the first word to the last door.

    overview → one → reach     what waits, what counts, what is over; one warning; who saw it
    writing → form → presets   a draft: chosen places (`places`), audience, words, and a look before it is stored
    following                  an update or a cancellation, with what it changes
    deciding                   the second person
    poster                     a sheet of A4 for the village's board
    labels, looks              words and shapes; what a page says of a warning

Templates lie in `templates/alerts`. An exercise or a test says so on every page, in every line.
"""
