"""The emulator of AWS as a child process: loopback only, its state in one directory."""

import http.client
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from campaignhub.local_aws.processes import Child, EmbeddedError

REGION = "us-east-1"
ACCOUNT = "000000000000"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

_PROGRAM = Path(__file__).with_name("emulator.py")

READY_SECONDS = 30
STOP_SECONDS = 30
"""Saving hundreds of thousands of items takes a while; a killed emulator loses them."""


@dataclass(frozen=True)
class MiniStack:
    """Where one emulator lives: its port, its directory, the interpreter that has it installed.

    The interpreter is one of its own, because the package pins an exact botocore.
    """

    port: int
    directory: Path
    python: Path

    @property
    def endpoint(self) -> str:
        """The address of every service."""
        return f"http://127.0.0.1:{self.port}"

    def child(self, log: Path) -> Child:
        """Describe the process, with an environment of its own: nobody's AWS profile leaks in."""
        self.clear_scratch()
        return Child(
            name="aws",
            # -P: beside the program lies this very file, under the name of the emulator's package.
            command=[str(self.python), "-P", str(_PROGRAM)],
            log=log,
            environment={
                **CREDENTIALS,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_EC2_METADATA_DISABLED": "true",
                "BIND_HOST": "127.0.0.1",
                # Queue addresses and presigned forms carry this name; a browser must reach it.
                "MINISTACK_HOST": "127.0.0.1",
                "MINISTACK_REGION": REGION,
                "MINISTACK_ACCOUNT_ID": ACCOUNT,
                "GATEWAY_PORT": str(self.port),
                "PERSIST_STATE": "1",
                "STATE_DIR": str(self.directory / "state"),
                "S3_PERSIST": "1",
                "S3_DATA_DIR": str(self.directory / "s3"),
                "TMPDIR": str(self._scratch),
                "FUNCTION_CODE_DIR": str(self.directory / "code"),
                "REFILLING": str(self._refilling),
                "LOG_LEVEL": "WARNING",
                "SFTP_ENABLED": "0",
                "IOT_MTLS_ENABLED": "0",
                # A process a concurrent call, 60 MB each: without a bound, a rush of visitors
                # would fill the memory instead of being told to come again.
                "LAMBDA_ACCOUNT_CONCURRENCY": "32",
                "LAMBDA_WARM_TTL_SECONDS": "120",
            },
            inherit=("PATH", "HOME", "LANG", "LC_ALL"),
            stop_seconds=STOP_SECONDS,
        )

    def note_start(self) -> bool:
        """Note that it is about to start; return whether its last run ended without saving.

        It saves only when it ends in good order. After a kill it comes up with
        the state of an earlier end, or none: true, but old. From now until
        :meth:`note_filled` a table that it lost counts as one that is away.
        """
        mark = self.directory / "started"
        saved = self.directory / "state" / "dynamodb.json"
        lost = mark.exists() and not (
            saved.exists() and saved.stat().st_mtime_ns > mark.stat().st_mtime_ns
        )
        self.directory.mkdir(parents=True, exist_ok=True)
        mark.touch()
        if lost:
            self._refilling.touch()
        return lost

    def note_filled(self) -> None:
        """Note that all is deployed, and that every process of ours knows the tables' names."""
        self._refilling.unlink(missing_ok=True)

    def clear_scratch(self) -> None:
        """Remove the unpacked functions of a killed emulator: tens of megabytes for each worker that it had."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)

    @property
    def _scratch(self) -> Path:
        return self.directory / "tmp"

    @property
    def _refilling(self) -> Path:
        return self.directory / "refilling"

    def answers(self) -> bool:
        """Whether an emulator is up at the address, this one or another."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/_ministack/health")
            return "services" in json.load(connection.getresponse())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()

    def start(self, log: Path) -> Child:
        """Start it and return when it answers.

        Raises:
            EmbeddedError: it ended, or did not answer in time; the log's end is in the text.
        """
        child = self.child(log)
        child.start()
        self.wait(child)
        return child

    def wait(self, child: Child) -> None:
        """Return when it answers; see :meth:`start`."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.answers():
            if not child.alive() or time.monotonic() > deadline:
                child.stop()
                raise EmbeddedError(f"The AWS emulator did not start:\n{child.last_words()}")
            time.sleep(0.05)
