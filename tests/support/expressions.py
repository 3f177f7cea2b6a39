"""Conditions, key conditions and updates of DynamoDB, as far as our adapters write them; another is an error."""

import re
from copy import deepcopy
from typing import Any

Item = dict[str, Any]
_TOKENS = re.compile(r"\s*(<=|>=|<>|[=<>(),+-]|[A-Za-z_#:][A-Za-z0-9_]*)")


def plain(value: Item | None) -> Any:
    """Return what an attribute holds, a number as one; ``None`` where it is not there."""
    if value is None:
        return None
    ((kind, content),) = value.items()
    return int(content) if kind == "N" else content


class Expression:
    """Reads a condition from left to right; AND binds closer than OR."""

    def __init__(self, text: str, item: Item, values: Item, names: Item) -> None:
        self._tokens = _TOKENS.findall(text)
        self._item, self._values, self._names = item, values, names

    def holds(self) -> bool:
        result = self._any()
        assert not self._tokens, f"not understood: {self._tokens}"
        return result

    def _next(self, expected: str = "") -> str:
        token = str(self._tokens.pop(0))
        assert not expected or token == expected, f"{token!r} instead of {expected!r}"
        return token

    def _any(self) -> bool:
        result = self._all()
        while self._tokens[:1] == ["OR"]:
            self._next()
            result = self._all() or result
        return result

    def _all(self) -> bool:
        result = self._one()
        while self._tokens[:1] == ["AND"]:
            self._next()
            result = self._one() and result
        return result

    def _one(self) -> bool:
        if self._tokens[0] == "(":
            self._next()
            result = self._any()
            self._next(")")
            return result
        if self._tokens[0] in ("attribute_exists", "attribute_not_exists"):
            exists = self._next() == "attribute_exists"
            self._next("(")
            found = self.operand()
            self._next(")")
            return (found is not None) is exists
        if self._tokens[0] in ("begins_with", "contains"):
            function = self._next()
            self._next("(")
            whole = self.operand()
            self._next(",")
            part = self.operand()
            self._next(")")
            if whole is None:
                return False
            return str(whole).startswith(str(part)) if function == "begins_with" else part in whole
        left = self.operand()
        compare = self._next()
        right = self.operand()
        if left is None or right is None:
            return False
        return bool(
            {
                "=": left == right,
                "<=": left <= right,
                ">=": left >= right,
                "<": left < right,
                ">": left > right,
            }[compare]
        )

    def operand(self) -> Any:
        token = self._next()
        if token in ("size", "if_not_exists"):
            self._next("(")
            first = self.operand()
            if token == "size":
                self._next(")")
                return None if first is None else len(first)
            self._next(",")
            other = self.operand()
            self._next(")")
            return other if first is None else first
        if token.startswith(":"):
            return plain(self._values[token])
        return plain(self._item.get(self._names.get(token, token)))

    def number(self) -> Any:
        """Read operands joined by plus and minus, up to a comma or the end."""
        result = self.operand()
        while self._tokens[:1] in (["+"], ["-"]):
            sign = 1 if self._next() == "+" else -1
            result += sign * self.operand()
        if self._tokens[:1] == [","]:
            self._next()
        return result

    def name(self) -> str | None:
        """Read the name that is set next; ``None`` at the end."""
        if not self._tokens:
            return None
        token = self._next()
        self._next("=")
        return str(self._names.get(token, token))


def holds(text: str, item: Item, values: Item, names: Item) -> bool:
    """Tell whether a condition holds of an item."""
    return Expression(text, item, values, names).holds()


def updated(item: Item, text: str, values: Item, names: Item) -> Item:
    """Return an item as an update expression leaves it."""
    after = deepcopy(item)
    for clause in re.split(r"\s*\b(?=SET |ADD )", text):
        if clause.startswith("ADD "):
            name, value = clause[4:].split()
            name = names.get(name, name)
            ((kind, content),) = values[value].items()
            before = after.get(name)
            if kind == "N":
                after[name] = {"N": str((plain(before) or 0) + int(content))}
            else:
                after[name] = {kind: sorted({*(plain(before) or ()), *content})}
        elif clause.startswith("SET "):
            reading = Expression(clause[4:], item, values, names)
            while (name := reading.name()) is not None:
                value = reading.number()
                after[name] = {"N": str(value)} if isinstance(value, int) else {"S": value}
    return after
