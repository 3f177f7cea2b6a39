"""A winner is told, also where one worker brings the entry and another the award at the same moment."""

from threading import Barrier
from typing import Any

import pytest

from ingest_lambda.contract import AwardState, PrizeOutcome, SubmissionStatus
from submissions.awards.services.queueing import queue_prize_mails
from submissions.intake.services import mirroring
from submissions.mail.models import Mail
from tests.submissions.awards.prizes import make_prize_campaign
from tests.submissions.factories import NOON, make_award, make_record, streamed
from tests.support.at_once import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_workers_with_an_entry_and_its_award_one_queues_the_mail(monkeypatch):
    entry = make_record(
        make_prize_campaign(),
        status=SubmissionStatus.APPROVED,
        prizes={"voucher": PrizeOutcome.GIVEN},
    )
    won = make_award(entry.id, prize="voucher", unit="b1.0.0", state=AwardState.CONFIRMED)
    both_have_looked = Barrier(2)

    def meet(*args: Any, **kwargs: Any) -> None:
        queue_prize_mails(*args, **kwargs)
        both_have_looked.wait(30)

    monkeypatch.setattr(mirroring, "queue_prize_mails", meet)
    taken = at_once(
        lambda: mirroring.mirror_stream_records([streamed(entry)], at=NOON).taken,
        lambda: mirroring.mirror_stream_records([streamed(won)], at=NOON).taken,
    )
    assert taken == [1, 1]
    assert set(Mail.objects.values_list("kind", "state")) == {
        ("received", "queued"),
        ("prize_won", "queued"),
    }
