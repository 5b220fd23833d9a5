"""A stage's clock: what ends it, what it survives, and what it is not charged for."""

import time
from pathlib import Path

import torch
from torch import nn

from clock import Log
from measured import measured
from resumable import ResumableClock, ResumableSteps


def steps_end_in_time(work: Path) -> None:
    """A stage with steps makes all of them, or, when they would take too long, as many as its seconds allow."""
    for steps, seconds in ((5, 60.0), (10_000, 1.0)):
        clock, progress, began = ResumableSteps(steps, seconds, Log(work), "steps", work, {}), [0.0], time.time()
        while clock.running():
            time.sleep(0.01)
            clock.first_step()
            progress.append(clock.progress)
        assert progress == sorted(progress) and progress[-1] > 0.95
        assert len(progress) == steps + 1 if steps == 5 else len(progress) < 200 and time.time() - began < 5 * seconds


def warm_up_is_by_steps(work: Path) -> None:
    """Whatever was compiled before the clock began, and however slow the first step was."""
    clock = ResumableSteps(100, 10.0, Log(work), "steps", work, {})
    time.sleep(2.0)
    clock.first_step()
    assert clock.running() and clock.progress == 0.01 and clock.room == 10.0 and clock.spent < 1.0
    time.sleep(0.5)
    assert clock.running() and clock.progress == 0.02
    time.sleep(1.0)
    assert clock.running() and 0.14 < clock.progress < 0.5


def a_killed_stage_goes_on(work: Path) -> None:
    log, part, again = Log(work), nn.Linear(2, 2), nn.Linear(2, 2)
    clock = ResumableClock(2.0, log, "check", work, {"part": part})
    while clock.running() and clock.progress < 0.5:
        time.sleep(0.05)
        clock.first_step()
    clock.keep()
    second = ResumableClock(2.0, log, "check", work, {"part": again})
    assert torch.equal(part.weight, again.weight) and second.step == clock.step and 0.4 < second.progress < 1
    second.finish(again.state_dict(), work / "check.pt")
    assert (work / "check.pt").exists() and not second.file.exists()


def a_measurement_that_throws_is_logged(work: Path) -> None:
    log = Log(work)
    assert measured("check", log, max, 2, 3) == 3 and not log.file.exists()
    assert measured("check", log, max) is None and "Traceback" in log.file.read_text()
