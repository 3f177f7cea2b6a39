"""The web process takes what it has loaded out of the collector's sight before it forks."""

import subprocess
import sys

from campaignhub.env import ROOT

PROGRAM = """
import gc, sys
import campaignhub.wsgi
frozen = gc.get_freeze_count()
assert "submissions.review.admin.desk" in sys.modules, "what is behind the addresses is loaded"
print(frozen, len(gc.get_objects()))
"""


def test_what_is_loaded_at_the_start_is_walked_by_no_collection():
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    frozen, left = map(int, told.stdout.split()[-2:])
    assert frozen > 50_000
    assert left < frozen / 10
