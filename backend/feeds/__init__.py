"""Feeds: what others subscribe to, in their own standards. A door: it translates, and calls verbs of the rooms below.

collection   a named set of features under `/ogc/collections`: visits, divisions
feature      one visit or division as GeoJSON, longitude and latitude in WGS-84 (CRS84)
window       the part of a collection asked for: a box, a span of time
warning      in force and for everybody, as Atom and CAP 1.2 (`warnings`)
calendar     what a phone follows under an address that is its own password, as iCalendar (`calendars`)

Promises: OGC API - Features Part 1 (17-069r4), classes Core and GeoJSON, so that QGIS and GDAL open it as it is; only
what the signed-in person may see; never a note, a name or a phone number.
"""
