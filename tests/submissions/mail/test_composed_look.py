"""The mails in a real browser: narrow, wide and dark, with nothing loaded and nothing cut off."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from campaigns.accounts.models import Client
from campaigns.publishing.services.releases import Presentation
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus, reference_of, sentence
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind
from submissions.mail.services.composing import preview
from submissions.mirror.models import Submission, SubmissionAnswers
from tests.campaigns.pages import make_content
from tests.submissions.factories import NOON
from tests.support.browsers import assert_accessible, open_page, take_screenshot

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser]
REASONS = {
    MailKind.REJECTED: [
        Reason(code=ReasonCode.BEFORE_PURCHASE_WINDOW, found="2026-05-28", expected="2026-06-01"),
        Reason(code=ReasonCode.STORE_NOT_ELIGIBLE),
    ],
    MailKind.ASKED_AGAIN: [Reason(code=ReasonCode.ILLEGIBLE)],
    MailKind.REMINDER: [Reason(code=ReasonCode.ILLEGIBLE)],
}


def written(kind: MailKind, language: str) -> str:
    """Write a mail without a database, which a test with a browser cannot ask."""
    client = Client(
        name="Nordlicht Foods", help_email="help@nordlicht.example", help_phone="020 7946 0000"
    )
    campaign = Campaign(client=client, slug="summer")
    headline = {"en": "Win a weekend for four", "de": "Gewinne ein Wochenende zu viert"}
    shown = Presentation(make_content(headline=headline, languages=("en", "de")), images={})
    submission = Submission(
        id=UUID(int=7),
        campaign=campaign,
        reference=reference_of(UUID(int=7)),
        release=1,
        attempt=1,
        route="purchase",
        channel="web",
        locale=language,
        status=SubmissionStatus.PENDING_REVIEW,
        ingest_status=SubmissionStatus.PENDING_REVIEW,
        started_at=NOON,
        entered_at=NOON,
        decide_by=NOON + timedelta(days=3),
        resubmit_until=NOON + timedelta(days=4),
        decision_reasons=[
            {"message": sentence(reason, locale=language, texts={}, timezone="Europe/London")}
            for reason in REASONS.get(kind, [])
        ],
    )
    submission.personal = SubmissionAnswers(submission=submission, given_name="Ada")
    mail = Mail(submission=submission, kind=kind, decision_no=1, queued_at=NOON, not_before=NOON)
    return preview(mail, at=NOON, shown=shown)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 560, 800])
def test_a_mail_reads_at_every_width_in_light_and_dark(browser: "Browser", width, scheme):
    with open_page(browser, width=width, height=700, color_scheme=scheme) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for kind, language in [*((kind, "en") for kind in MailKind), (MailKind.REJECTED, "de")]:
            page.set_content(written(kind, language))
            assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
            assert not asked, "a mail loads nothing"
            take_screenshot(page, f"mail-{kind}-{language}-{scheme}")
            assert_accessible(page)
