"""Whether the table still has the newest entries: a backup that was restored lacks just these.

The ledger proves everything, once an hour and but for the last minutes. A table that
is behind has to be seen sooner: until then people enter again past their limits.
"""

from datetime import datetime, timedelta

from campaignhub import ingest
from campaignhub.ingest import ItemLine
from submissions.mirror.models import Submission

SETTLED = timedelta(minutes=2)
ASKED = 100
"""One call, for the price of fifty reads."""


def absent_of_newest(*, at: datetime) -> tuple[int, int]:
    """Return how many of the newest entries the table lacks, or has in an older version, and of how many.

    Whatever is here came from there, so that none is merely on its way.

    Raises:
        IngestBusy: the table is busy or away.
    """
    newest = Submission.objects.filter(entered_at__lt=at - SETTLED, is_test=False)
    rows = newest.order_by("-entered_at", "-id").values_list("pk", "version")[:ASKED]
    lines = [ItemLine(pk, "SUBMISSION", version=version) for pk, version in rows]
    return len(ingest.absent_items(lines)) if lines else 0, len(lines)
