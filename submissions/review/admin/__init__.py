"""The list and the desk; Django imports this to register them."""

from submissions.review.admin import home as home
from submissions.review.admin import submission as submission
