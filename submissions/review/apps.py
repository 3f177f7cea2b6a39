"""Decisions on submissions: the work queue, the desk, fraud checks and the outbox."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "submissions.review"
    verbose_name = "Review"
