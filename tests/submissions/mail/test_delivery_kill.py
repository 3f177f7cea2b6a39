"""kill -9 between sending a mail and noting it: seen by staff, never a second mail, and no hold for ever."""

import os
import signal
import subprocess
import sys

import pytest

from tests.submissions.mail import mail_service as ses
from tests.support.installation import wait_until


@pytest.mark.flow
def test_a_mail_whose_sender_was_killed_is_unknown_and_the_hold_that_it_was_to_try_ends(tmp_path):
    with ses.mail_service() as service:
        process = [sys.executable, "-m", "tests.submissions.mail.mail_process"]
        environment = {
            **os.environ,
            "CAMPAIGNHUB_VAR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
            "AWS_ENDPOINT_URL": service.url,
            "DJANGO_SETTINGS_MODULE": "campaignhub.settings",
        }

        def run(act: str) -> str:
            done = subprocess.run(
                [*process, act], env=environment, capture_output=True, text=True, timeout=300
            )
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()

        assert run("queue") == "queued queued"
        service.answer = ses.PAUSED
        assert run("deliver") == "queued queued"
        service.answer = ses.SILENCE
        sender = subprocess.Popen(
            [*process, "deliver_a_minute_later"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: service.taken[1:], what="the mail at the service", seconds=120)
        finally:
            sender.send_signal(signal.SIGKILL)
            sender.wait()
        service.answer = ses.SENT
        assert run("deliver_a_minute_later") == "queued sending", "neither lease nor hold is over"
        assert run("deliver_after_the_lease") == "sent unknown"
        assert run("deliver_after_the_lease") == "sent unknown"
        assert len(service.taken) == 3
