"""OpenRosa: the door for ODK Collect. It translates a submission and calls the same verbs as every other door.

Promises: 201 only when XML and files are on disk; the same instance twice is one record; other content under the same
id is 409; every answer, also a refusal, is an OpenRosaResponse that Collect can show.
"""
