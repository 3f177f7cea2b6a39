"""Keep the declared Pipes running, whatever happens to the emulator meanwhile."""

import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.local_aws.pipes.declaration import (
    NotSettled,
    Pipe,
    QueueParameters,
    read_pipes,
)
from campaignhub.local_aws.pipes.queue_source import QueueSource
from campaignhub.local_aws.pipes.stream_source import StreamSource
from campaignhub.local_aws.pipes.target import target_of
from campaignhub.local_aws.pipes.wire import Away, Refused, Wire

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2
"""How often the declarations are read anew: a Pipe may be stopped, a stack deployed again."""

AWAY_SECONDS = (0.2, 0.5, 1, 2)
DRAIN_SECONDS = 10


@dataclass
class Running:
    """A Pipe at work."""

    source: QueueSource | StreamSource
    stop: threading.Event
    threads: list[threading.Thread] = field(default_factory=list)


class Runner:
    """Runs the Pipes of one stack until it is told to stop."""

    def __init__(self, endpoint: str, stack: str, positions: Path) -> None:
        self._endpoint = endpoint
        self._stack = stack
        self._positions = positions
        self._wire = Wire(endpoint)
        self._running: dict[Pipe, Running] = {}

    def run(self, stop: threading.Event) -> None:
        """Run until ``stop``; then finish what is in flight and empty the streams."""
        try:
            self._keep_running(stop)
        finally:
            self.end()

    def _keep_running(self, stop: threading.Event) -> None:
        attempt = 0
        while not stop.is_set():
            try:
                declared = read_pipes(self._endpoint, self._stack)
            except (BotoCoreError, ClientError) as error:
                if attempt == 0:
                    logger.warning("AWS does not answer (%s); waiting for it", type(error).__name__)
                stop.wait(AWAY_SECONDS[min(attempt, len(AWAY_SECONDS) - 1)])
                attempt += 1
                continue
            except NotSettled:
                # What runs goes on meanwhile: a deployment does not stop a Pipe that it leaves alone.
                stop.wait(AWAY_SECONDS[0])
                continue
            attempt = 0
            self.keep([pipe for pipe in declared if pipe.running])
            stop.wait(LOOK_SECONDS)

    def keep(self, wanted: list[Pipe]) -> None:
        """Run exactly these Pipes."""
        gone = [pipe for pipe in self._running if pipe not in wanted]
        for pipe in gone:
            logger.info("%s: stopped", pipe.name)
        self._halt(gone)
        for pipe in wanted:
            if pipe not in self._running:
                self._start(pipe)

    def end(self) -> None:
        """Stop all; what the streams still hold is delivered first, where the emulator is there."""
        sources = [running.source for running in self._running.values()]
        self._halt(list(self._running))
        for source in sources:
            if isinstance(source, StreamSource):
                try:
                    source.drain(DRAIN_SECONDS)
                except (Away, Refused):
                    logger.warning("the stream could not be emptied: AWS is away")
        self._wire.close()

    def _start(self, pipe: Pipe) -> None:
        stop = threading.Event()
        target = target_of(
            pipe.target,
            self._wire,
            group_path=pipe.group_path,
            input_template=pipe.input_template,
        )
        source: QueueSource | StreamSource
        if isinstance(pipe.parameters, QueueParameters):
            source = QueueSource(pipe, self._wire, target, stop)
        else:
            source = StreamSource(pipe, self._wire, target, stop, self._positions)
        running = Running(source, stop)
        running.threads = [
            threading.Thread(
                target=self._repeat, args=(pipe, running), name=f"{pipe.name}-{number}"
            )
            for number in range(source.threads())
        ]
        self._running[pipe] = running
        logger.info("%s: %s → %s", pipe.name, _short(pipe.source), _short(pipe.target))
        for thread in running.threads:
            thread.start()

    def _repeat(self, pipe: Pipe, running: Running) -> None:
        """Step until stopped. An emulator that is away, or just filled again, is waited for."""
        attempt = 0
        while not running.stop.is_set():
            try:
                running.source.step()
                attempt = 0
            except (Away, Refused) as trouble:
                if attempt == 0:
                    logger.warning("%s: %s; waiting", pipe.name, type(trouble).__name__.lower())
                running.stop.wait(AWAY_SECONDS[min(attempt, len(AWAY_SECONDS) - 1)])
                attempt += 1

    def _halt(self, pipes: list[Pipe]) -> None:
        halted = [self._running.pop(pipe) for pipe in pipes]
        for running in halted:
            running.stop.set()
        for running in halted:
            for thread in running.threads:
                thread.join()


def _short(arn: str) -> str:
    return ":".join(arn.split(":")[2::3])
