"""Measuring what is already saved must never cost what was trained."""

import traceback
from typing import Callable, TypeVar

from clock import Log

Found = TypeVar("Found")


def measured(stage: str, log: Log, measure: Callable[..., Found], *given) -> Found | None:
    """What `measure` finds; None when it throws, which is logged with its traceback. The stage goes on.

    To be called once the stage's file is there, or for what the training does not need.
    """
    try:
        return measure(*given)
    except Exception:
        name = getattr(measure, "__name__", type(measure).__name__)
        log(stage, f"{name} failed; what was trained stands\n{traceback.format_exc()}")
        return None
