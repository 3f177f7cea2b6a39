"""``python -m campaignhub.local_aws.pipes``: the process that ``manage.py up`` runs beside web and worker."""

import argparse
import logging
import signal
import threading
from pathlib import Path

from campaignhub.local_aws.pipes.runner import Runner
from campaignhub.logs import JsonLine


def main() -> None:
    """Run the Pipes of a stack until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--endpoint", required=True, help="address of the emulator")
    parser.add_argument("--stack", required=True, help="stack whose Pipes are run")
    parser.add_argument("--positions", required=True, type=Path, help="directory for positions")
    options = parser.parse_args()

    lines = logging.StreamHandler()
    lines.setFormatter(JsonLine())
    logging.basicConfig(level=logging.WARNING, handlers=[lines])
    logging.getLogger("campaignhub").setLevel(logging.INFO)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    failures: list[str] = []

    def end_all(problem: threading.ExceptHookArgs) -> None:
        # A poller that died unseen would leave its Pipe without one; the supervisor starts us again.
        logging.getLogger(__name__).error("a poller failed", exc_info=problem.exc_value)
        failures.append(str(problem.exc_type))
        stop.set()

    threading.excepthook = end_all
    Runner(options.endpoint, options.stack, options.positions).run(stop)
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
