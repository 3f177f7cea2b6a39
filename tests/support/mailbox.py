"""The mailboxes of an installation: what its emulated mail service has taken."""

import json
import re
import urllib.request
from typing import Any

from tests.support.installation import Installation, wait_until


def all_mails(installation: Installation) -> list[dict[str, Any]]:
    """Return every mail, the oldest first."""
    place = f"http://127.0.0.1:{installation.aws_port}/_ministack/ses/messages"
    with urllib.request.urlopen(place, timeout=60) as answer:
        boxes = json.load(answer)["messages"].values()
    return [mail for box in boxes for mail in box]


def mails_to(installation: Installation, address: str) -> list[dict[str, Any]]:
    """Return the mails to an address, the oldest first."""
    return [mail for mail in all_mails(installation) if mail["To"] == [address]]


def wait_for_link(installation: Installation, address: str, *, mails: int) -> str:
    """Return the link in the newest of so many mails to an address, as soon as it is there."""
    found = wait_until(
        lambda: mails_to(installation, address)[mails - 1 :], what=f"mail {mails} to {address}"
    )
    link = re.search(r"https?://\S+#\S+", found[-1]["BodyText"])
    assert link is not None, found[-1]["BodyText"]
    return link[0]
