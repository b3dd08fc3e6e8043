"""Media: photos as they came, and copies fit to be shown.

original  the bytes as sent, content-addressed by sha256, sealed under a key of its own that purging destroys
photo     one sending of an original, claimed by a record: the record's scope is copied onto it
copy      an upright JPEG without EXIF: what people see

Promises: 2xx means the bytes are flushed; the same photo twice costs no disk; EXIF becomes fields
and leaves every copy.
"""
