"""The web server's logs, without tokens: for gunicorn's ``--logger-class``."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from campaignhub.logs import JsonLine, one_line


class TokenlessLogger(Logger):  # type: ignore[misc]
    """gunicorn's logger, of whose lines every token is cut out, whatever the format names.

    The address of a draft's page holds the token that opens it, and a link with
    its ``#`` spelled as ``%23`` sends what was to stay in the browser. A log is
    read by more people than may act on either. Lines about errors are treated
    alike: they name the address that was asked for.
    """

    def setup(self, cfg: Any) -> None:
        """Set the logs up; each line is one of JSON, with its time and level, like the site's own."""
        super().setup(cfg)
        for log, shape in ((self.access_log, AccessLine()), (self.error_log, JsonLine())):
            for handler in log.handlers:
                handler.setFormatter(shape)


class AccessLine(JsonLine):
    """One request is one line: an address with a line break in it can't write another."""

    def message_of(self, record: logging.LogRecord) -> str:
        """Return the request in one line."""
        return one_line(super().message_of(record))
