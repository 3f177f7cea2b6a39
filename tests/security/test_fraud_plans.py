"""Who brought a file first is one look into an index, however many uploads, refusals and entries have that file."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.setup.models import Campaign
from submissions.receipts.services.submitted_files import are_shown_by_others, others_with
from submissions.review.services.fraud_checks import review_suspects
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.review.suspicious import entered, hear

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

FILE = "1" * 64
CROWD = 6_000
MOST_ROWS = 100
"""That a step of a plan may look at; a step that grows with the crowd looks at thousands."""
FILL = """
INSERT INTO receipts_submittedfile
       (key, submission_id, attempt, sha256, scope, entered_at, counts)
SELECT 'crowd/' || kind || '/' || n, gen_random_uuid(), 1,
       CASE WHEN kind = 'other file' THEN md5(n::text) || md5(n::text) ELSE %(file)s END,
       CASE WHEN kind <> 'unsent' THEN %(scope)s::uuid END,
       CASE WHEN kind <> 'unsent' THEN %(at)s::timestamptz + n * interval '1 second' END,
       CASE WHEN kind <> 'unsent' THEN kind <> 'refused' END
  FROM generate_series(1, %(crowd)s) AS n, unnest(ARRAY['unsent', 'refused', 'sent', 'other file']) AS kind
"""


@pytest.fixture
def crowded() -> Campaign:
    """Make a campaign in which thousands of uploads, refused and counting entries have one file."""
    campaign = make_campaign()
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"file": FILE, "scope": campaign.pk, "at": NOON, "crowd": CROWD})
        cursor.execute("ANALYZE receipts_submittedfile")
    return campaign


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return every step of a plan."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from steps_of(inner)


def looks(ask: Callable[[], object]) -> list[tuple[str, float]]:
    """Return the steps that read submitted files, as PostgreSQL ran them: by which index, and how many rows."""
    with CaptureQueriesContext(connection) as queries:
        ask()
    found = []
    for query in queries.captured_queries:
        if not query["sql"].startswith("SELECT") or "submittedfile" not in query["sql"]:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            ((told,),) = cursor.fetchall()
        plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
        for step in steps_of(plan):
            if step.get("Relation Name") == "receipts_submittedfile" or "Index Name" in step:
                left_out = step.get("Rows Removed by Filter", 0)
                rows = (step["Actual Rows"] + left_out) * step["Actual Loops"]
                found.append((step.get("Index Name", step["Node Type"]), rows))
    return found


@pytest.mark.parametrize("at", [NOON, NOON.replace(hour=23)], ids=["first of all", "last of all"])
def test_no_step_grows_with_the_number_of_those_who_have_the_file(
    crowded: Campaign, at: Any
) -> None:
    made = [entered(crowded, entered_at=at) for _ in range(3)]
    hear(*[one for pair in made for one in pair])
    ids = [record.id for record, _ in made]
    asked: list[Callable[[], object]] = [
        lambda: review_suspects(ids, at=NOON),
        lambda: others_with(ids[0]),
        lambda: are_shown_by_others(ids[0], [FILE], scope=crowded.pk, most=1),
        lambda: are_shown_by_others(ids[0], [FILE], scope=crowded.pk, most=5),
    ]
    read = [step for ask in asked for step in looks(ask)]
    assert {"file_submitted", "file_refused"} <= {index for index, _ in read}
    assert "Seq Scan" not in {index for index, _ in read}
    assert not [step for step in read if step[1] > MOST_ROWS], read
