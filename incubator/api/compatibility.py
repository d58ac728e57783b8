"""Which changes between two OpenAPI documents break a client: the rules of docs/api/versions.md, one by one.

What a client sends may be taken more widely and never more narrowly; what it gets may hold more members and never
fewer or other ones. `breaks` names each place where that does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
MAY_GROW = "may grow"  # in the description of a list of values: clients are told to expect new ones
LOWEST, HIGHEST = ("minimum", "minLength", "minItems"), ("maximum", "maxLength", "maxItems")


def breaks(old: Json, new: Json) -> list[str]:
    """What a client of `old` would stumble over in `new`, in words. Both are whole documents."""
    return list(Comparison(old, new).paths())


class Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = old, new
        self.seen: set[tuple[str, str, bool]] = set()  # a pair is compared once, so that schemas may hold themselves

    def paths(self) -> Iterator[str]:
        for path, methods in self.old["paths"].items():
            for method, operation in methods.items():
                where = f"{method.upper()} {path}"
                now = self.new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{where}: is gone"
                else:
                    yield from self.operation(where, operation, now)

    def operation(self, where: str, old: Json, new: Json) -> Iterator[str]:
        yield from self.scopes(where, old, new)
        yield from self.parameters(where, old.get("parameters", ()), new.get("parameters", ()))
        yield from self.body(f"{where}: body", old.get("requestBody"), new.get("requestBody"))
        for status, response in old["responses"].items():
            now = new["responses"].get(status)
            if now is None:
                yield f"{where}: no longer answers {status}"
                continue
            yield from self.contents(f"{where}: {status}", response, now, sent=False)

    def scopes(self, where: str, old: Json, new: Json) -> Iterator[str]:
        """Each old way of signing in still leads in, with no more scopes than before."""
        ways = {name: set(needed) for way in new.get("security", ()) for name, needed in way.items()}
        for way in old.get("security", ()):
            for name, needed in way.items():
                if name not in ways:
                    yield f"{where}: {name} no longer signs in"
                elif added := ways[name] - set(needed):
                    yield f"{where}: needs the scope {', '.join(sorted(added))}"

    def parameters(self, where: str, old: Any, new: Any) -> Iterator[str]:
        before, after = ({(one["in"], one["name"]): one for one in given} for given in (old, new))
        for key, one in before.items():
            place = f"{where}: {key[0]} {key[1]}"
            if key not in after:
                yield f"{place}: is gone"
                continue
            if after[key].get("required") and not one.get("required"):
                yield f"{place}: has become required"
            yield from self.schema(place, one["schema"], after[key]["schema"], sent=True)
        for key, one in after.items():
            if key not in before and one.get("required"):
                yield f"{where}: {key[0]} {key[1]}: is new and required"

    def body(self, where: str, old: Json | None, new: Json | None) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield f"{where}: is new and required"
            return
        if new is None:
            yield f"{where}: is gone"
            return
        if new.get("required") and not old.get("required"):
            yield f"{where}: has become required"
        yield from self.contents(where, old, new, sent=True)

    def contents(self, where: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        for media, content in old.get("content", {}).items():
            now = new.get("content", {}).get(media)
            if now is None:
                yield f"{where}: {media} is gone"
            else:
                yield from self.schema(where, content["schema"], now["schema"], sent=sent)

    def schema(self, where: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        """`sent`: the client sends it, so it may only widen; otherwise the client reads it, so it may only narrow."""
        pair = (repr(old), repr(new), sent)
        if pair in self.seen:
            return
        self.seen.add(pair)
        old, new = resolved(self.old, old), resolved(self.new, new)
        yield from self.values(where, old, new, sent=sent)
        before, after = old.get("properties", {}), new.get("properties", {})
        must_before, must_after = set(old.get("required", ())), set(new.get("required", ()))
        for name, one in before.items():
            if name not in after:
                yield f"{where}/{name}: is gone"
            else:
                yield from self.schema(f"{where}/{name}", one, after[name], sent=sent)
        for name in sorted((must_after - must_before) if sent else (must_before - must_after) & after.keys()):
            yield f"{where}/{name}: {'has become required' if sent else 'may now be absent'}"
        for inner in ("items", "additionalProperties"):
            if isinstance(old.get(inner), Mapping) and isinstance(new.get(inner), Mapping):
                yield from self.schema(f"{where}/*", old[inner], new[inner], sent=sent)

    def values(self, where: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        wide, narrow = (new, old) if sent else (old, new)
        if not types(narrow) <= types(wide):
            yield f"{where}: is now {' or '.join(sorted(types(new)))} and was {' or '.join(sorted(types(old)))}"
        grows = not sent and MAY_GROW in old.get("description", "")
        if "enum" in wide and not grows and not set(narrow.get("enum", (object(),))) <= set(wide["enum"]):
            yield f"{where}: the values it takes have changed"
        for name in ("format", "pattern", "const"):
            if old.get(name) != new.get(name) and (old.get(name) if not sent else new.get(name)) is not None:
                yield f"{where}: the {name} has changed"
        if sent:
            yield from (f"{where}: {name} has risen" for name in LOWEST if name in new and new[name] > old.get(name, float("-inf")))
            yield from (f"{where}: {name} has fallen" for name in HIGHEST if name in new and new[name] < old.get(name, float("inf")))


def types(schema: Json) -> set[str]:
    """The JSON types that a schema lets through, as far as it says."""
    if branches := schema.get("oneOf", schema.get("anyOf")):
        return {name for one in branches for name in types(one)}
    given = schema.get("type", "anything")
    return {given} if isinstance(given, str) else set(given)


def resolved(document: Json, schema: Json) -> Json:
    """The schema with its reference followed, and what `allOf` or a nullable `oneOf` wraps put in one."""
    if "$ref" in schema:
        *_, section, name = schema["$ref"].split("/")
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**resolved(document, document["components"][section][name]), **rest}
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            parts = [resolved(document, one) for one in schema[key]]
            merged = {name: value for part in parts for name, value in part.items() if part.get("type") != "null"}
            if key != "allOf":
                merged["type"] = sorted({name for part in parts for name in types(part)})
            return {**merged, **{name: value for name, value in schema.items() if name != key}}
    return schema
