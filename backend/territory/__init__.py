"""Territory: where things are.

division   a versioned unit of the map, from province to the grid cell below the village; opaque key, code as attribute
code       12 digits (GB/T 2260 + GB/T 10114 as the statistics bureau wrote them), 15 for a cell of the five-level grid
prefix     a code without the zeros that only fill it up: a subtree is everything whose code starts with it
point      a place on the earth that says its coordinate system, accuracy, fix time, provider and mock flag

Promises: a point is stored as WGS-84 and as it came; a code never becomes a key; a division ends, it is never deleted;
nothing outside is asked inside a request.
"""
