"""``/metrics``: what the clock counted, for who has the token or sits at this machine; nobody else learns of it."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from campaignhub.clock.models import RoundState
from campaignhub.env import env
from submissions.intake.services.heartbeats import beat
from submissions.operations.models import MinuteSample, Reading
from submissions.operations.services import readings

TOKEN = "a-token-of-thirty-two-characters"


@pytest.mark.django_db
def test_it_shows_what_was_counted_and_asks_nothing(
    queues: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    MinuteSample.objects.create(
        minute=now - timedelta(seconds=30),
        values={"entered": 4, "waiting_images": 7, "waiting_age_images": 9.5, "mails_sent": 3},
    )
    Reading.objects.create(name="table", asked_at=now, last_error="ReadTimeoutError")
    beat("mirror", at=now, handled=12)
    RoundState.objects.create(name="review.propagate_decisions", failures=3, paused_until=now)
    monkeypatch.setattr(readings, "current", None)
    answer = Browser().get("/metrics")
    assert answer.status_code == 200
    shown = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }
    assert shown["campaignhub_entries_last_minute",] == 4
    assert shown["campaignhub_queue_messages", "images", "waiting"] == 7
    assert shown["campaignhub_queue_oldest_seconds", "images", "waiting"] == 9.5
    assert shown["campaignhub_mails_last_hour", "sent"] == 3
    assert shown["campaignhub_service_up", "table"] == 0
    assert shown["campaignhub_breaker_open", "review.propagate_decisions"] == 1
    handled = [value for name, value in shown.items() if name[0].endswith("handled_total")]
    assert handled == [12]
    assert ("campaignhub_ledger_gaps",) not in shown  # nobody has compared yet


@pytest.mark.django_db
def test_it_is_there_for_who_has_the_token_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env(), "metrics_token", TOKEN)
    assert Browser().get("/metrics").status_code == 404
    for said, status in ((f"Bearer {TOKEN}", 200), ("Bearer other", 404), (TOKEN, 404)):
        assert Browser().get("/metrics", headers={"Authorization": said}).status_code == status
    assert Browser().post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code in (
        403,
        404,
    )


@pytest.mark.django_db
def test_without_a_token_only_this_machine_may_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Browser().get("/metrics").status_code == 200
    assert Browser().get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 404
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto"):
        assert Browser().get("/metrics", headers={header: "203.0.113.7"}).status_code == 404
    monkeypatch.setattr(env(), "production", True)
    assert Browser().get("/metrics").status_code == 404
