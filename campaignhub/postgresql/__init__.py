"""Django's PostgreSQL with a limit on every wait that the server's own limits cannot set.

``statement_timeout`` is kept by the server. A server that hangs, or whose
connection leads nowhere since a failover, keeps nothing: libpq would wait for ever.
"""
