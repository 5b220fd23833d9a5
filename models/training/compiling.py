"""torch.compile for the denoisers, all of it before the clock begins, and what came of it in the log.

A graph that does not compile runs as it is written (run.py asks for that), and nothing but the pace would tell.
"""

import time
from typing import Callable

import torch
from torch import nn
from torch._dynamo.utils import counters

from networks import TextTowers
from resumable import ResumableClock
from settings import Settings

PACE_AFTER, REASONS = 100, 3  # steps; graph breaks that are named


def compiled(transformer: nn.Module, towers: TextTowers, settings: Settings):
    """The encoders as one graph, the transformer block by block, so that other picture sizes share the graphs."""
    if not settings.compile:
        return towers
    for block in transformer.transformer_blocks:
        block.compile()
    return torch.compile(towers, dynamic=False)


def try_every_size(settings: Settings, gradients: Callable[[tuple[int, int]], None], clock: ResumableClock) -> None:
    """`gradients` of one batch of every size, the main one first: no step of the training waits for a compiler then."""
    for size in settings.sizes:
        began = time.time()
        gradients(size)
        clock.log(clock.stage, f"{size[0]}x{size[1]}: first batch in {time.time() - began:.1f} s")


def say_pace(clock: ResumableClock) -> None:
    """To be called after every step; speaks once, PACE_AFTER steps after the clock began."""
    if clock.step - clock.first != PACE_AFTER:
        return
    frames, breaks = counters["frames"], counters["graph_break"]
    words = f"{PACE_AFTER / (clock.spent - clock.earlier):.1f} steps a second"
    if frames["total"]:
        words += f"; {frames['ok']} of {frames['total']} frames compiled, {sum(breaks.values())} graph breaks"
    clock.log(clock.stage, words)
    for reason, count in breaks.most_common(REASONS):
        clock.log(clock.stage, f"graph break, {count} times: {' '.join(reason.split())[:200]}")
