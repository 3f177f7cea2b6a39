"""Entrants and their mails, for tests that attack by way of them."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from django.core import mail as outbox

from campaignhub.env import env
from campaigns.setup.models import Campaign
from ingest_lambda.adapters import tokens
from ingest_lambda.contract import AwardState
from ingest_lambda.errors import BadToken
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind
from submissions.mail.services.delivery import deliver_mails
from submissions.mirror.models import Submission
from tests.submissions.factories import NOON, OF_NO_VERDICT, make_award, make_record, streamed


def enter(campaign: Campaign, **record: Any) -> Submission:
    """Let somebody enter, as far as the site hears of it."""
    stored = make_record(campaign, **record)
    mirror_stream_records([streamed(stored)], at=NOON)
    return Submission.objects.get(pk=stored.id)


def said(**answers: str) -> dict[str, str]:
    """Return the answers of Ada Lovelace, with some of them as the test wants."""
    return {"email": "ada@example.com", "first": "Ada", "last": "Lovelace"} | answers


def add_mail(submission: Submission, kind: MailKind, **values: Any) -> Mail:
    """Queue a mail about a submission that is due."""
    return Mail.objects.create(
        submission=submission,
        campaign=submission.campaign,
        kind=kind,
        event=f"{kind}:test",
        decision_no=None if kind in OF_NO_VERDICT else submission.decision_no,
        **{"queued_at": NOON, "not_before": NOON, **values},
    )


def give_prize(submission: Submission, kind: MailKind) -> None:
    """Give a submission the prize that a mail of ``kind`` from :func:`add_mail` tells of."""
    state = AwardState.CONFIRMED if kind is MailKind.PRIZE_WON else AwardState.PROVISIONAL
    award = make_award(submission.pk, prize="test", unit="test-1", state=state)
    mirror_stream_records([streamed(award)], at=NOON)
    Mail.objects.filter(submission=submission).delete()


def mailed_link() -> str:
    """Send what waits; return the link that stands in the newest mail."""
    deliver_mails(at=NOON, most=10)
    found = re.search(r"https?://\S+/status/#\S+", str(outbox.outbox[-1].body))
    assert found is not None, "an entrant's mail has a link"
    return found[0]


def working_tokens(text: str) -> Iterator[str]:
    """Yield every token in ``text`` that the public path accepts, however it is written down."""
    for readable in (text, html.unescape(text), unquote(html.unescape(text))):
        for run in re.findall(r"[\w-]+(?:\.[\w-]+){2,}", readable, re.ASCII):
            parts = run.split(".")
            for begin in range(len(parts) - 2):
                token = ".".join(parts[begin : begin + 3])
                try:
                    tokens.verify(token, token_keys=env().token_keys)
                except BadToken:
                    continue
                yield token
