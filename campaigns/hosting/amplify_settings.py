"""What an app of Amplify adds to every answer, and where it leads what it does not hold."""

import json
from collections.abc import Collection
from typing import Any

from campaigns.hosting.files import ASSETS, cache_control

_SECURITY = {
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}
"""As the distribution's (``edge.yaml``)."""


def app_settings(framed_by: Collection[str], bucket_address: str) -> dict[str, Any]:
    """Return headers and rules of an app, as ``UpdateApp`` takes them.

    An app has one set of headers for all its branches: who may frame one of a
    client's pages may frame the others, and no other client's.
    ``bucket_address`` is where the distribution serves states.
    """
    ancestors = " ".join(sorted({"'self'", *framed_by}))
    policy = f"frame-ancestors {ancestors}; object-src 'none'; base-uri 'none'"
    patterns = {
        "**/*": {
            **_SECURITY,
            "Content-Security-Policy": policy,
            "Cache-Control": cache_control("index.html"),
        },
        f"**/{ASSETS}**/*": {"Cache-Control": cache_control(ASSETS)},
    }
    headers = [
        {
            "pattern": pattern,
            "headers": [{"key": key, "value": value} for key, value in values.items()],
        }
        for pattern, values in patterns.items()
    ]
    state = {
        "source": "/<slug>/state.json",
        "target": f"{bucket_address}/<slug>/state.json",
        "status": "200",
    }
    # Its documentation writes YAML, of which JSON is a part.
    return {"customHeaders": json.dumps({"customHeaders": headers}), "customRules": [state]}
