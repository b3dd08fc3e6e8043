"""Media: photos, voice notes and small documents as they came, and copies fit to be shown.

upload    a resumable sending (tus 1.0); when its last byte is flushed it becomes a photo
original  the bytes as sent, once per content (sha256), sealed in pieces under a key of its own that purging destroys
photo     one sending of an original, claimed by a record: the record's place and household are copied onto it
copy      an upright JPEG without EXIF: what people see
verdict   what the pipeline thinks: waiting, then accepted (perhaps with advice) or refused, with reasons in plain words

Every door ends in `receiving`; the job `looking` asks the `darkroom`, whose processes run `pictures`.

Promises: 2xx means the bytes are flushed; the same photo twice costs no disk; EXIF becomes fields and leaves every
copy; no file, however hostile, is lost without a verdict or takes a worker with it.
"""
