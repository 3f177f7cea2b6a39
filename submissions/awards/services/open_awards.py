"""Awards that wait for something of ours: for photos that have proved what was announced, for the end of a pause."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from campaignhub import ingest
from campaignhub.clock.turns import UNLIMITED, Away, Turn
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.contract import AwardState, SubmissionStatus
from submissions.mirror.models import Award, Submission

MOST_A_TURN = 500
OFFERED_AT_ONCE = 25
"""How many entries of one campaign are offered prizes before the next campaign has its turn."""


def confirm_proven(*, turn: Turn = UNLIMITED, most: int = MOST_A_TURN) -> int:
    """Confirm what is provisional for its photos alone, of entries that count by now without a review; return how many.

    Here award, photos and entry come together, so the table is told from here. Told by
    state and not by event, so nothing is lost with a process, and twice is once. The
    award of what a person approves is confirmed with that approval.

    Raises:
        Away: the table does not answer; the next turn goes on.
    """
    counts = Submission.objects.filter(
        pk=OuterRef("submission_id"), status=SubmissionStatus.APPROVED, decision_no=0
    )
    waiting = Award.objects.filter(Exists(counts), state=AwardState.PROVISIONAL)
    ids = waiting.order_by().values_list("submission_id", flat=True).distinct()[:most]
    confirmed = 0
    for submission_id in list(ids):
        if turn.is_over():
            break
        try:
            confirmed += ingest.confirm_awards(submission_id)
        except ingest.IngestBusy as exc:
            raise Away("the submissions table is busy or away") from exc
    return confirmed


def offer_held(*, turn: Turn = UNLIMITED) -> int:
    """Offer the prizes to what entered while its campaign was paused, in order of entry; return to how many.

    Only where the campaign runs again. Campaigns take turns, so that one with ten
    thousand held entries keeps no other waiting.

    Raises:
        Away: the table does not answer; the next turn goes on.
    """
    held = Submission.objects.filter(held=True, campaign__state__in=_RUN).exclude(prizes={})
    found = held.order_by("campaign").values_list("campaign", "is_test").distinct()
    waiting = list(found)
    slugs = _slugs(waiting)
    offered = 0
    while slugs and not turn.is_over():
        for slug in list(slugs):
            if turn.is_over():
                break
            try:
                done = ingest.offer_held(slug, most=OFFERED_AT_ONCE)
            except ingest.IngestBusy as exc:
                raise Away("the submissions table is busy or away") from exc
            offered += done.offered
            if not done.left or not done.offered:
                slugs.remove(slug)
    return offered


_RUN = (CampaignState.LIVE, CampaignState.CLOSED)
"""What was entered in time is offered its prizes after the close too."""


def _slugs(waiting: list[tuple[UUID, bool]]) -> list[str]:
    campaigns = Campaign.objects.only("slug", "test_slug").in_bulk([pk for pk, _ in waiting])
    return [campaigns[pk].test_slug if is_test else campaigns[pk].slug for pk, is_test in waiting]
