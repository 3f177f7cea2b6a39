"""The reasons that the desk offers: which, by what labels, in which order, under which keys."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from campaigns.setup.models import Campaign
from campaigns.setup.rules.reasons import LABELS, is_offered, label_of
from ingest_lambda.contract import FINAL, MOST_ATTEMPTS, RETRYABLE, ReasonCode
from ingest_lambda.contract.sentences import compares
from submissions.mirror.models import Submission
from submissions.review.services.reason_uses import ranked

_BY_THE_CLOCK = {ReasonCode.RESUBMISSION_EXPIRED}
_KEYS = [*"1234567890", *(f"⇧{digit}" for digit in "1234567890")]
_DAYS = {
    ReasonCode.BEFORE_PURCHASE_WINDOW,
    ReasonCode.AFTER_PURCHASE_WINDOW,
    ReasonCode.RECEIPT_TOO_OLD,
}
"""What is found and expected here are days: typed as such, they are spelled in every language."""
_MOST_ORDERS = 20


def reason_groups(
    submission: Submission, *, order: Sequence[ReasonCode], languages: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the reasons on offer at the desk: to ask again, and to reject.

    That a photo can't be read is one to reject for after the last try only, and then the first.
    """
    campaigns = [submission.campaign]
    is_last = submission.attempt >= MOST_ATTEMPTS
    return {
        "ask": reason_choices("ask_again", campaigns, order=order, languages=languages),
        "reject": reason_choices(
            "reject", campaigns, order=order, languages=languages, is_last_try=is_last
        ),
    }


def reason_choices(
    verdict: str,
    campaigns: Sequence[Campaign],
    *,
    order: Sequence[ReasonCode],
    languages: Sequence[str],
    is_last_try: bool = False,
) -> list[dict[str, Any]]:
    """Return the reasons that fit a verdict, in ``order``, each with its key.

    Labels, and what a campaign hides, are tools of staff: they are read from the
    campaign as it is now, unlike the sentence, which is the release's. Hidden is
    not refused: a page that was opened before still gives such a reason. For
    several campaigns the labels are ours, and hidden is what one of them hides.
    """
    left_out = _BY_THE_CLOCK if is_last_try else _BY_THE_CLOCK | {ReasonCode.ILLEGIBLE_FINAL}
    fitting = RETRYABLE if verdict == "ask_again" else FINAL - left_out
    hidden = {code for campaign in campaigns for code in campaign.hidden_reasons}
    offered = [code for code in order if code in fitting and is_offered(code, hidden)]
    offered.sort(key=lambda code: code is not ReasonCode.ILLEGIBLE_FINAL)
    return [
        {
            "code": code.value,
            "words": _label(code, campaigns, languages),
            "key": _KEYS[number] if number < len(_KEYS) else "",
            "takes": compares(code),
            "kind": "date" if code in _DAYS else "text",
            "needs_message": code is ReasonCode.OTHER,
        }
        for number, code in enumerate(offered)
    ]


def _label(code: ReasonCode, campaigns: Sequence[Campaign], languages: Sequence[str]) -> str:
    if len(campaigns) != 1:
        return LABELS[code]
    (campaign,) = campaigns
    return label_of(
        code, campaign.reason_labels, languages=[*languages, *map(str, campaign.languages)]
    )


def order_for(request: HttpRequest, campaign_id: UUID) -> list[ReasonCode]:
    """Return the order of reasons for a page: by use, or as the page that asks for its next desk has it.

    A page keeps the order, and so the keys, that it was loaded with, however many
    verdicts are given meanwhile: it names it, as ``{campaign}:{code}.{code}…``.
    """
    codes = ranked([campaign_id])
    for said in request.GET.getlist("ranked")[:_MOST_ORDERS]:
        campaign, _, names = said[:2000].partition(":")
        if campaign == str(campaign_id):
            place = {name: number for number, name in enumerate(names.split("."))}
            return sorted(codes, key=lambda code: place.get(code, len(place)))
    return codes


def spelled_order(codes: Iterable[ReasonCode]) -> str:
    """Return an order as a page keeps it."""
    return ".".join(code for code in codes if code in RETRYABLE or code in FINAL)


def languages_of(request: HttpRequest) -> list[str]:
    """Return the languages of the reader's browser, the first being the one that they like best."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return list(dict.fromkeys(language.partition("-")[0] for language, _quality in asked))
