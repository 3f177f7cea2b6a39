"""What one file may cost, in one place: the same on one machine and on AWS.

CPU and memory are twice what the slowest honest file of 64 megapixels took.
Measured on 27 November 2026, Intel Xeon, two cores, one thread, whole way from
the file to its copies: see ``bench/photos.py``, which measures it again.
"""

MOST_PAGES = 5
"""Of a PDF."""

CPU_SECONDS = 10
"""What decoding one file may take. The kernel counts whole seconds, so a file may get up to one more."""
WALL_SECONDS = 45
"""When the child is killed whatever it does. So much longer than ``CPU_SECONDS`` that only a child
that hangs gets there, and no honest photo on a busy machine; less than the function's timeout."""
MEMORY_BYTES = 1_500_000_000
"""Address space of the child. The function has 2,048 MB (template.yaml), of which the parent takes up to 250."""
MOST_ANSWER_BYTES = 64_000_000
"""Of all copies of one file together; they have at most 32 megapixels (``copies``)."""

MOST_SCANS = 100
"""Of a JPEG. Encoders write one or about ten; each takes as long as a whole baseline JPEG."""
MOST_FRAMES = 1_000
"""Of an animation, of which only the first is shown."""
MOST_OBJECTS = 50_000
"""Of a PDF, as far as they can be counted without unpacking. A receipt has some hundreds."""
MOST_ITEMS = 2_000
"""Of a HEIC or AVIF. A phone's photo is a grid of up to some hundreds of tiles."""
