"""The door for other systems: cases filed and followed by Open311 GeoReport v2, and news sent out by signed webhooks.

words     a partner is another system (a city's app, the 12345 hotline); a filing is one request it made here; a
          delivery is one message that left for a partner
promises  what everybody may read names nobody (`publishing`); the same filing twice is one case (`filing`); a partner
          gets the fields its purpose allows and nothing more, each delivery is kept to be looked at, and the citizen
          reads on his receipt to whom what went (`webhooks`, `sending`)

Sources: wiki.open311.org/GeoReport_v2, mySociety's extensions to it (updates and further states), standardwebhooks.com.
Nothing here parses XML: requests come as forms. What is written as XML goes through lxml.
"""
