"""How often each reason is given in a campaign, counted as verdicts are."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from ingest_lambda.contract import ReasonCode
from submissions.review.models import ReasonUse

_CATALOGUE = {code.value: place for place, code in enumerate(ReasonCode)}


def count_uses(campaign_id: UUID, codes: Iterable[ReasonCode]) -> None:
    """Count that a verdict gave these reasons, in its transaction.

    In the order of their names: of two verdicts with the same reasons one waits for the
    other, and never both.
    """
    for code in sorted(codes):
        rows = ReasonUse.objects.filter(campaign=campaign_id, code=code)
        if not rows.update(times=F("times") + 1):
            ReasonUse.objects.bulk_create(
                [ReasonUse(campaign_id=campaign_id, code=code.value)], ignore_conflicts=True
            )
            rows.update(times=F("times") + 1)


def ranked(campaigns: Iterable[UUID]) -> list[ReasonCode]:
    """Return every reason, those given most in these campaigns first; equals as in the catalogue.

    Reads one row for each reason that was ever given in a campaign, by the index of
    their constraint.
    """
    times: Counter[str] = Counter()
    uses = ReasonUse.objects.filter(campaign__in=list(campaigns))
    for code, count in uses.values_list("code", "times"):
        times[code] += count
    return sorted(ReasonCode, key=lambda code: (-times[code], _CATALOGUE[code]))
