"""The function's end of the decoder: a child that is asked, watched and replaced.

A child and not a thread, because only a process can be given limits and be
killed; started as a program and not forked, because the function has threads;
over pipes and not by ``multiprocessing``, because Lambda has no ``/dev/shm``.
"""

import atexit
import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO, cast

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.errors import TryAgain
from ingest_lambda.pictures.limits import (
    JPEG_2000_CPU_SECONDS,
    MEMORY_BYTES,
    MOST_ANSWER_BYTES,
    WALL_SECONDS,
)
from ingest_lambda.pictures.picture import NoPicture, Picture
from ingest_lambda.pictures.protocol import (
    READY,
    Ended,
    Malformed,
    read_answer,
    read_frame,
    write_frame,
)

logger = logging.getLogger(__name__)

PROGRAM = "ingest_lambda.pictures.child"
START_SECONDS = 20
"""A cold function on a busy machine loads its libraries for some seconds."""

_INHERITED = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TZ")
"""What the child is given of the environment: no credential is among it."""

_ASKED_TO_END = frozenset({-signal.SIGHUP, -signal.SIGINT, -signal.SIGTERM})
"""Return codes of a child whose whole machine, terminal or function is being ended: no file sends these."""


class DecoderFault(Exception):
    """Our own code failed, not a file: the child cannot start, or answers what it should not.

    Never a fact about a photo: its record is delivered again, and the log says why.
    """


class Decoder:
    """One child, started when it is first needed and replaced after each death.

    Files are decoded one at a time; a second thread waits for the first.
    """

    def __init__(
        self,
        *,
        cpu_seconds: int = JPEG_2000_CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        program: str = PROGRAM,
    ) -> None:
        self._command = [sys.executable, "-m", program, str(cpu_seconds), str(memory_bytes)]
        self._wall_seconds = wall_seconds
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def look(self, content: bytes, *, seconds: float | None = None) -> Picture:
        """Decode a file and make the copies that staff will see.

        ``seconds`` is what the caller has left, where it may be less than a file may take.

        Raises:
            NoPicture: no picture, damaged, or over a limit: a child that dies of a
                file has said that it cannot be read.
            TryAgain: the caller's time was over before that of the file, or the processes are being stopped.
            DecoderFault: see there.
        """
        allowed = self._wall_seconds if seconds is None else min(seconds, self._wall_seconds)
        with self._lock:
            child = self._ready()
            try:
                return child.ask(content, seconds=allowed)
            except NoPicture:
                raise
            except (Ended, OSError) as exc:
                returncode = self._end()
                self._living()  # its start overlaps with what is written about this file
                if child.was_stopped and allowed < self._wall_seconds:
                    raise TryAgain("no time left to decode") from exc
                if returncode in _ASKED_TO_END:
                    raise TryAgain("the decoder was asked to end") from exc
                logger.warning(
                    "decoder died", extra={"returncode": returncode, "size": len(content)}
                )
                raise NoPicture(ImageRefusal.DAMAGED) from exc
            except Malformed as exc:
                self._end()
                raise DecoderFault(str(exc)) from exc
            except BaseException:
                self._end()  # or the next file would be given the rest of this answer
                raise

    def prepare(self) -> None:
        """Start the child without waiting for it, so that its start overlaps with what else is waited for."""
        with self._lock:
            self._living()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process id of the child, where there is one: to measure it by."""
        return self._child.pid if self._child else None

    def _living(self) -> "_Child":
        if self._child is None or self._child.is_dead:
            self._end()
            self._child = _Child(self._command)
        return self._child

    def _ready(self) -> "_Child":
        child = self._living()
        try:
            child.wait_until_ready()
        except (Ended, Malformed) as exc:
            raise DecoderFault(f"it does not start: return code {self._end()}") from exc
        return child

    def _end(self) -> int | None:
        child, self._child = self._child, None
        return child.end() if child else None


class _Child:
    """The process and its pipes."""

    def __init__(self, command: list[str]) -> None:
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        # The function's packages lie where its runtime has put them, known to no other interpreter.
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        self._is_ready = False
        self.was_stopped = False
        """By us, because its time was over."""
        self.pid = self._process.pid

    @property
    def is_dead(self) -> bool:
        return self._process.poll() is not None

    def wait_until_ready(self) -> None:
        if not self._is_ready:
            with self._killed_after(START_SECONDS):
                if read_frame(self._answers, most=len(READY)) != READY:
                    raise Malformed("another greeting")
            self._is_ready = True

    def ask(self, content: bytes, *, seconds: float) -> Picture:
        with self._killed_after(seconds):
            write_frame(self._requests, content)
            return read_answer(self._answers, most=MOST_ANSWER_BYTES)

    def end(self) -> int:
        self._process.kill()
        returncode = self._process.wait()
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # what was not sent yet cannot be sent any more
                pipe.close()
        return returncode

    def _stop(self) -> None:
        self.was_stopped = True
        self._process.kill()

    @contextlib.contextmanager
    def _killed_after(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(max(0.0, seconds), self._stop)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


@cache
def shared_decoder() -> Decoder:
    """Return this process's decoder, which ends with it."""
    decoder = Decoder()
    atexit.register(decoder.close)
    return decoder
