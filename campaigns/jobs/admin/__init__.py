"""The pages of jobs: all of them, one of them, and the news of one's own on every page."""

from campaigns.jobs.admin import jobs as jobs
from campaigns.jobs.admin import news as news
