"""The whole recipe: autoencoder, text encoders, judge, latents, the denoiser and its DDPM twin, export, evaluation.

    python run.py WORK                  every stage, one after another; goes on where an earlier run in WORK stopped
    python run.py WORK --gpus 2         each stage on a free GPU as soon as it has what it needs
    python run.py WORK --plan --gpus 2  which GPU does what when, and nothing else
    python run.py WORK flow ddpm        these stages alone
    python run.py WORK --rehearse       every stage for a few steps, on anything, in some minutes

A stage that left its file behind is not run again; one that was killed goes on from its last checkpoint; one that fails is
begun once more, and what does not need it goes on. Exit codes: 0 all is there, 1 something is missing (its error is in
WORK/log.txt), 2 the command could not run.
"""

import argparse
import fcntl
import sys
import time
import traceback
from pathlib import Path

import torch
import torch._dynamo

import evaluate
import latents
import products
import schedule
import train_clip
import train_denoiser
import train_judge
import train_t5
import train_vae
from clock import Log
from settings import Settings, rehearsal
from workers import ATTEMPTS, end_with_parent, said_missing, work_through

DENOISERS = ("flow", "ddpm")
WORK_OF = {
    "vae": train_vae.train,
    "clip": train_clip.train,
    "t5": train_t5.train,
    "judge": train_judge.train,
    "latents": latents.build,
    **{
        f"{name}-{half}": lambda settings, log, name=name, half=half: train_denoiser.train(settings, name, half, log)
        for name in DENOISERS
        for half in (1, 2)
    },
    "export": products.export,
    "export-twin": products.export_twin,
    "evaluate": evaluate.evaluate,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("stages", nargs="*", help=", ".join(WORK_OF))
    parser.add_argument("--gpus", type=int, default=1)
    parser.add_argument("--plan", action="store_true")
    parser.add_argument("--rehearse", action="store_true")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    settings = rehearsal(options.work) if options.rehearse else Settings(options.work)
    settings.compile &= not options.no_compile
    if unknown := [name for name in options.stages if name not in {*WORK_OF, *DENOISERS}]:
        parser.error(f"there is no stage {', '.join(unknown)}; there are {', '.join(WORK_OF)}")
    known = schedule.stages(settings)
    named = {*options.stages} | {f"{name}-{half}" for name in DENOISERS if name in options.stages for half in (1, 2)}
    asked = [name for name in known if not named or name in named]
    done = {name for name, stage in known.items() if (options.work / stage.leaves).exists()}
    if lacking := {need for name in asked if name not in done for need in known[name].needs} - done - {*asked}:
        parser.error(f"{', '.join(sorted(lacking))} must be run first: {options.work} does not have what the stage leaves")
    turns = schedule.plan(settings, options.gpus, done | ({*known} - {*asked}))
    if options.plan:
        print(schedule.written(turns))
        return 0
    if settings.device.type == "cuda" and options.gpus > torch.cuda.device_count():
        parser.error(f"--gpus {options.gpus}, but there are {torch.cuda.device_count()}")
    log = Log(options.work)
    if options.with_parent:
        end_with_parent()
    if options.gpus == 1:
        return one_by_one([turn.stage for turn in turns], settings, log, attempts=1 if options.with_parent else ATTEMPTS)
    with (options.work / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            parser.error(f"another run is at work in {options.work}: wait for it, or end it")
        passed_on = [f"--{name}" for name in ("rehearse", "no-compile") if getattr(options, name.replace("-", "_"))]
        return work_through(known, [turn.stage.name for turn in turns], options.work, options.gpus, passed_on, log)


def one_by_one(stages: list[schedule.Stage], settings: Settings, log: Log, attempts: int) -> int:
    """All in this process, on the first GPU there is, or on the CPU."""
    torch.set_float32_matmul_precision("high")
    torch._dynamo.config.suppress_errors = True  # a graph that does not compile runs as it is written
    torch._dynamo.config.recompile_limit = 64
    device = torch.cuda.get_device_name() if settings.device.type == "cuda" else "the CPU"
    log("run", f"torch {torch.__version__} on {device}: {' '.join(stage.name for stage in stages)}")
    known = schedule.stages(settings)

    def there(name: str) -> bool:
        return (settings.work / known[name].leaves).exists()

    for stage in (stage for stage in stages if all(map(there, stage.needs))):
        for _ in range(attempts):
            began = time.time()
            try:
                WORK_OF[stage.name](settings, log)
            except Exception:
                log(stage.name, f"failed\n{traceback.format_exc()}")
            if there(stage.name):
                log(stage.name, f"took {time.time() - began:.0f} s")
                break
    return said_missing([stage.name for stage in stages if not there(stage.name)], log)


if __name__ == "__main__":
    sys.exit(main())
