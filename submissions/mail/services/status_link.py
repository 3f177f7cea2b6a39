"""The link to a submission's own status page: its holder acts as the entrant, so it goes to the mailbox only."""

from datetime import timedelta

from campaignhub.ingest import sign_token
from campaigns.hosting.host import page_address
from campaigns.publishing.models import Release
from campaigns.publishing.services.releases import read_release
from ingest_lambda.contract import Channel, Mode, Purpose, Route, TokenPayload
from submissions.mail.models import Mail
from submissions.mail.rules.mails import ASKS_FOR_A_PHOTO
from submissions.mirror.models import Submission


def link_of(mail: Mail) -> str:
    """Sign the link of a mail: it shows the status and, where a photo was asked for, takes one.

    Only what sends the mail may call this. What shows it to staff composes it
    without a link, because they could act in the entrant's name.
    """
    return _signed(mail.submission, resubmit=mail.kind in ASKS_FOR_A_PHOTO)


def _signed(submission: Submission, *, resubmit: bool) -> str:
    """Return the link; its token is in the fragment, which no server is sent and no log keeps."""
    campaign = submission.campaign
    slug = campaign.test_slug if submission.is_test else campaign.slug
    issued_at = submission.started_at
    until = submission.resubmit_until if resubmit else None
    payload = TokenPayload(
        submission_id=submission.pk,
        attempt=submission.attempt + 1 if resubmit else submission.attempt,
        slug=slug,
        campaign_id=str(campaign.test_id if submission.is_test else campaign.pk),
        release=submission.release,
        route=Route(submission.route),
        locale=submission.locale,
        channel=Channel(submission.channel),
        mode=Mode.TEST if submission.is_test else Mode.LIVE,
        issued_at=issued_at,
        expires_at=until or issued_at + timedelta(days=400),
        purpose=Purpose.RESUBMIT if resubmit else Purpose.STATUS,
    )
    languages = _languages_online(submission)
    own_folder = submission.locale in languages and submission.locale != languages[0]
    folder = f"{submission.locale}/" if own_folder else ""
    return (
        f"{page_address(campaign, is_test=submission.is_test)}{folder}status/#{sign_token(payload)}"
    )


def _languages_online(submission: Submission) -> tuple[str, ...]:
    """Return the languages of the page that is online: that of the newest release, whatever the draft says."""
    campaign_id, is_test = submission.campaign_id, submission.is_test
    releases = Release.objects.filter(campaign=campaign_id, is_test=is_test)
    newest = releases.order_by("-number").values_list("number", flat=True).first()
    if newest is None:
        return (submission.locale,)
    return read_release(campaign_id, is_test=is_test, number=newest).page.languages
