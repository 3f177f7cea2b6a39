"""Photos of receipts: which file was submitted with which entry, and how staff see them."""

from django.apps import AppConfig


class ReceiptsConfig(AppConfig):
    name = "submissions.receipts"
    verbose_name = "Receipts"
