"""The demo county: 高唐县 on the real division list, with a small cast and a story of sixty days, all of it invented.

    divisions.csv   the real list (its source is noted in `places`)
    cast            who has an account
    places          ten villages with made-up points, their cells
    households      three hundred made-up households
    story           what happened in sixty days: contacts, needs, photos (`story_words`); odd ones (`odd_contacts`)
    tasks           what they are asked to do today
    duty            who keeps the lines day and night, four weeks of it
    notices         what they were told: groups, campaigns, an inbox each
    case_words      thirty cases of every kind, each with what became of it (told by `case_story`; `case_words_open`,
                    `case_words_ended`)
    cases           the routing table, those cases, a joint meeting, a suggestion, expedite notices
    partners        a city app with a key for Open311
    stations        deputies' homes, liaison points, three markets a year ahead, stalls announced (`station_words`)
    hotline         a call missed just now, and in their order, all told once:
    hotline_calls, hotline_callbacks, hotline_plans, hotline_desk
                    calls and texts; who is rung back; pledges and surveys; other lines, a firm, slips, a shift note
                    (their words: `hotline_words`, `hotline_case_words`, `hotline_plan_words`)
    hotline_systems the exchange and the gateway that post, with their secrets
    clinic, bench   farmers' questions and what experts answered; samples, results, reports (their words: `*_words`)
    fraud_warnings  warnings of the police centre in every state, one day of them already purged
                    (`warning_words`, `warning_words_ended`)
    outreach        two rounds from door to door, letters, talks, posters, the app's coverage, checks (`outreach_words`)
    fraud_cases     two years of cases as the police registered them
    antifraud       those three in their order, and which of the library's words may be sent
    alerts          public warnings: in force, updated, cancelled, an exercise, a draft (`alert_words`)
    visitors        the card of a village police assistant
    phone_calendars addresses that a phone follows: a technician's shifts, a township's market days
    county          puts all that into the database, through the same verbs as everybody else (`county_visits`: what
                    happened in the villages)
    accounts        passwords, tokens and ODK Collect addresses for the cast
    furnishing      seeds an empty county, writes demo.json
    demo            `lianxin demo`: starts everything
    banner          what it prints at the end

Everything carries a mark: points of divisions `demo_point`, households `demo`, visits the door `seed`. Phone numbers
begin with 154, which no operator has been given. Identifiers are made from names, so a second planting finds the first.
"""

from uuid import NAMESPACE_URL, UUID, uuid5

_OURS = uuid5(NAMESPACE_URL, "lianxin:seed:gaotang")


def made_id(what: str) -> UUID:
    """The id of one thing of the demo, the same for ever."""
    return uuid5(_OURS, what)
