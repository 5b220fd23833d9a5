"""Wall-clock budgets: learning rates that know how much time is left, and a log line every ten seconds."""

import math
import sys
import time
from pathlib import Path

EVERY = 10.0


class Log:
    """Lines with the seconds since the run began, on stdout and in `log.txt`."""

    def __init__(self, work: Path):
        work.mkdir(parents=True, exist_ok=True)
        started = work / "started.txt"
        if not started.exists():
            started.write_text(str(time.time()))
        self.began, self.file = float(started.read_text()), work / "log.txt"

    def elapsed(self) -> float:
        return time.time() - self.began

    def __call__(self, stage: str, text: str) -> None:
        line = f"{self.elapsed():7.1f} s  {stage:<9} {text}"
        print(line, flush=True)
        with self.file.open("a") as file:
            file.write(line + "\n")


class Clock:
    """A stage's budget. `begin` after the first, slow step: progress runs from there to the end of the budget."""

    def __init__(self, seconds: float, log: Log, stage: str):
        self.created = self.start = self.logged = time.time()
        self.room, self.log, self.stage, self.step = seconds, log, stage, 0

    def begin(self, spent: float = 0.0) -> None:
        """`spent` seconds of training were done by an earlier run that was stopped."""
        waited = time.time() - self.created
        self.room, self.start = max(self.room - waited, 1.0), time.time() - spent
        self.log(self.stage, f"first step after {waited:.1f} s")

    @property
    def spent(self) -> float:
        """Seconds of training so far."""
        return time.time() - self.start

    @property
    def progress(self) -> float:
        return min(1.0, self.spent / self.room)

    def running(self) -> bool:
        """Counts a step; always true for the first three, so that even a tiny budget trains a little."""
        self.step += 1
        return self.step <= 3 or self.progress < 1.0

    def report(self, **values) -> None:
        """Values may be tensors; they are only read when a line is due."""
        if time.time() - self.logged >= EVERY:
            self.logged = time.time()
            words = "  ".join(f"{name} {float(value):.4f}" for name, value in values.items())
            self.log(self.stage, f"step {self.step:6}  {100 * self.progress:5.1f} %  {words}")


def cosine(progress: float, peak: float, warm_up: float = 0.02) -> float:
    """A short linear warm-up, then a cosine to zero."""
    if progress < warm_up:
        return peak * (progress + 1e-3) / (warm_up + 1e-3)
    return peak * 0.5 * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up)))


class NotANumber(RuntimeError):
    pass


class Guard:
    """Lets single non-finite steps pass without an update; gives up when they come in a row."""

    def __init__(self, patience: int = 25):
        self.patience, self.bad = patience, 0

    def accepts(self, norm) -> bool:
        if math.isfinite(float(norm)):
            self.bad = 0
            return True
        self.bad += 1
        print(f"non-finite gradient, step skipped ({self.bad} in a row)", file=sys.stderr, flush=True)
        if self.bad > self.patience:
            raise NotANumber("training diverged")
        return False
