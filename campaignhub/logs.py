"""How a log line looks: one JSON object, and in it no values that people typed and no token."""

import json
import logging
import traceback
from datetime import UTC, datetime

from ingest_lambda.contract import without_tokens


class JsonLine(logging.Formatter):
    """Write a record as one line of JSON.

    Of an exception only the first line of its message is kept: PostgreSQL puts
    the values of the offending row (an address, say) into the second.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _without_values(record.exc_info[1])
        return without_tokens(json.dumps(line, ensure_ascii=False))


def _without_values(error: BaseException) -> str:
    """Render the chain of causes, oldest first, as a traceback would."""
    told: list[str] = []
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        first_line = str(link).partition("\n")[0]
        frames = "".join(traceback.format_tb(link.__traceback__))
        told.append(f"{frames}{type(link).__name__}: {first_line}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(reversed(told))
