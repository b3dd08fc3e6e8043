"""Pages of the campaign against fraud at a desk: what it comes to, what may be said, and who may come to the door.

    figures → figure_words, figure_bars    /console/antifraud: this span beside the same a year before
    fraud_cases                            /console/antifraud/cases: a day, a type, a sum
    library                                /console/antifraud/library: stories and bulletins, and their approval
    cards                                  /console/antifraud/cards: who carries a visitor's card
    check                                  /console/antifraud/check: a citizen rings and reads a code
    board                                  /console/antifraud/board: the sheet for a village's board

`ways` says which of them somebody is offered; `wording` holds the few words that several share. The citizen's own side
is `console/visitor_page.py`. Templates lie in `templates/antifraud`.
"""
