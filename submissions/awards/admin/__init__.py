"""Results of campaigns and prizes that run low; Django imports this to register their pages."""

from submissions.awards.admin import home as home
from submissions.awards.admin import pages as pages
from submissions.awards.admin import who_won as who_won
