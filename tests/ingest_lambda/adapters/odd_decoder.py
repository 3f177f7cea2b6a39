"""Decoders as ours must never be: each file's text says what this one does with it.

Started in the place of ``ingest_lambda.pictures.child``, with the same arguments.
"""

import json
import os
import signal
import sys

from ingest_lambda.pictures.protocol import READY, read_frame, write_fault, write_frame

PICTURE = {"content_type": "image/png", "width": 1, "height": 1, "exif": {}, "copies": [[1, 1]]}


def main() -> None:
    """Answer until told to die."""
    answers = sys.stdout.buffer
    write_frame(answers, READY)
    while True:
        match read_frame(sys.stdin.buffer, most=1000):
            case b"die":
                os.kill(os.getpid(), signal.SIGKILL)
            case b"be asked to end":
                os.kill(os.getpid(), signal.SIGTERM)
            case b"die within an answer":
                write_frame(answers, json.dumps({"picture": PICTURE}).encode())
                os._exit(0)
            case b"hang":
                signal.pause()
            case b"fault":
                write_fault(answers, "Traceback: a mistake of ours")
            case b"too much":
                write_frame(answers, json.dumps({"picture": PICTURE}).encode())
                answers.write(b"\xff" * 4)
                answers.flush()
            case other:
                write_frame(answers, other)


if __name__ == "__main__":
    main()
