"""Results of campaigns; Django imports this to register their page."""

from submissions.awards.admin import pages as pages
