"""A declared request with its window filled in.

Belongs here: putting times and a job's id into path, parameters and body.
Does not belong here: sending it (`client`).
"""

from typing import Any

from orchestration.connectors.declared_rest import Request
from orchestration.connectors.timespan import Span, zulu


def filled_in(request: Request, span: Span | None) -> Request:
    """Answer the request for one stretch of time."""
    if span is None:
        return request
    values = {"{window_start}": zulu(span[0]), "{window_end}": zulu(span[1])}
    return request.model_copy(
        update={
            "path": _replaced(request.path, values),
            "params": _replaced(request.params, values),
            "body": _replaced(request.body, values),
        }
    )


def _replaced(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, said in values.items():
            value = value.replace(name, said)
        return value
    if isinstance(value, dict):
        return {name: _replaced(item, values) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, values) for item in value]
    return value
