"""What a partner is told to do works as it stands: the program in docs/partners.md enters a person."""

import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from campaignhub.env import ROOT
from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes

pytestmark = pytest.mark.flow

_MAKE_A_KEY = """
from campaigns.access.services.partners import make_partner_key
from campaigns.accounts.models import Client
client = Client.objects.get(campaigns__slug="summer-receipts")
print(make_partner_key(client, name="{name}", actor=None, at=timezone.now()).value)
"""


def test_the_program_of_the_partners_guide_enters_a_person(
    embedded: Installation, tmp_path: Path
) -> None:
    name = f"Kiosk {uuid4()}"
    key = embedded.python(_MAKE_A_KEY.format(name=name)).split()[-1]
    guide = (ROOT / "docs" / "partners.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "enter.py").write_text(program)
    (tmp_path / "receipt.jpg").write_bytes(receipt_bytes(uuid4().int % 10**7))

    ran = subprocess.run(
        [sys.executable, "enter.py", "receipt.jpg", f"ada.{uuid4().hex}@example.com"],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "API": embedded.facts["api"],
            "PAGE": embedded.campaign("summer-receipts")["page"],
            "KEY": key,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split()[1:] == ["pending_review"]
    query = "SELECT channel, partner, suspicions FROM submissions_submission WHERE partner = ?"
    # The table answers first; the mirror follows.
    ((channel, partner, suspicions),) = wait_until(
        lambda: embedded.rows(query, (name,)), what="the partner's submission in Django"
    )
    assert (channel, partner, suspicions) == ("partner", name, "[]")
