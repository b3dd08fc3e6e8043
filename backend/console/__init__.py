"""Console: every page that people look at.

One folder of templates per page, one stylesheet, small modules of our own only where they help. Every page works
without JavaScript; what a page says comes from the catalogue, Chinese first. They call every door's verbs.

    /console/sign-in       phone and password (or a first-sign-in link)
    /console/today         the front page: what I have to do, and what I did; prints
    /console/notices       what was told to me; what I told others, how far it came, whom it did not reach
    /console/alerts        public warnings: written, approved by a second person, followed, who knows of them
    /console/log           a cadre's own page: my households, two taps for a contact, an offline queue
    /console/map           visits on a map and in a table, with filters
    /console/photos        what the pipeline thought of each photo, what waits, what looks alike
    /console/roster        who is on duty, my shifts, the week on the wall; rosters are published here
    /console/calendar      addresses that one's phone follows as a calendar: shifts, market days, deputies' days
    /console/desk          the duty desk: whom to ring first, the queue by clock; callbacks; a screen per call
    /console/cases         the desk's list with clocks; one case with its steps; a new one; flow slips
    /console/clinic        questions about crops by their clock; one with photos, what lies around it, and the answer
    /console/experts       who answers what, when, how much
    /console/outbreaks     what is spreading, on a map and as a list
    /console/bench/figures   the bench's month as a table; /console/bench/trends: soil over the years;
                           /console/bench/instruments/{id}/chart: blanks and controls as control charts
    /console/visits/{id}   one visit: flags to answer, photos, needs
    /console/households/{id}  one household's history
    /console/stations      stations: hours, who serves whom, QR codes, the sheet for the wall; market and deputies' days
    /markets               which market is when, for everybody; no sign-in
    /q/{code}              the farmer's door behind that QR code: a question about a crop; no sign-in
    /r/{number}            a receipt: what became of it, for whoever has number and secret; no sign-in
    /soil                  the soil of villages, of five farms or more; no sign-in
    /docs                  the guide for whoever programs a phone
"""
