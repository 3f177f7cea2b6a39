"""Has a process of an installation note what it asks of AWS; Python imports this first, where it is on its path.

One line a call, each once a process, in ``CALLS_INTO``: the name of the process, and the call as
:func:`tests.support.recorded_calls.read_request` reads it from the request that is signed.
"""

import json
import os
import sys
from inspect import signature
from pathlib import Path
from typing import Any

from botocore.session import Session
from botocore.signers import RequestSigner

from tests.support.recorded_calls import Call, read_request

_NOT_ON_AWS = {"up", "pipes", "bootstrap"}
"""What brings the embedded default up, plays the services and makes the demo."""
_seen: set[str] = set()


def _name() -> str:
    """Name this process as its policy is: by what it was started with."""
    started = Path(sys.argv[0])
    program = started.parent.name if started.name == "__main__.py" else started.name
    if program == "manage.py":
        return sys.argv[1]
    return {"gunicorn": "web", "celery": "worker"}.get(program, program)


def note(service: str, operation: str, request: Any) -> None:
    """Note what a request needs."""
    if _name() in _NOT_ON_AWS:
        return
    try:
        calls = list(read_request(service, operation, request))
    except ValueError:
        calls = [Call(f"{service}:{operation}", "of a service that is not read")]
    for call in calls:
        line = json.dumps([_name(), call.action, call.resource, call.leading_key]) + "\n"
        if line not in _seen:
            _seen.add(line)
            # One short write at the end of the file: processes and threads do not cut each other off.
            with Path(os.environ["CALLS_INTO"]).open("ab", buffering=0) as noted:
                noted.write(line.encode())


def _on_signed(**signed: Any) -> None:
    note(signed["signing_name"], signed["operation_name"], signed["request"])


def _listen() -> None:
    made, links = Session.__init__, RequestSigner.generate_presigned_url

    def make(session: Session, *arguments: Any, **options: Any) -> None:
        made(session, *arguments, **options)
        session.register("before-sign", _on_signed, unique_id="noted-calls")

    def link(signer: RequestSigner, *arguments: Any, **options: Any) -> Any:
        # What a signed link asks is allowed or not as who signed it; no event tells of it.
        asked = signature(links).bind(signer, *arguments, **options).arguments
        note("s3", asked["operation_name"], _Signed(asked["request_dict"]))
        return links(signer, *arguments, **options)

    Session.__init__ = make  # type: ignore[assignment,method-assign]
    RequestSigner.generate_presigned_url = link  # type: ignore[assignment,method-assign]


class _Signed:
    """The request of a link, as one that is sent."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.url, self.body, self.data = request["url"], b"", b""


if os.environ.get("CALLS_INTO"):
    _listen()
