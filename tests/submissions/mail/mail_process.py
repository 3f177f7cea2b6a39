"""A process of its own with a database of its own that queues or sends a mail, for a test to kill."""

import sys
from datetime import timedelta

import django


def main(act: str) -> str:
    """Do what is asked, and return the state of the one mail there is."""
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
            mirror_stream_records([streamed(make_record(make_campaign()))], at=NOON)
        elif act == "deliver":
            deliver_mails(at=NOON, most=10)
        elif act == "deliver_after_the_lease":
            # A lease counts from its own mail, which a busy machine reaches seconds after the round began.
            deliver_mails(at=NOON + LEASE + timedelta(minutes=1), most=10)
        return str(Mail.objects.get().state)


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1]))
