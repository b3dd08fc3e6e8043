"""What breaks a phone that was made for an older document: `breaks(old, new)`, as mobile_api_spec/README.md says.

A request must go on being taken: whatever the old document allowed, the new one allows. An answer must go on being
understood: whatever the old one promised is there, of the same type. New members and new words of an answer are free.
"""

from collections.abc import Iterator
from typing import Any

METHODS = ("get", "put", "post", "patch", "delete", "head")
AT_MOST, AT_LEAST = ("maxLength", "maxItems", "maximum"), ("minLength", "minItems", "minimum")
_NAME = "$component"
"""Under which a component's name is kept once its reference is resolved: what was looked at is not looked at again."""
Schema = dict[str, Any]
Json = dict[str, Any]


def breaks(old: Json, new: Json) -> list[str]:
    """One sentence for each promise broken, such as `recordVisit: request.note is no longer taken`."""
    return sorted(set(_operations(old, new)))


def _operations(old: Json, new: Json) -> Iterator[str]:
    for path, item in old["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            before, now = item[method], new["paths"].get(path, {}).get(method)
            name = before["operationId"]
            if now is None:
                yield f"{name}: {method.upper()} {path} is gone"
                continue
            if now["operationId"] != name:
                yield f"{name}: is now called {now['operationId']}"
            compared = Compared(old, new)
            yield from (f"{name}: {each}" for each in compared.operation(before, now))


class Compared:
    """Two documents, and the pairs of components already looked at."""

    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = old, new
        self.seen: set[tuple[str, str, bool]] = set()

    def operation(self, old: Json, new: Json) -> Iterator[str]:
        """Security, parameters, body and answers of one operation."""
        if old.get("security") == [] and new.get("security", self.new.get("security")) != []:
            yield "asks for a sign-in now"
        yield from self._parameters(old, new)
        yield from self._body(old.get("requestBody", {}), new.get("requestBody", {}))
        for status, answer in old["responses"].items():
            if status.startswith("2"):
                yield from self._answer(status, answer, new["responses"].get(status))

    def _parameters(self, old: Json, new: Json) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in old.get("parameters", ())}
        now = {(each["in"], each["name"]): each for each in new.get("parameters", ())}
        for key in before.keys() - now.keys():
            yield f"parameter {key[1]} is gone"
        for key, each in now.items():
            if each.get("required") and not before.get(key, {}).get("required"):
                yield f"parameter {key[1]} is required now"
            if key in before:
                yield from self.schema(before[key]["schema"], each["schema"], f"parameter {key[1]}", asked=True)

    def _body(self, old: Json, new: Json) -> Iterator[str]:
        if new.get("required") and not old.get("required"):
            yield "a body is required now"
        taken = new.get("content", {})
        for kind, media in old.get("content", {}).items():
            if kind not in taken:
                yield f"{kind} is no longer taken"
            else:
                yield from self.schema(media.get("schema", {}), taken[kind].get("schema", {}), "request", asked=True)

    def _answer(self, status: str, old: Json, new: Json | None) -> Iterator[str]:
        if new is None:
            yield f"the answer {status} is gone"
            return
        told = new.get("content", {})
        for kind, media in old.get("content", {}).items():
            if kind not in told:
                yield f"the answer {status} is no longer told as {kind}"
            else:
                yield from self.schema(media.get("schema", {}), told[kind].get("schema", {}), "answer", asked=False)

    def schema(self, old: Schema, new: Schema, at: str, *, asked: bool) -> Iterator[str]:
        """Two schemas. `asked`: of what a phone sends; else of what it is told."""
        before, now = _alternatives(old, self.old), _alternatives(new, self.new)
        wide, narrow = (now, before) if asked else (before, now)
        lost = set(narrow) - set(wide) - ({"integer"} if "number" in wide else set())
        if lost and "any" not in wide:
            kinds = " or ".join(sorted(each.split()[0] for each in lost))
            yield f"{at} {'takes no' if asked else 'may now be'} {kinds}"
        for key in before.keys() & now.keys():
            yield from self._alike(before[key], now[key], at, asked=asked)

    def _alike(self, old: Schema, new: Schema, at: str, *, asked: bool) -> Iterator[str]:
        pair = (old.get(_NAME, ""), new.get(_NAME, ""), asked)
        if pair in self.seen:
            return
        if all(pair[:2]):
            self.seen.add(pair)
        if old.get("format") != new.get("format"):
            yield f"{at} is of another format"
        yield from _words(old, new, at, asked=asked)
        if asked:
            yield from _bounds(old, new, at)
        if "items" in old and "items" in new:
            yield from self.schema(old["items"], new["items"], f"{at}[]", asked=asked)
        yield from self._members(old, new, at, asked=asked)

    def _members(self, old: Schema, new: Schema, at: str, *, asked: bool) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        for name in before.keys() - now.keys():
            yield f"{at}.{name} is no longer {'taken' if asked else 'told'}"
        needed, promised = set(old.get("required", ())), set(new.get("required", ()))
        for name in (promised - needed) if asked else (needed - promised) & now.keys():
            yield f"{at}.{name} is required now" if asked else f"{at}.{name} may be missing now"
        for name in before.keys() & now.keys():
            yield from self.schema(before[name], now[name], f"{at}.{name}", asked=asked)


def _words(old: Schema, new: Schema, at: str, *, asked: bool) -> Iterator[str]:
    before, now = old.get("enum"), new.get("enum")
    if asked and now is not None and (before is None or set(before) - set(now)):
        yield f"{at} no longer takes {', '.join(sorted(map(str, set(before or ['other words']) - set(now))))}"
    if not asked and before is not None and now is None:
        yield f"{at} may now be any word"


def _bounds(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for bound in AT_MOST:
        if bound in new and (bound not in old or new[bound] < old[bound]):
            yield f"{at} has a lower {bound}"
    for bound in AT_LEAST:
        if bound in new and (bound not in old or new[bound] > old[bound]):
            yield f"{at} has a higher {bound}"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{at} has another pattern"


def _alternatives(schema: Schema, document: Json) -> dict[str, Schema]:
    """What a value may be, by type; objects and arrays of one union are told apart by their place in it."""
    found: dict[str, Schema] = {}
    for each in _flat(schema, document):
        kind = each.get("type") or ("object" if "properties" in each else "any")
        for one in kind if isinstance(kind, list) else [kind]:
            key = one if one not in found else f"{one} {sum(name.split()[0] == one for name in found) + 1}"
            found[key] = each
    return found


def _flat(schema: Schema, document: Json) -> Iterator[Schema]:
    beside = {key: value for key, value in schema.items() if key not in ("$ref", "oneOf", "anyOf", "allOf")}
    if "$ref" in schema:
        yield from _flat({_NAME: schema["$ref"], **_resolved(schema["$ref"], document), **beside}, document)
    elif inner := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
        for each in inner:
            yield from _flat({**beside, **each}, document)
    else:
        yield schema


def _resolved(reference: str, document: Json) -> Schema:
    return dict(document["components"]["schemas"][reference.rpartition("/")[2]])
