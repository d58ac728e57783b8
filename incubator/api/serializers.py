"""Bases of what comes in (checked) and what goes out (described; the rows themselves are built by Postgres)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest
from rest_framework import serializers

from incubator.api.problems import Problem

BODY_MOST = 64 * 1024
DEPTH_MOST = 8


class In(serializers.Serializer[Any]):
    """The body of a request. A field it does not know is an error, never ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({str(name): ["This field is not known here."] for name in unknown}, code="unknown_field")
        return super().to_internal_value(data)


class Nothing(In):
    """The body of a step that needs none: empty, or {}."""


class Out(serializers.Serializer[Any]):
    """The description of a representation. A test holds each against what Postgres builds."""


class Line(serializers.CharField):
    """Text that has to be sent as text: a number or a list is not turned into some."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false, and nothing that only looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A whole number that has to be sent as a number; 15.0 is one, as JSON Schema has it."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Amount(serializers.DecimalField):
    """An amount, of money if nothing else is said, not below zero, that has to be sent as text: JSON's numbers lose digits on their way."""

    def __init__(self, *, max_digits: int = 14, **options: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=2, min_value=0, **options)

    @staticmethod
    def pattern(field: serializers.DecimalField) -> str:
        """The texts it takes, for the schema."""
        return f"^[0-9]{{1,{(field.max_digits or 0) - (field.decimal_places or 0)}}}([.][0-9]{{1,{field.decimal_places}}})?$"

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not re.fullmatch(self.pattern(self), data):
            self.fail("invalid")
        return super().to_internal_value(data)


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body; an empty body is an empty object. Raises Problem: 400, 413, 415."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > BODY_MOST:
        raise Problem("body_too_large")
    raw = request.read(BODY_MOST + 1)
    if len(raw) > BODY_MOST:
        raise Problem("body_too_large")
    if not raw:
        return {}
    kind = request.content_type
    if kind != "application/json" or request.content_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):  # type: ignore[union-attr]
        raise Problem("unsupported_media_type", headers={"Accept": "application/json"})
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Problem("malformed_json") from None
    if not isinstance(data, dict):
        raise Problem("malformed_json", "The body must be one JSON object.")
    if _deeper_than(data, DEPTH_MOST):
        raise Problem("too_deep")
    return data


def _deeper_than(data: Any, levels: int) -> bool:
    if isinstance(data, dict):
        return levels == 0 or any(_deeper_than(inner, levels - 1) for inner in data.values())
    if isinstance(data, list):
        return levels == 0 or any(_deeper_than(inner, levels - 1) for inner in data)
    return False


def checked(serializer: type[In], data: Mapping[str, Any]) -> dict[str, Any]:
    """The validated input. Raises ValidationError, which the gate turns into a problem with a pointer per field."""
    return dict(_form(serializer).run_validation(data))


@cache
def _form(serializer: type[In]) -> In:
    """One for all requests: copying the fields costs more than checking them, and checking leaves nothing in it."""
    return serializer()
