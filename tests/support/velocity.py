"""Two engines that fill in API Gateway's mapping templates: airspeed, and one in JavaScript where there is Node."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote_plus

import airspeed

from campaignhub.env import VAR

MODULE = VAR / "velocity/node_modules/amplify-velocity-template"


@dataclass(frozen=True)
class Filled:
    """What a template made of a call."""

    text: str
    status: int | None = None
    """Set by ``$context.responseOverride.status``."""


class Engine(Protocol):
    """Fills templates in."""

    def fill_in(
        self, template: str, *, body: str, params: dict[str, str], context: dict[str, str]
    ) -> Filled:
        """Return what the gateway sends on."""
        ...


class _Input:
    def __init__(self, body: str, params: dict[str, str]) -> None:
        self.body = body
        self._params = params

    def params(self, name: str) -> str | None:
        return self._params.get(name)

    def path(self, path: str) -> Any:
        try:
            held = json.loads(self.body)
        except ValueError:
            return None
        for name in path.split(".")[1:]:
            held = held.get(name) if isinstance(held, dict) else None
        return held


class _Util:
    def urlEncode(self, text: str) -> str:
        """As java.net.URLEncoder does, which the gateway uses."""
        return quote_plus(text, safe="*-._").replace("~", "%7E")


class Airspeed:
    """Velocity in Python."""

    def fill_in(
        self, template: str, *, body: str, params: dict[str, str], context: dict[str, str]
    ) -> Filled:
        """See :class:`Engine`."""
        held: dict[str, Any] = {**context, "responseOverride": {}}
        names = {"input": _Input(body, params), "util": _Util(), "context": held}
        text = airspeed.Template(template).merge(names)
        return Filled(text, held["responseOverride"].get("status"))


class Amplify:
    """Velocity in JavaScript, as Amplify's own local gateway has it; one process for all calls."""

    def __init__(self, node: str) -> None:
        driver = Path(__file__).with_name("velocity.js")
        self._child = subprocess.Popen(
            [node, driver, MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def fill_in(
        self, template: str, *, body: str, params: dict[str, str], context: dict[str, str]
    ) -> Filled:
        """See :class:`Engine`."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        asked = {"template": template, "body": body, "params": params, "context": context}
        self._child.stdin.write(json.dumps(asked) + "\n")
        self._child.stdin.flush()
        told = json.loads(self._child.stdout.readline())
        return Filled(told["text"], told.get("status"))

    def close(self) -> None:
        """End the process."""
        self._child.communicate()


@cache
def javascript() -> Amplify | None:
    """Return the engine in JavaScript, or ``None`` where Node or the module is missing."""
    node = shutil.which("node")
    return Amplify(node) if node and MODULE.exists() else None
