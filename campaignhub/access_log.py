"""The web server's logs, without tokens: for gunicorn's ``--logger-class``."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from campaignhub.logs import one_line, without_tokens


class TokenlessLogger(Logger):  # type: ignore[misc]
    """gunicorn's logger, of whose lines every token is cut out, whatever the format names.

    The address of a draft's page holds the token that opens it, and a link with
    its ``#`` spelled as ``%23`` sends what was to stay in the browser. A log is
    read by more people than may act on either. Lines about errors are treated
    alike: they name the address that was asked for.
    """

    def setup(self, cfg: Any) -> None:
        """Set the logs up, and let each line pass by the cut on its way out."""
        super().setup(cfg)
        for log, shape in ((self.access_log, _AccessLine), (self.error_log, _ErrorLine)):
            for handler in log.handlers:
                if not isinstance(handler.formatter, _Tokenless):
                    handler.setFormatter(shape(handler.formatter or logging.Formatter()))


class _Tokenless(logging.Formatter):
    """A formatter that passes on what another one writes, without tokens."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(self._inner.format(record))


class _AccessLine(_Tokenless):
    """One request is one line: an address with a line break in it can't write another."""

    def format(self, record: logging.LogRecord) -> str:
        return one_line(super().format(record))


class _ErrorLine(_Tokenless):
    """A traceback keeps its lines."""
