"""Codes: in batches of blocks, as the table takes them, and the files they came in while those are read."""

from django.db import models
from django.db.models import Q

from campaigns.accounts.tenancy import TenantModel
from campaigns.prizes.models.prize import Prize

BLOCK_CODES = 50
"""Codes of a block: far fewer rows than codes, each read in one go."""


class CodeBatch(TenantModel):
    """Codes that came together: a file, or some that were made here. Its number is unique in the prize."""

    belongs_to = "prize"
    log_name = "codes:{row.prize_id}:{row.number}"

    class Source(models.TextChoices):
        """Where they are from."""

        FILE = "file", "From a file"
        MADE = "made", "Made here"

    prize = models.ForeignKey(Prize, on_delete=models.CASCADE, related_name="code_batches")
    number = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=4, choices=Source.choices)
    codes = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=dict)
    """How many lines gave no code, by reason."""
    begun = models.JSONField(default=list)
    """Codes that do not fill a block yet."""
    is_complete = models.BooleanField(default=False)
    """Whether all of it is here; before that no publish counts on it."""
    first = models.PositiveIntegerField(default=0)
    """The place of its first code in the pool, which is the number of the unit that gives it."""
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=("prize", "number"), name="batch_number_is_unique_in_its_prize"
            ),
        )

    def __str__(self) -> str:
        return f"{self.prize} · batch {self.number}"


class _Piece(TenantModel):
    """One of the pieces that a large thing is kept in, by its number among them."""

    number = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"


class CodeBlock(_Piece):
    """50 codes, one a line, and fewer in the last block of a batch only: the place of a code names its block."""

    belongs_to = "batch"

    batch = models.ForeignKey(CodeBatch, on_delete=models.CASCADE, related_name="blocks")
    codes = models.TextField()

    class Meta:
        ordering = ("batch", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "number"), name="block_number_is_unique_in_its_batch"
            ),
        )


class CodeUpload(TenantModel):
    """A file of codes between its upload and its end; it is removed as soon as it was read or refused."""

    belongs_to = "prize"

    prize = models.ForeignKey(Prize, on_delete=models.CASCADE, related_name="code_uploads")
    name = models.CharField(max_length=120)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    """Empty until all of its parts are here."""
    format = models.JSONField()
    """``rules.code_files.Format``, found out from its first bytes."""
    place = models.JSONField(default=dict)
    """Where reading goes on (``rules.code_files.Place``); here and not in the job, since a code may stand in it."""
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    batch = models.OneToOneField(CodeBatch, null=True, on_delete=models.CASCADE)
    """What it becomes, once staff have seen its preview and said so."""

    class Meta:
        ordering = ("-uploaded_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("prize",), condition=Q(batch=None), name="one_file_of_codes_waits_per_prize"
            ),
        )

    def __str__(self) -> str:
        return self.name


class UploadPart(_Piece):
    """A mebibyte of such a file. In the database, so that no address leads to it and a job on any machine can read it."""

    belongs_to = "upload"

    upload = models.ForeignKey(CodeUpload, on_delete=models.CASCADE, related_name="parts")
    content = models.BinaryField()

    class Meta:
        ordering = ("upload", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("upload", "number"), name="part_number_is_unique_in_its_file"
            ),
        )
