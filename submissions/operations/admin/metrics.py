"""The metrics of the machinery, from the clock's last readings and its last minute."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from campaignhub.clock.models import RoundState
from campaignhub.metrics import collects
from submissions.intake.models import Heartbeat
from submissions.intake.services.heartbeats import is_late
from submissions.operations.services import readings, samples
from submissions.operations.services.dead_letters import pairs

_GAUGES = (
    ("entered", "entries_last_minute", "Entries of the last full minute, tests left out."),
    ("outbox", "outbox_decisions", "Decisions that are not applied in the table yet."),
    ("outbox_age", "outbox_oldest_seconds", "Age of the oldest decision that is not applied yet."),
    ("mails", "mails_due", "E-mails that are due and not sent."),
    ("errors", "function_errors_5m", "Errors of the functions in five minutes."),
    ("jobs", "jobs_under_way", "Jobs that wait or run."),
    ("jobs_age", "jobs_oldest_seconds", "Age of the oldest job that has not ended."),
    ("jobs_failed", "jobs_failed_last_day", "Jobs that failed in the last day."),
    ("ledger_gaps", "ledger_gaps", "Hours of entry that differ after the last comparison."),
)
"""Number of a minute (``services.samples``), name of the metric, its help."""


@collects
def machinery() -> Iterator[Metric]:
    """Yield what is known; what is not is absent, so that an alarm can say so."""
    now = timezone.now()
    minute, values = samples.newest(at=now)
    if minute is not None:
        age = GaugeMetricFamily("campaignhub_counted_seconds_ago", "Age of the counted numbers.")
        age.add_metric([], (now - minute).total_seconds())
        yield age
    for key, name, words in _GAUGES:
        if key in values:
            yield GaugeMetricFamily(f"campaignhub_{name}", words, value=values[key])
    yield from _queues(values)
    yield _mails(values)
    yield from _services()
    yield from _processes()
    yield from _rounds()


def _queues(values: samples.Values) -> Iterator[Metric]:
    depth = GaugeMetricFamily(
        "campaignhub_queue_messages",
        "Messages of a queue, in work included.",
        labels=["queue", "of"],
    )
    oldest = GaugeMetricFamily(
        "campaignhub_queue_oldest_seconds", "Age of the oldest message.", labels=["queue", "of"]
    )
    for name in pairs():
        for of in ("waiting", "dead"):
            for family, key in ((depth, f"{of}_{name}"), (oldest, f"{of}_age_{name}")):
                if key in values:
                    family.add_metric([name, of], values[key])
    yield depth
    yield oldest


def _mails(values: samples.Values) -> Metric:
    states = GaugeMetricFamily(
        "campaignhub_mails_last_hour",
        "E-mails queued in the last hour by what became of them; the newest 20,000.",
        labels=["state"],
    )
    for name, count in values.items():
        if name.startswith("mails_"):
            states.add_metric([name.removeprefix("mails_")], count)
    return states


def _services() -> Iterator[Metric]:
    up = GaugeMetricFamily(
        "campaignhub_service_up", "Whether the last question was answered.", labels=["asked"]
    )
    took = GaugeMetricFamily(
        "campaignhub_service_answer_seconds", "How long the last answer took.", labels=["asked"]
    )
    for name, answer in readings.kept().items():
        asked = name.rpartition("/")[2]  # of a queue's address its name
        up.add_metric([asked], float(not answer.last_error))
        if answer.took_ms is not None:
            took.add_metric([asked], answer.took_ms / 1000)
    yield up
    yield took


def _processes() -> Iterator[Metric]:
    labels = ["kind", "id"]
    up = GaugeMetricFamily("campaignhub_process_up", "Whether it reported lately.", labels=labels)
    rounds = GaugeMetricFamily(
        "campaignhub_process_round_seconds", "How long its last round took.", labels=labels
    )
    handled = CounterMetricFamily(
        "campaignhub_process_handled", "Messages or rounds since it began.", labels=labels
    )
    failing = GaugeMetricFamily(
        "campaignhub_process_failing", "Whether its last round failed.", labels=labels
    )
    now = timezone.now()
    for beat in Heartbeat.objects.all():
        of = [beat.kind, beat.pk]
        up.add_metric(of, float(not is_late(beat, at=now)))
        failing.add_metric(of, float(bool(beat.last_error)))
        handled.add_metric(of, beat.handled)
        if beat.round_seconds is not None:
            rounds.add_metric(of, beat.round_seconds)
    yield from (up, failing, handled, rounds)


def _rounds() -> Iterator[Metric]:
    open_ = GaugeMetricFamily(
        "campaignhub_breaker_open",
        "Whether a round's breaker keeps it from running.",
        labels=["round"],
    )
    failures = GaugeMetricFamily(
        "campaignhub_round_failures", "Failures of a round in a row.", labels=["round"]
    )
    seconds = GaugeMetricFamily(
        "campaignhub_round_seconds", "How long the last turn that succeeded took.", labels=["round"]
    )
    for row in RoundState.objects.all():
        open_.add_metric([row.name], float(row.is_open))
        failures.add_metric([row.name], row.failures)
        seconds.add_metric([row.name], row.seconds)
    yield from (open_, failures, seconds)
