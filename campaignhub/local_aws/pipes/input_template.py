"""What a Pipe's input template makes of a record. Pure.

As AWS documents it: the body of a queue's message is read where it is JSON, so
that a path may lead into it; a path in quotes is a text, escaped, one without is
a value (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html).
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_PATH = re.compile(r'"<\$\.([\w.]+)>"|<\$\.([\w.]+)>')


def filled_in(template: str, record: Mapping[str, Any]) -> str:
    """Return what the target gets of ``record``.

    A path that leads nowhere is an empty text.
    """
    event = {**record, "body": _read(record.get("body"))}

    def value(found: re.Match[str]) -> str:
        quoted, bare = found.groups()
        held = _at(event, quoted or bare)
        if quoted and isinstance(held, dict | list):
            # The documentation forbids it: the quotes inside end the text.
            return f'"{json.dumps(held)}"'
        return json.dumps(str(held) if quoted else held, ensure_ascii=False)

    return _PATH.sub(value, template)


def _read(body: Any) -> Any:
    try:
        return json.loads(body)
    except (TypeError, ValueError):
        return body


def _at(event: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(event, Mapping) or name not in event:
            return ""
        event = event[name]
    return event
