"""Settings as a deployment reads them, each in a process of its own."""

import json
import os
import subprocess
import sys

from campaignhub.deployment.settings_file import settings_of, store_settings
from campaignhub.deployment.template import ORDER, read_template
from campaignhub.env import ROOT, Env

LOOK = """
import json
from campaignhub import settings as s
print(json.dumps({
    "broker": s.CELERY_BROKER_URL,
    "transport": s.CELERY_BROKER_TRANSPORT_OPTIONS,
    "cookie": getattr(s, "SESSION_COOKIE_SECURE", False),
    "cookie_name": getattr(s, "SESSION_COOKIE_NAME", "sessionid"),
    "options": s.DATABASES["default"]["OPTIONS"],
    "task_limit": s.CELERY_TASK_TIME_LIMIT,
    "sent_with": s.ANYMAIL.get("AMAZON_SES_CONFIGURATION_SET_NAME"),
}))
"""
QUEUES = {
    "MAIL_TASKS_QUEUE_URL": "http://127.0.0.1:4566/0/mail-tasks",
    "JOBS_QUEUE_URL": "http://127.0.0.1:4566/0/jobs",
    "MIRROR_QUEUE_URL": "http://127.0.0.1:4566/0/mirror",
    "SUBMISSIONS_QUEUE_URL": "http://127.0.0.1:4566/0/submissions",
}


def read_settings(**environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {"PATH": os.environ["PATH"], "CAMPAIGNHUB_ENV_FILE": ""}
    return subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_with(**environment: str):
    ran = read_settings(**environment)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_a_public_site_without_a_key_does_not_start():
    ran = read_settings(ALLOWED_HOSTS="win.example")
    assert ran.returncode != 0
    assert "SECRET_KEY is not set" in ran.stderr


def test_a_public_site_keeps_its_cookies_to_tls():
    found = settings_with(ALLOWED_HOSTS="win.example", SECRET_KEY="k" * 60)
    assert found["cookie"] is True
    assert found["cookie_name"].startswith("__Host-")


def test_without_tls_the_cookie_has_a_name_that_browsers_take():
    assert settings_with()["cookie_name"] == "sessionid"


def test_celery_knows_its_own_queues_and_no_other():
    transport = settings_with(**QUEUES)["transport"]
    assert transport["predefined_queues"] == {
        "mail": {"url": QUEUES["MAIL_TASKS_QUEUE_URL"]},
        "jobs": {"url": QUEUES["JOBS_QUEUE_URL"]},
    }


def test_a_message_stays_hidden_longer_than_its_task_may_take():
    found = settings_with(**QUEUES)
    assert found["transport"]["visibility_timeout"] > found["task_limit"]


def test_a_secret_with_signs_of_an_address_in_it_does_not_move_the_broker():
    found = settings_with(
        AWS_ENDPOINT_URL="http://127.0.0.1:4566",
        AWS_ACCESS_KEY_ID="id",
        AWS_SECRET_ACCESS_KEY="a/b+c@d",
        **QUEUES,
    )
    assert found["broker"] == "sqs://id:a%2Fb%2Bc%40d@127.0.0.1:4566"


def test_without_a_queue_tasks_stay_in_the_process():
    assert settings_with()["broker"] == "memory://"


def test_sqlite_takes_the_write_lock_at_the_start_of_a_transaction():
    options = settings_with(DATABASE_URL="sqlite://:memory:")["options"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_no_statement_on_postgresql_runs_for_ever():
    options = settings_with(DATABASE_URL="postgres://a@127.0.0.1/b")["options"]
    assert "statement_timeout=60000" in options["options"]
    longer = settings_with(DATABASE_URL="postgres://a@127.0.0.1/b", DATABASE_STATEMENT_SECONDS="0")[
        "options"
    ]
    assert "statement_timeout=0 " in longer["options"]


def test_the_settings_of_a_deployment_name_the_configuration_set_that_mails_are_sent_with(tmp_path):
    outputs = dict.fromkeys(read_template(ORDER["notices"])["Outputs"], "staging-notices")
    settings = settings_of(outputs, region="eu-west-1", label="Staging")
    store_settings(tmp_path / "staging.json", settings)
    assert (
        settings_with(CAMPAIGNHUB_ENV_FILE=str(tmp_path / "staging.json"))["sent_with"]
        == "staging-notices"
    )
    queues = {"mail_notices_queue_url", "mail_notices_dead_letter_queue_url"}
    assert queues <= {name.lower() for name in settings} & Env.model_fields.keys()
    assert settings_with()["sent_with"] is None, "without a stack nothing is named"
