"""Bodies made from the gateway's own request models and then broken on purpose; one seed, one list."""

import json
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.ingest_lambda.declared import resources

Json = dict[str, Any]
Call = str
"""``submissions`` or ``messages``."""

_MODELS: dict[Call, str] = {"submissions": "SubmissionModel", "messages": "MessageModel"}
_TEXTS = (
    "",
    " ",
    "Ada",
    "x" * 400,
    "y" * 9_000,
    "NUL \x00 here",
    "\x01\x02\x1b[31m\x7f\x85",
    "half \ud83d of an emoji",
    "\udc00\udc00",
    "\ufffe and \uffff",
    "\U0001ffff\U0010fffe",
    "\u202eltr\u2066\u200b\ufeff",
    "e\u0301" * 200,
    "\U0001f469\u200d\U0001f467" * 20,
    "<script>alert(1)</script>",
    "{{7*7}} ${7*7} $input.body #set($a)",
    "=cmd|' /C calc'!A0",
    '","slug":"other","entered_at_ms":"0',
    "'; DROP TABLE submissions; --",
    "../../etc/passwd",
    "a@b.c",
    "\N{ARABIC-INDIC DIGIT ONE}2345",
    "+44 7911 123456",
    "0000-00-00",
    "9999-12-31",
    "-0",
    "NaN",
)
_KEYS = (
    "",
    " ",
    "__proto__",
    "pk",
    "$ne",
    "a.b",
    "\x00",
    "\uffff",
    "\ud800",
    "k" * 3_000,
    "😀",
    "status",
)
_RAW_NUMBERS = (
    "1e400",
    "-1e400",
    "1e-400",
    "-0.0",
    "9" * 60,
    "9" * 4_300,
    "9" * 4_301,
    "NaN",
    "-Infinity",
    "1E+2",
    "0.1",
)
_DEPTHS = (2, 3, 5, 9, 40, 199, 201, 400, 950, 990, 3_000)


