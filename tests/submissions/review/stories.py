"""What chance seldom comes to, a step at a time."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.submissions.review import mails_taken as service

Step = Callable[[Any], object]
"""What happens next, on a machine (``test_every_entry_is_answered.Entries``)."""
DECIDED: tuple[Step, ...] = (
    lambda on: on.wait(0.02),
    lambda on: on.carry(),
    lambda on: on.send(),
)
"""The undo minute passes, and the entrant is told."""
ASKED: tuple[Step, ...] = (lambda on: on.ask_again(0), *DECIDED)
STORIES: Mapping[str, tuple[Step, ...]] = {
    "an answer in the last minutes, and a mirror that is late": (
        *ASKED,
        lambda on: on.wait_for_deadline(0, -5),
        lambda on: on.answer(0, late=False),
        lambda on: on.write(0, stays=True),
        lambda on: on.wait_for_deadline(0, 62),
        lambda on: on.carry(),
        lambda on: on.wait(0.02),
        lambda on: on.send(),
    ),
    "a mail service that is away for longer than a photo may take": (
        lambda on: on.send(),
        lambda on: on.ask_again(0),
        lambda on: on.wait(0.02),
        lambda on: on.carry(),
        *(lambda on: on.send("paused"), lambda on: on.wait(30)) * 7,
        lambda on: on.wait(0.7),
    ),
    "a mail service that is away for a day": (
        lambda on: on.send(),
        lambda on: on.ask_again(0),
        lambda on: on.wait(0.02),
        lambda on: on.carry(),
        lambda on: on.send("over quota"),
        lambda on: on.wait(30),
        *(lambda on: on.send(), lambda on: on.carry(), lambda on: on.wait(0.02)) * 2,
        lambda on: on.wait_for_deadline(0, 62),
    ),
    "a question that is sent again and waits as its time ends": (
        *ASKED,
        # The newest mail is the reminder, and not due.
        lambda on: on.send_again(1),
        lambda on: on.wait_for_deadline(0, 62),
    ),
    "an answer before the reminder is due": (
        *ASKED,
        lambda on: on.answer(0, late=False),
        lambda on: on.catch_up(),
        lambda on: on.wait(30),
        lambda on: on.wait(30),
        lambda on: on.send(),
    ),
    "an answer that is rejected before it is acknowledged": (
        *ASKED,
        lambda on: on.answer(0, late=False),
        lambda on: on.catch_up(),
        lambda on: on.reject(0),
        lambda on: on.send(),
        *DECIDED,
    ),
    "a mail service that is away while much is decided": (
        lambda on: on.send("paused"),
        lambda on: on.reject(0),
        lambda on: on.wait(0.7),
        lambda on: on.carry(),
        lambda on: on.send("paused"),
        lambda on: on.wait(0.7),
        lambda on: on.send("paused"),
    ),
    "a verdict while the first mail is tried again": (
        lambda on: on.send("busy"),
        lambda on: on.wait(0.02),
        lambda on: on.send("busy"),
        lambda on: on.wait(0.02),
        lambda on: on.send("busy"),
        lambda on: on.reject(0),
        *DECIDED,
    ),
    "approved and revoked": (
        lambda on: on.upload(0, None, other=False),
        lambda on: on.catch_up(),
        lambda on: on.send(),
        lambda on: on.approve(0),
        *DECIDED,
        lambda on: on.wait(30),
        lambda on: on.revoke(1),
        *DECIDED,
    ),
    "rejected and reopened days later": (
        lambda on: on.reject(0),
        *DECIDED,
        lambda on: on.wait(30),
        lambda on: on.reopen(1),
        lambda on: on.mirror([0, 1]),
        *DECIDED,
    ),
    "a complaint before the verdict": (
        lambda on: on.send(),
        lambda on: on.notice(0, ("Complaint", "abuse", "")),
        lambda on: on.notice(1, ("Complaint", "abuse", "")),
        lambda on: on.reject(0),
        *DECIDED,
    ),
    "a carrier that dies with a verdict": (
        lambda on: on.reject(0),
        lambda on: on.wait(0.02),
        lambda on: on.carry(dies="before"),
        lambda on: on.mirror([0, 1]),
    ),
    "a sender that dies with a verdict's mail": (
        lambda on: on.send(),
        lambda on: on.reject(0),
        lambda on: on.wait(0.02),
        lambda on: on.carry(),
        lambda on: on.send(service.DIES_AFTER),
        lambda on: on.reopen(0),
        *DECIDED,
    ),
    "a sender that dies once the service has the mail": (
        lambda on: on.send(service.DIES_AFTER),
        lambda on: on.wait(0.7),
        lambda on: on.send(),
    ),
    "a slip at the desk": (
        lambda on: on.ask_again(0),
        lambda on: on.carry(),
        lambda on: on.send(),
        lambda on: on.undo(0),
        *DECIDED,
    ),
    "revoked while the mirror still brings the approval": (
        lambda on: on.upload(0, None, other=False),
        lambda on: on.catch_up(),
        lambda on: on.approve(0),
        *DECIDED,
        lambda on: on.revoke(0),
        lambda on: on.catch_up(),
        *DECIDED,
    ),
}
"""What chance seldom comes to: where each example may begin, and what is tried alone as well."""
