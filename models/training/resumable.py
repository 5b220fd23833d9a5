"""A stage's clock that survives being killed: the same command goes on with the weights and the schedule it had."""

import math
import time
from pathlib import Path

import torch

from clock import Clock, Log

KEEP_EVERY = 60.0  # seconds
SETTLED = 0.1  # of a stage's seconds, from when on its pace is known


class ResumableClock(Clock):
    """A `Clock` that stores `parts` (anything with a state_dict: networks, the optimizer) in WORK/STAGE.partial.pt.

    Progress is counted over all runs of the stage: one that was killed at 40 % has 60 % of `seconds` left.
    """

    def __init__(self, seconds: float, log: Log, stage: str, work: Path, parts: dict):
        super().__init__(seconds, log, stage)
        self.file, self.parts, self.earlier = work / f"{stage}.partial.pt", parts, 0.0
        if self.file.exists():
            state = torch.load(self.file, map_location="cpu")
            for name, part in parts.items():
                part.load_state_dict(state[name])
            self.earlier, self.step = state["spent"], state["step"]
            log(stage, f"goes on after step {self.step}, {self.earlier:.0f} s of training")
        self.start, self.kept, self.first, self.begun = time.time() - self.earlier, time.time(), self.step, False

    def first_step(self) -> None:
        """To be called after every step; begins the clock after the first of this run, or before it, once all is compiled."""
        if not self.begun:
            self.begun, self.first = True, self.step
            self.begin(self.earlier)

    def keep_if_due(self) -> bool:
        """Whether it was due."""
        due = time.time() - self.kept >= KEEP_EVERY
        if due:
            self.keep()
        return due

    def keep(self) -> None:
        self.kept = time.time()
        state = {name: part.state_dict() for name, part in self.parts.items()}
        save(state | {"spent": self.spent, "step": self.step}, self.file)

    def finish(self, product: dict, file: Path) -> None:
        """Store what the stage was for; only then is the partial file let go."""
        save(product, file)
        self.forget()

    def forget(self) -> None:
        """To be called once what the stage was for is stored."""
        self.file.unlink(missing_ok=True)


class ResumableSteps(ResumableClock):
    """The same for a stage that is given steps, so that two models can be trained alike, and seconds it must not exceed.

    The seconds are those of training: what comes before the clock begins is not among them. On a GPU too slow for all the
    steps they set the pace: there are fewer steps then, with the whole schedule.
    """

    def __init__(self, steps: int, seconds: float, log: Log, stage: str, work: Path, parts: dict):
        self.steps = steps
        super().__init__(seconds, log, stage, work, parts)

    def begin(self, spent: float = 0.0) -> None:
        room = self.room
        super().begin(spent)
        self.room = room

    @property
    def progress(self) -> float:
        """By steps; by seconds where these are further on, but never so early that a single slow step would tell."""
        steps, seconds = min(1.0, self.step / self.steps), super().progress
        return max(steps, seconds) if seconds > SETTLED else steps

    def running(self) -> bool:
        """Counts a step."""
        self.step += 1
        return self.step <= self.steps and super().progress < 1.0


def save(state: dict, file: Path) -> None:
    """Whole or not at all, whenever the process is killed."""
    waiting = file.with_name(f"{file.name}.tmp")
    torch.save(state, waiting)
    waiting.replace(file)
