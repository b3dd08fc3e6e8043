"""Public warnings: immutable CAP 1.2 messages, each seen by two people before it goes out.

    words → messages → identifiers, message_rules → cap_xml

So far the messages themselves: what one says, when it may not go out, and how it is written for other systems.
"""
