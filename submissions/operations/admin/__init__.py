"""The pages of operations; Django imports this to register them."""

from submissions.operations.admin import home as home
from submissions.operations.admin import metrics as metrics
from submissions.operations.admin import pages as pages
