"""The writer: one envelope from the queue becomes one submission in the table, exactly once.

``writer`` routes and creates, ``validation`` says what is wrong or suspect, ``limits`` what is
taken, ``prizes`` what is offered, ``giving`` gives it, ``duplicates`` and ``resubmissions`` go on from
what is stored (``replacing``), ``messages`` keeps what is said later.
"""

from ingest_lambda.functions.write.giving import Giver as Giver
from ingest_lambda.functions.write.writer import Writer as Writer
