"""Who waits where the processors don't suffice for all: what nobody stands in front of."""

import contextlib
import os
from pathlib import Path


def give_way(leader: int, by: int) -> None:
    """Let the others go first, by so many steps of nice (1 to 19): the session and group of ``leader``.

    Linux shares its processors among sessions before it looks at nice, so that a
    session of one's own would have as much as all others; such a session has a value of
    its own (``/proc/PID/autogroup``, see sched(7)). Nothing happens where the kernel
    refuses: it is slower, and no less right.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PGRP, leader, by)
    with contextlib.suppress(OSError):
        Path(f"/proc/{leader}/autogroup").write_text(str(by))
