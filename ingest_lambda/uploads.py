"""The bucket: forms for uploads, and what becomes of what was uploaded."""

from typing import Any
from uuid import UUID

import boto3
from botocore.config import Config as SdkConfig

from ingest_lambda.config import Config
from ingest_lambda.contract import FORM_SECONDS, Upload

CONTENT_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "application/pdf"}
)
LARGEST_BYTES = 15_000_000


def incoming_key(
    slug: str, submission_id: UUID, attempt: int, receipt: int, part: int, nonce: str
) -> str:
    """Return where an upload lies until the images function has looked at it."""
    return f"incoming/{slug}/{submission_id}/{attempt}/{receipt}-{part}-{nonce}"


def kept_prefix(incoming: str, sha256: str) -> str:
    """Return the folder in which the original and its copies are kept, for an upload and its hash.

    The hash, because a form takes a second file of the same size as long as it
    lives: that one must not come to lie where the facts of the first point to.
    """
    return f"receipts/{incoming.removeprefix('incoming/')}/{sha256[:16]}"


class Bucket:
    """The bucket with receipts. ``public`` is a client that signs for where browsers reach it."""

    def __init__(self, client: Any, public: Any, name: str) -> None:
        self._client = client
        self._public = public
        self._name = name

    def upload_form(self, upload: Upload) -> tuple[str, dict[str, str]]:
        """Return address and fields of a form that takes exactly this file, for 30 minutes.

        Key, type and size are conditions of the signature: without them a form
        takes a file of any size under any name.
        """
        form = self._public.generate_presigned_post(
            Bucket=self._name,
            Key=upload.key,
            Fields={"Content-Type": upload.content_type, "success_action_status": "201"},
            Conditions=[
                {"Content-Type": upload.content_type},
                {"success_action_status": "201"},
                ["content-length-range", upload.size, upload.size],
            ],
            ExpiresIn=FORM_SECONDS,
        )
        return form["url"], form["fields"]

    def read(self, key: str) -> bytes | None:
        """Read an upload, or ``None`` when it is gone (it was looked at before)."""
        try:
            answer = self._client.get_object(Bucket=self._name, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        content: bytes = answer["Body"].read(LARGEST_BYTES + 1)
        return content

    def write(self, key: str, content: bytes, content_type: str) -> None:
        """Keep a file of ours."""
        self._client.put_object(Bucket=self._name, Key=key, Body=content, ContentType=content_type)

    def delete(self, key: str) -> None:
        """Remove an upload that has been looked at."""
        self._client.delete_object(Bucket=self._name, Key=key)


def open_bucket(settings: Config) -> Bucket:
    """Connect to the bucket; Signature Version 4, because boto3 signs forms with version 2 in some regions."""
    sdk = SdkConfig(
        signature_version="s3v4",
        connect_timeout=2,
        read_timeout=20,
        retries={"total_max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": "path" if settings.aws_endpoint_url else "virtual"},
    )
    client = boto3.client("s3", endpoint_url=settings.aws_endpoint_url, config=sdk)
    public = client
    if settings.s3_public_endpoint:
        public = boto3.client("s3", endpoint_url=settings.s3_public_endpoint, config=sdk)
    return Bucket(client, public, settings.bucket_name)
