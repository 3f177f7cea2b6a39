"""The tables of what the ingest table says, and of the history of each submission."""

from submissions.mirror.models import prefix as prefix  # registers ``__prefix``
from submissions.mirror.models.history import AppendOnly as AppendOnly
from submissions.mirror.models.history import Award as Award
from submissions.mirror.models.history import DeletedTest as DeletedTest
from submissions.mirror.models.history import EntrantMessage as EntrantMessage
from submissions.mirror.models.history import HistoryIsAppendOnly as HistoryIsAppendOnly
from submissions.mirror.models.history import SubmissionEvent as SubmissionEvent
from submissions.mirror.models.submission import ConsentAnswer as ConsentAnswer
from submissions.mirror.models.submission import PhotoCheck as PhotoCheck
from submissions.mirror.models.submission import ReceiptImage as ReceiptImage
from submissions.mirror.models.submission import Submission as Submission
from submissions.mirror.models.submission import SubmissionAnswers as SubmissionAnswers
