"""The plan, and a run by it that is killed: what depends on what, no GPU used twice at a time, the hour that it may take."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import schedule
import workers
from clock import Log
from schedule import plan, stages, written
from settings import Settings

HERE = Path(__file__).resolve().parent
ONE_GPU, TWO_GPUS, EXPORTS, STAGE = 60 * 60, 32 * 60, 30 * 60, 10 * 60  # seconds at most


def plans_hold() -> None:
    settings = Settings(Path("nowhere"))
    known = stages(settings)
    for gpus in (1, 2, 3, 4):
        turns = plan(settings, gpus)
        ends = {turn.stage.name: turn.ends for turn in turns}
        assert len(turns) == len(known) and {*ends} == {*known}
        for turn in turns:
            assert turn.gpu < gpus and turn.ends - turn.begins <= STAGE, turn
            assert all(ends[need] <= turn.begins for need in (*turn.stage.needs, *turn.stage.after)), turn
            others = [other for other in turns if other.gpu == turn.gpu and other is not turn]
            assert all(other.ends <= turn.begins or turn.ends <= other.begins for other in others), turn
        assert max(ends.values()) <= (ONE_GPU if gpus == 1 else TWO_GPUS), (gpus, max(ends.values()))
    shown = [f"python run.py WORK --plan --gpus {gpus}\n\n{written(plan(settings, gpus))}\n" for gpus in (1, 2)]
    assert (HERE / "plan.txt").read_text() == "\n".join(shown), "plan.txt is not what run.py --plan prints"
    with patch.object(schedule, "PACE", (0.001, 0.001)):
        slow = {turn.stage.name: turn for turn in plan(settings, 2)}
    assert max(turn.ends - turn.begins for turn in slow.values()) <= STAGE
    assert max(slow[name].ends for name in ("export", "export-twin")) <= EXPORTS, "at its slowest no twin comes home"
    rest = plan(settings, 2, {"vae", "clip", "t5"})
    assert rest[0].stage.name == "latents" and len(rest) == len(known) - 3


def several_gpus_survive(work: Path) -> None:
    """Rehearses on two GPUs, or two halves of a CPU; killed after the first stages; the same command ends what is left."""
    command = [sys.executable, str(HERE / "run.py"), str(work), "--rehearse", "--gpus", "2"]
    run = subprocess.Popen(command)
    while not (work / "retrieval.json").exists():  # measured once clip.pt is there
        assert run.poll() is None, "the run ended early"
        time.sleep(0.1)
    assert subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 2, "two runs in one folder"
    assert run.poll() is None, "the run ended early"
    run.send_signal(signal.SIGKILL)
    run.wait()
    time.sleep(3)  # its stages end by themselves
    lines = log_of(work)
    time.sleep(12)  # longer than between two lines of a stage
    assert log_of(work) == lines, "a stage went on without the run that began it"
    begun = [line.split()[3] for line in lines if " on GPU " in line]
    subprocess.run(command, check=True)
    again = [line.split()[3] for line in log_of(work)[len(lines):] if " on GPU " in line]
    assert "clip" in begun and "clip" not in again
    assert {*begun, *again} == {*stages(Settings(work))}
    assert not any("Traceback" in line for line in log_of(work)), "a stage or a measurement failed"


def a_failure_stops_what_needs_it(work: Path) -> None:
    """A stage that can't read what it needs is begun twice and ends the run with its error; the rest is done."""
    (work / "clip.pt").write_text("no weights")
    for name in ("flow.1.pt", "flow.pt", "ddpm-twin/manifest.json"):
        (work / name).unlink()
    command = [sys.executable, str(HERE / "run.py"), str(work), "flow", "export-twin", "--rehearse", "--gpus", "2"]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    assert found.returncode == 1 and found.stdout.count("flow-1 failed with exit code 1") == 2
    assert "Traceback" in found.stdout and "missing: flow-1 flow-2" in found.stdout and "flow-2 on GPU" not in found.stdout
    assert (work / "ddpm-twin" / "manifest.json").exists()


def a_file_counts_not_an_exit_code(work: Path) -> None:
    """Stages that only leave their files. One dies after that, one hangs; the judge never does, and the evaluation needs it."""
    known, begun, began = stages(Settings(work)), [], time.time()

    def begin(stage, *_) -> subprocess.Popen:
        begun.append(stage.name)
        file = work / stage.leaves
        file.parent.mkdir(parents=True, exist_ok=True)
        ends = {"vae": "touch $0; kill -9 $$", "clip": "touch $0; exec sleep 60", "judge": "exit 1"}.get(stage.name, "touch $0")
        return subprocess.Popen(["sh", "-c", ends, str(file)])

    with patch.object(workers, "begin", begin), patch.object(workers, "MEASURING", 1.0):
        names = [turn.stage.name for turn in plan(Settings(work), 2)]
        assert workers.work_through(known, names, work, 2, [], Log(work)) == 1
    assert time.time() - began < 30
    assert sorted([*begun, "evaluate"]) == sorted([*known, "judge"]), begun


def log_of(work: Path) -> list[str]:
    return (work / "log.txt").read_text().splitlines()
