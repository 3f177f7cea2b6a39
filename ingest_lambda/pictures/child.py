"""The decoder: a program that reads files from one pipe and answers pictures through another.

``python -m ingest_lambda.pictures.child CPU_SECONDS MEMORY_BYTES``, started by
``adapters.decoder.Decoder`` and by nothing else. It takes its limits before it sees a file. Whatever a decoder
raises is an answer about the file (``decoding.decoding``); what our own code
raises is answered with its traceback, so that no mistake of ours looks like a
damaged photo.
"""

import math
import os
import resource
import sys
import traceback
from typing import BinaryIO

from ingest_lambda.contract import ImageRefusal
from ingest_lambda.contract.photos import LARGEST_BYTES, Kind, kind_of
from ingest_lambda.pictures.decode import decode, load_libraries
from ingest_lambda.pictures.limits import CPU_SECONDS, JPEG_2000_CPU_SECONDS
from ingest_lambda.pictures.picture import NoPicture
from ingest_lambda.pictures.protocol import (
    READY,
    Ended,
    read_frame,
    write_fault,
    write_frame,
    write_picture,
    write_refusal,
)


def serve(requests: BinaryIO, answers: BinaryIO, *, cpu_seconds: int) -> None:
    """Answer each file until the other end closes its pipe."""
    write_frame(answers, READY)
    while True:
        try:
            content = read_frame(requests, most=LARGEST_BYTES)
        except Ended:
            return
        allow_cpu(min(cpu_seconds, allowed_seconds(content)))
        try:
            picture = decode(content)
        except NoPicture as refused:
            write_refusal(answers, refused.why)
        except (
            MemoryError
        ):  # over the limit, wherever it was noticed; what is left may be in pieces
            write_refusal(answers, ImageRefusal.DAMAGED)
            return
        except Exception:  # noqa: BLE001 - reported to the function, which raises it
            write_fault(answers, traceback.format_exc())
            return
        else:
            write_picture(answers, picture)


def allowed_seconds(content: bytes) -> int:
    """Return what a file of its kind may take; one of none is refused at once."""
    kind = kind_of(content)
    if kind is Kind.PDF and b"/JPXDecode" in content:  # a picture's own entries are never packed
        return JPEG_2000_CPU_SECONDS
    return CPU_SECONDS[kind] if kind else 1


def limit_process(memory_bytes: int) -> None:
    """Bound what this process may take: address space, and no file and no core dump of its own."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_cpu(seconds: int) -> None:
    """Let this process use so many seconds of CPU more; the kernel then ends it with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def main(arguments: list[str]) -> None:
    """Take the pipes away from what prints, then serve."""
    cpu_seconds, memory_bytes = map(int, arguments)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    load_libraries()
    limit_process(memory_bytes)
    # Libraries in C print what they think of a file. Until here, a failure to start is seen in the log.
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.dup2(nothing, sys.stderr.fileno())
    serve(sys.stdin.buffer, answers, cpu_seconds=cpu_seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
