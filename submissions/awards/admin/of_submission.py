"""The prizes of one entry, as its page lists them: what became of each, and never a code."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaignhub.staff_site.lists import Tone
from ingest_lambda.contract import AwardState, PrizeOutcome
from submissions.awards.services.told import name_of_prize
from submissions.mirror.models import Award, Submission

WORDS: Mapping[str, tuple[str, Tone]] = {
    AwardState.CONFIRMED: ("Won", "good"),
    AwardState.PROVISIONAL: ("Reserved, subject to validation", "warn"),
    AwardState.RELEASED: ("Went back into the stock", "idle"),
    AwardState.REVOKED: ("Revoked", "bad"),
    PrizeOutcome.GIVEN: ("Given", "good"),
    PrizeOutcome.NOT_THIS_TIME: ("Not this time", "idle"),
    PrizeOutcome.NONE_LEFT: ("None left", "idle"),
    PrizeOutcome.LIMIT_REACHED: ("Not given: the person has had as many as one may have", "idle"),
    PrizeOutcome.HELD: ("Offered once the campaign has resumed", "info"),
    PrizeOutcome.AFTER_APPROVAL: ("Offered once the entry is approved", "info"),
}


@dataclass(frozen=True)
class ListedPrize:
    """A prize as the page of an entry shows it."""

    name: str
    words: str
    tone: Tone


def prizes_of(submission: Submission) -> list[ListedPrize]:
    """Return what became of each prize of an entry's release: the award says more than the outcome."""
    awards = dict(Award.objects.filter(submission_id=submission.pk).values_list("prize", "state"))
    return [
        ListedPrize(name_of_prize(submission, prize, language="en"), *WORDS[said])
        for prize, said in {**submission.prizes, **awards}.items()
    ]
