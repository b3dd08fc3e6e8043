"""What a phone carries offline: kits, folders that a county edits without a programmer, published in versions.

kit         a folder of field_kits/ with kit.toml, forms (XLSForm), cards, checklists, letters and media
county's    a folder of the same name in LIANXIN_KITS lies over ours, file by file; ours is never edited
version     what was published, whole; it never changes. Phones fetch only the files that changed
mapping     which answers of a form become which arguments of a verb, said in kit.toml
form state  open, closing (taken, not offered), closed

Promises: a mistake is told with file and line before anything is published; publishing a new version breaks no
submission of an older one; the same folder published again is nothing new.
"""
