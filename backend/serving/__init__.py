"""The running program: its database, its processes, its signals. Rooms know nothing of it.

    housing     the database under everything: the one that DATABASE_URL names, or PostgreSQL of our own
    preparing   migrations and reference data, before anybody is let in
    stopping    what SIGTERM and Ctrl-C mean before and after the web server listens
    listening   the port, taken before anything slow begins
    protocol    HTTP/1.1 with bounded heads and a polite goodbye
    web         the web server, in one process or several
    worker      the job queue alone

Promises: nobody is answered before migrations and reference data are in; on SIGTERM, to the process or to its group,
every request that began is answered, the job under way ends, the pool closes, and PostgreSQL stops last; a clean stop
has exit code 0; no terminal is needed.
"""
