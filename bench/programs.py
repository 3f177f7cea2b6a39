"""Which programs there are. A program is a module of this package with a docstring and ``run(report)``.

The docstring says what is measured, in which units, beside which peer and why;
its first line is printed. ``run`` takes a :class:`bench.report.Report`, looks at
its ``scale``, adds rows and leaves no process behind.
"""

BENCH = (
    *("page_weight", "cold_start", "desk", "undecided", "sign_in"),
    *("awards", "accept", "slow_lines", "journey", "journey_with_prizes", "floods", "photos"),
    "codes",
)
"""``make bench``, in this order: some fifteen minutes."""

SOAK = ("desk", "accept", "journey")
"""``make soak``: the same with millions of rows and hundreds of thousands of submissions."""
