"""The time zones that a campaign can have."""

from zoneinfo import available_timezones

ZONES = tuple(sorted(n for n in available_timezones() if "/" in n and not n.startswith("Etc/")))
"""Places of the IANA database, as Europe/London.

A machine knows more names than these: ``localtime`` is wherever it stands, and
no other machine knows it. In such a zone the site shows a campaign, and the
functions that judge its entries stop at every one.
"""
