"""Saving what a campaign's mails say: a draft like its page, in force from the next release on."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.publishing.services.seen import MAIL_EDITS, last_seen, refuse_unseen
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.campaign import locked
from submissions.mail.rules.wording import (
    Part,
    default_wording,
    key_of,
    problem_of,
    tidied,
    with_wording,
    wording_of,
)
from submissions.mail.rules.words import Message

_OVER = (CampaignState.CLOSED, CampaignState.ARCHIVED)


class WordingNotUsable(DomainError):
    """A part of a mail is missing, too long or has braces that the mail can't fill."""


class WordingIsFinal(DomainError):
    """A closed campaign is not published again, so its mails stay as they are."""


def is_final(campaign: Campaign) -> bool:
    """Tell whether no release can carry another wording any more."""
    return campaign.state in _OVER


def seen_wording(campaign: Campaign) -> str:
    """Return what a page that shows the wording carries to :func:`save_wording`."""
    return last_seen(campaign, MAIL_EDITS)


@transaction.atomic
def save_wording(
    campaign: Campaign,
    message: Message,
    *,
    language: str,
    wording: Mapping[Part, str],
    seen: str,
    actor: User,
    at: datetime,
) -> Campaign:
    """Save what a message says in one language; parts that ``wording`` leaves out say the default.

    Nothing changes for who has entered: a mail is written by its entry's release.

    Raises:
        WordingIsFinal: the campaign is over.
        WordingNotUsable: a part can't be used; the sentence says what to do.
        CampaignChanged: a colleague saved e-mails of the campaign since ``seen``.
    """
    campaign = locked(campaign)
    if is_final(campaign):
        raise WordingIsFinal("This campaign is over, so its e-mails can't be changed any more.")
    texts = {
        **default_wording(message, language),
        **{part: tidied(part, text) for part, text in wording.items()},
    }
    if problem := next(filter(None, (problem_of(message, *one) for one in texts.items())), ""):
        raise WordingNotUsable(problem)
    refuse_unseen(
        campaign,
        MAIL_EDITS,
        seen=seen,
        actor=actor,
        undone="Yours isn't saved. Copy it, open this page afresh and compare.",
    )
    before = wording_of(campaign.mail_texts, message, language)
    changed = {part: text for part, text in texts.items() if text != before[part]}
    if changed:
        campaign.mail_texts = with_wording(campaign.mail_texts, message, language, texts)
        campaign.save(update_fields=["mail_texts"])
        audit.record(
            campaign,
            MAIL_EDITS[0],
            actor=actor,
            at=at,
            before={f"{language}.{key_of(message, part)}": before[part] for part in changed},
            after={f"{language}.{key_of(message, part)}": text for part, text in changed.items()},
        )
    return campaign
