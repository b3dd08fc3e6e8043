"""OpenRosa: the door for ODK Collect. It translates a submission and calls the same verbs as every other door.

form         out of `kits`, in versions; its mapping says which answer is which argument of which verb
submission   one instance, its XML sealed byte for byte; it became a record, or it waits and says why
edit         an instance that names the one before it (deprecatedID): the later one stands
key          one a person and phone, in the address; void at once when it is revoked

    routes → actions → instances, catalogue → mapping_reading → verb_doors: visit_form, crop_clinic_form, …
    actions → storing, or keeping where the verb refuses, or editing
    submission_routes → submissions, remapping, settling, exporting → submission_queries
    collect_routes → collect_keys, collect_settings

Promises: 201 only when XML and files are on disk, and what was told 201 is never dropped; the same instance twice is
one record; other content under the same id is 409; every answer, also a refusal, is an OpenRosaResponse that Collect
shows.
"""
