"""The mails that a person has to look at: they failed, or it isn't known whether they were sent."""

from collections import Counter

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.services.scope import campaign_ids_of
from submissions.mail.models import Mail

MOST = 1_000
"""Counting stops here, so that a million rows cost no more than a thousand."""


def troubled_mails(user: User) -> Counter[str]:
    """Count the mails that a person has to look at, by state: failed, or sent without our knowing.

    Up to a thousand of each. Of one's own campaigns alone, by an index of the mails
    of each state: another client's many must not hide one's own few.
    """
    mine = campaign_ids_of(user, Capability.MAIL_VIEW)
    rows = Mail.objects.filter(campaign__in=mine).order_by()
    return Counter(
        {
            # The state stands in the index: no row of the table is read for it.
            state: len(rows.filter(state=state).values_list("state")[:MOST])
            for state in ("failed", "unknown")
        }
    )
