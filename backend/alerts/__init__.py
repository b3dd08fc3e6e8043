"""Public warnings: immutable CAP 1.2 messages, each seen by two people before it goes out.

draft        what one person wrote; published, refused or dropped, and then it stays so
publisher    in whose name: the county's body for the category (identifiers by GB/T 35965.1-2018)
update, cancel  messages of their own that refer to a published one and end it
in force     published, begun, not over, and nothing later has ended it
reach        who saw it, place by place; groups by their owners' word and head-count
circle       a restricted one: for named roles of staff, never in the public feed

    words → messages → identifiers, message_rules → cap_xml
    looking              before it goes out: as phones and the feed will show it, for how many, and who may approve it
    reach → reach_keeping   who saw it; counts by village stay when push forgets whom it told
    routes → schemas → drafting, deciding, following_on → composing, publishing, telling → queries → tables

Promises: nothing goes out that one person alone has seen; publishing is one transaction: number, XML, campaign, and the
end of what it replaces; what was published never changes, byte for byte; an exercise or a test says so wherever it is
read; who was told of a warning is told when it changes or ends; no word of a fraud warning looks like a link.
"""
