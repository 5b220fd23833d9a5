"""Stages as processes of their own, one on each free GPU; when this process ends, however that comes, so do they.

A stage is done when its file is there, whatever its process said in the end: one that dies or hangs while it clears up has
done its work. One that leaves no file is begun once more; then everything goes on that does not need it.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from clock import Log
from schedule import Stage, chains, choose, possible

RUN = Path(__file__).resolve().parent / "run.py"
LOOK_EVERY, PATIENCE = 0.2, 20.0  # seconds
ATTEMPTS = 2
MEASURING = 180.0  # seconds that a process may go on for once its stage's file is there


def work_through(known: dict[str, Stage], names: list[str], work: Path, gpus: int, options: list[str], log: Log) -> int:
    """Begins each of `names` as soon as it has what it needs and a GPU is free. Returns 0, or 1 when a file is missing.

    `options` are handed on to run.py. What is done is what has left its file in WORK.
    """
    lengths, waiting, running = chains(known), [known[name] for name in names], {}
    left = dict.fromkeys(names, ATTEMPTS)
    try:
        while waiting or running:
            active = {stage.name for stage, _ in running.values()}
            done = {stage.name for stage in known.values() if (work / stage.leaves).exists()} - active
            waiting = possible([stage for stage in waiting if stage.name not in done], done | active)
            for gpu in range(gpus):
                coming = {stage.name for stage in waiting} | {stage.name for stage, _ in running.values()}
                if gpu not in running and (stage := choose(waiting, done, coming, lengths)):
                    waiting.remove(stage)
                    left[stage.name] -= 1
                    log("run", f"{stage.name} on GPU {gpu}")
                    running[gpu] = stage, begin(stage, gpu, gpus, work, options)
            time.sleep(LOOK_EVERY)
            for gpu, (stage, process) in list(running.items()):
                if process.poll() is None and not overdue(work / stage.leaves):
                    continue
                end([process])
                del running[gpu]
                if (work / stage.leaves).exists():
                    continue
                again = left[stage.name] > 0
                waiting = [stage, *waiting] if again else waiting
                log("run", f"{stage.name} failed with exit code {process.returncode}; what failed is said above. "
                           + ("It is begun again" if again else "What needs it is left out"))
        return said_missing([name for name in names if not (work / known[name].leaves).exists()], log)
    finally:
        end([process for _, process in running.values()])


def said_missing(names: list[str], log: Log) -> int:
    """The exit code of a run that lacks these stages."""
    if names:
        log("run", f"missing: {' '.join(names)}; the same command goes on from here")
    return 1 if names else 0


def overdue(file: Path) -> bool:
    """Whether a stage's file has been there for so long that its process must hang."""
    return file.exists() and time.time() - file.stat().st_mtime > MEASURING


def begin(stage: Stage, gpu: int, gpus: int, work: Path, options: list[str]) -> subprocess.Popen:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(gpus)))).split(",")
    threads = str(max(1, (os.cpu_count() or 1) // gpus))
    environment = {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": visible[gpu] if gpu < len(visible) else "",  # none are visible when it is empty
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", threads),
    }
    command = [sys.executable, str(RUN), str(work), stage.name, "--with-parent", *options]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)


def end(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_with_parent() -> None:
    """To be called in a stage's process: its stdin is a pipe that nobody writes to, and that closes with the parent."""

    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
