"""What the mail service tells in the very moment in which a mail is noted as sent is kept."""

from threading import Event

import pytest
from django.db import connection, transaction

from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mail.rules.notices import MailNotice, attempt_tag
from submissions.mail.services.outcomes import note_notice
from tests.security.entrants import enter, said
from tests.submissions.factories import NOON, make_campaign
from tests.support.at_once import at_once
from tests.support.installation import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NUMBER = "0100-test"


def another_waits() -> bool:
    """Tell whether another connection to this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(); SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
            "WHERE NOT granted AND datname = current_database()"
        )
        cursor.nextset()
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("event", "ends"), [("Delivery", MailState.DELIVERED), ("Bounce", MailState.BOUNCED)]
)
def test_a_notice_that_meets_its_mail_being_noted_as_sent_waits_for_it_and_counts(event, ends):
    enter(make_campaign(), answers=said(email="ada@example.com"))
    mail = Mail.objects.get()
    Mail.objects.update(state=MailState.SENDING, attempted_at=NOON, tries=1)
    begun = Event()

    def sender() -> None:
        with transaction.atomic():
            Mail.objects.update(state=MailState.SENT, message_id=NUMBER, sent_at=NOON)
            begun.set()
            wait_until(another_waits, what="the notice waits for the mail", seconds=30)

    def drain() -> bool:
        assert begun.wait(30)
        kind = "Permanent" if event == "Bounce" else ""
        told = MailNotice(event, NUMBER, attempt_tag(mail.pk, NOON), kind)
        return note_notice(told, at=NOON)

    assert at_once(sender, drain) == [None, True]
    mail.refresh_from_db()
    assert (mail.state, mail.message_id) == (ends, NUMBER)
