"""What one file may cost, in one place: the same on one machine and on AWS.

Measured on 27 November 2026 on two cores of an AMD EPYC, one thread, the whole
way from the file to its copies, in seconds of CPU and megabytes of address
space. The files have 64 megapixels, most of them also as 1,440 × 44,444 pixels,
and up to 15 MB; ``bench/photos.py`` measures some of them again.

======================================  =====  ======
slowest honest file                     s      MB
======================================  =====  ======
JPEG, progressive and tall              4.0    720
JPEG, progressive in CMYK               2.7    590
PNG, tall                               4.2    790
WebP, see-through                       3.7    1,060
AVIF                                    2.3    630
HEIC of 15 MB, in one piece             5.8    610
PDF, five pages scanned at 300 dots     1.2    180
PDF, 80 mm × 2 m at 300 dots            0.8    350
PDF, five pages scanned in JPEG 2000    5.0    290
======================================  =====  ======
"""

from ingest_lambda.contract.photos import Kind

MOST_PAGES = 5
"""Of a PDF."""

CPU_SECONDS = {
    Kind.JPEG: 8,
    Kind.PNG: 8,
    Kind.WEBP: 8,
    Kind.AVIF: 8,
    Kind.HEIC: 12,
    Kind.PDF: 4,
}
"""Twice the slowest honest file, a PDF's somewhat more. The kernel counts whole seconds: one more at most."""
JPEG_2000_CPU_SECONDS = 15
"""Of a PDF with pictures in JPEG 2000, which take ten times as long as others: one of 64 megapixels 7.4 by its area."""
WALL_SECONDS = 45
"""When the child is killed whatever it does. So much longer than ``CPU_SECONDS`` that only a child
that hangs gets there, and no honest photo on a busy machine; less than the function's timeout."""
MEMORY_BYTES = 1_500_000_000
"""Address space of the child: what the largest honest file takes and two fifths more. Not twice as much,
since the function has 2,048 MB in all (template.yaml), of which its own end takes up to 250."""
MOST_ANSWER_BYTES = 64_000_000
"""Of all copies of one file together; they have at most 32 megapixels (``copies``)."""

MOST_SCANS = 100
"""Of a JPEG. Encoders write one or about ten; each takes as long as a whole baseline JPEG."""
MOST_PARTS = 20_000
"""Segments of a JPEG or chunks of a PNG. The largest honest file has some thousands."""
MOST_FRAMES = 1_000
"""Of an animation, of which only the first is shown."""
MOST_OBJECTS = 50_000
"""Of a PDF, as far as they can be counted without unpacking. A receipt has some hundreds."""
MOST_ITEMS = 2_000
"""Of a HEIC or AVIF. A phone's photo is a grid of up to some hundreds of tiles."""