class Junk:
    """A list of broken bodies; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._raw: dict[str, str] = {}

    def body(self, call: Call, good: Json) -> bytes:
        """Return a body for one of the queued calls: ``good``, filled from the model, broken once to thrice."""
        self._raw.clear()
        made = {**self._from_model(call), **good}
        part = {"submissions": "answers", "messages": "body"}[call]
        for _ in range(self._rng.randint(1, 3)):
            # Mostly inside of what the gateway does not look into.
            self._rng.choices(self._breaks(part), weights=(10, 4, 2, 1, 1, 1))[0](made)
        text = self._written(made)
        return (
            self._bytes(text)
            if self._rng.random() < 0.08
            else text.encode("utf-8", "surrogatepass")
        )

    def start(self, good: Json) -> str:
        """Return a body for ``start``: ``good`` with one or two of its fields, or its photo's, broken."""
        self._raw.clear()
        made = json.loads(json.dumps(good))
        for _ in range(self._rng.randint(1, 2)):
            part = self._rng.choice([made, made, *made["uploads"]])
            part[self._rng.choice([*part, self._key()])] = self._rng.choice(
                [
                    self._text(),
                    self._as_written(self._rng.choice(_RAW_NUMBERS)),
                    self._as_written("[" * 400 + "]" * 400),
                    {self._key(): self._text()},
                    [None],
                    None,
                    True,
                    -1,
                    2**63,
                ]
            )
            if not isinstance(made.get("uploads"), list):
                break
            made["uploads"] = [one for one in made["uploads"] if isinstance(one, dict)]
        return self._written(made)

    def _from_model(self, call: Call) -> Json:
        schema = resources("AWS::ApiGateway::Model")[_MODELS[call]]["Schema"]
        found: Json = self._value(schema)
        return found

    def _value(self, schema: Json, depth: int = 0) -> Any:
        if "enum" in schema:
            return self._rng.choice(schema["enum"])
        kinds = schema.get("type") or ["string", "number", "boolean", "null", "array", "object"]
        kind = self._rng.choice(kinds) if isinstance(kinds, list) else kinds
        if kind == "object":
            own = {
                name: self._value(inner, depth + 1)
                for name, inner in schema.get("properties", {}).items()
            }
            more = schema.get("additionalProperties")
            if isinstance(more, dict):
                own |= {
                    self._key(): self._value(more, depth + 1)
                    for _ in range(self._rng.randint(0, 4))
                }
            return own
        if kind == "array":
            inner = schema.get("items", {"type": "string"})
            return [self._value(inner, depth + 1) for _ in range(self._rng.randint(0, 4))]
        if kind == "string" and "pattern" in schema:
            return str(self.uuid())
        return {
            "string": self._text(),
            "number": self._rng.choice([0, -1, 3.5, 10**15]),
            "boolean": self._rng.random() < 0.5,
            "null": None,
        }[kind]

    def uuid(self) -> UUID:
        """Return an id that nothing else has."""
        return UUID(int=self._rng.getrandbits(128), version=4)

    def _text(self) -> str:
        return self._rng.choice(_TEXTS)

    def _key(self) -> str:
        return self._rng.choice((*_KEYS, "email", "given_name", "text", "reason"))

    def _breaks(self, part: str) -> list[Callable[[Json], None]]:
        return [
            lambda made: self._break_inside(made, part),
            lambda made: self._break_inside(made, "consents" if part == "answers" else part),
            self._break_token,
            self._break_shape,
            self._nest,
            lambda made: made.__setitem__(part, self._rng.choice([None, [], "text", 7, True])),
        ]

    def _break_inside(self, made: Json, part: str) -> None:
        inside = made.get(part)
        if not isinstance(inside, dict):
            return
        key = self._rng.choice([*inside, self._key()])
        inside[key] = self._rng.choice(
            [
                self._text(),
                self._as_written(self._rng.choice(_RAW_NUMBERS)),
                [self._text(), self._rng.random(), None, True],
                {self._key(): self._text()},
                {self._key(): [self._text()]},
                None,
                self._rng.random() < 0.5,
                [],
                {},
            ]
        )

    def _break_token(self, made: Json) -> None:
        token = made.get("token")
        if not isinstance(token, str) or not token:
            return
        place = self._rng.randrange(len(token))
        made["token"] = self._rng.choice(
            [
                token[:place],
                token[:place] + "\ud800" + token[place:],
                token[:place] + self._rng.choice("Aa0-_.é ") + token[place + 1 :],
                "k9" + token[token.find(".") :],
                token.upper(),
                "." * 500,
                "x" * 16_000,
                token + token[-1],
            ]
        )

    def _break_shape(self, made: Json) -> None:
        name = self._rng.choice(list(made) or ["x"])
        if self._rng.random() < 0.5:
            made[self._key()] = self._text()
        elif name not in ("submission_id", "message_id"):
            made[name] = self._rng.choice([None, 7, [], {}, self._text()])

    def _nest(self, made: Json) -> None:
        depth = self._rng.choice(_DEPTHS)
        opened, closed = self._rng.choice([("[", "]"), ('{"a":', "}")])
        inner = "1" if opened == '{"a":' else ""
        place = self._rng.choice([name for name in made if isinstance(made[name], dict)] or ["x"])
        made.setdefault(place, {})["deep"] = self._as_written(
            opened * depth + inner + closed * depth
        )

    def _written(self, made: Json) -> str:
        # ASCII or not: the same text in two spellings.
        text = json.dumps(made, ensure_ascii=self._rng.random() < 0.7)
        for name, raw in self._raw.items():
            text = text.replace(f'"{name}"', raw)
        return text

    def _as_written(self, raw: str) -> str:
        """Return a name that stands for a text without quotes, which Python could not write."""
        name = f"raw-{len(self._raw)}"
        self._raw[name] = raw
        return name

    def _bytes(self, text: str) -> bytes:
        """Break what is no longer JSON, or only just."""
        whole = text.encode("utf-8", "surrogatepass")
        place = self._rng.randrange(len(whole))
        return self._rng.choice(
            [
                whole[:place],
                whole + b'{"a":1}',
                whole[:-1] + b',"submission_id":"x","slug":"quick-draw"}',
                b"\xef\xbb\xbf" + whole,
                text.encode("utf-16", "surrogatepass"),
                whole[:place] + b"\xff\xfe\x00" + whole[place:],
                whole.replace(b'"', b"'"),
                b" " * 300 + whole + b"\n" * 300,
            ]
        )
