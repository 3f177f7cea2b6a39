"""The writer: one envelope from the queue becomes one submission in the table, exactly once.

``writer`` routes and creates, ``judging`` says what is wrong or suspect, ``limits`` what is taken,
``again`` settles with what is stored already, ``messages`` keeps what is said later.
"""

from ingest_lambda.accept.writer import Quarantine, Writer

__all__ = ["Quarantine", "Writer"]
