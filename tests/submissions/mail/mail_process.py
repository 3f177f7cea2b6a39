"""A process of its own with a database of its own that queues or sends mails, for a test to kill."""

import sys
from datetime import timedelta

import django


def main(act: str) -> str:
    """Do what is asked, and return the states of the mails there are, in order."""
    django.setup()
    from django.core.management import call_command

    from campaigns.accounts.tenancy import unscoped
    from submissions.intake.services.mirroring import mirror_stream_records
    from submissions.mail.models import Mail
    from submissions.mail.services.delivery import LEASE, deliver_mails
    from tests.submissions.factories import NOON, make_campaign, make_record, streamed

    with unscoped("a process of its own has no scope"):
        if act == "queue":
            call_command("migrate", verbosity=0)
            campaign = make_campaign()
            people = ({"email": f"ada{number}@example.com"} for number in (1, 2))
            records = [streamed(make_record(campaign, answers=answers)) for answers in people]
            mirror_stream_records(records, at=NOON)
        elif act == "deliver":
            deliver_mails(at=NOON, most=10)
        elif act == "deliver_a_minute_later":
            deliver_mails(at=NOON + timedelta(minutes=1), most=10)
        elif act == "deliver_after_the_lease":
            # A lease counts from its own mail, which a busy machine reaches seconds after the round began.
            deliver_mails(at=NOON + LEASE + timedelta(minutes=3), most=10)
        return " ".join(Mail.objects.order_by("id").values_list("state", flat=True))


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1]))
