"""A key-value store of CloudFront in this process, as its service model describes the data plane."""

import io
import json
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

ARN = "arn:aws:cloudfront::123456789012:key-value-store/11111111-2222-3333-4444-555555555555"


class KeyValueStore:
    """The entries, and the ETag of all of them; answers a client in the place of the network.

    Requests are built, signed and their answers read by the SDK as ever.
    """

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.writes = 0
        self.others_first = 0
        """How often another writer is quicker than a put, from now on."""
        self._etag = uuid4().hex
        self._lock = Lock()

    def answer(self, client: Any) -> Any:
        """Let a client be answered from here; return it."""
        client.meta.events.register("before-send.cloudfront-keyvaluestore", self._send)
        return client

    def _send(self, request: Any, **_context: Any) -> AWSResponse:
        # A signature of one region alone is refused.
        assert request.headers["Authorization"].startswith(b"AWS4-ECDSA-P256-SHA256")
        place = urlsplit(request.url)
        parts = [unquote(part) for part in place.path.strip("/").split("/")]
        assert parts[:2] == ["key-value-stores", ARN]
        with self._lock:
            if request.method == "PUT":
                status, answer = self._put(request, parts[3])
            else:
                status, answer = self._get(parts)
        headers = HTTPHeaders.from_dict({"ETag": answer.pop("ETag", "")})
        if "__type" in answer:
            headers["x-amzn-ErrorType"] = answer["__type"]
        body = io.BytesIO(json.dumps(answer).encode())
        body.stream = lambda *_arguments: [body.getvalue()]  # type: ignore[attr-defined]
        return AWSResponse(request.url, status, headers, body)

    def _get(self, parts: list[str]) -> tuple[int, dict[str, Any]]:
        sizes = {"ItemCount": len(self.entries), "TotalSizeInBytes": 1}
        if len(parts) == 2:
            return 200, {"KvsARN": ARN, "Created": 0, "ETag": self._etag, **sizes}
        if parts[3] not in self.entries:
            return 404, {"__type": "ResourceNotFoundException", "Message": "no key"}
        return 200, {"Key": parts[3], "Value": self.entries[parts[3]], **sizes}

    def _put(self, request: Any, key: str) -> tuple[int, dict[str, Any]]:
        if self.others_first:
            self.others_first -= 1
            self._etag = uuid4().hex
        if request.headers["If-Match"].decode() != self._etag:
            return 409, {"__type": "ConflictException", "Message": "not the version"}
        self.entries[key] = json.loads(request.body)["Value"]
        self.writes += 1
        self._etag = uuid4().hex
        return 200, {"ETag": self._etag, "ItemCount": 1, "TotalSizeInBytes": 1}
