"""The whole recipe: autoencoder, judge, latents, denoiser in two phases, export, evaluation.

    python run.py WORK [--minutes 23]         picks up where an earlier run in the same folder stopped
    python run.py WORK --rehearse             every stage for a few steps, on anything, in about a minute

A stage that left its file behind is not run again. If the time is up, what is there is exported and judged.
"""

import argparse
import shutil
import sys
import time
import traceback
from pathlib import Path

import torch
import torch._dynamo

import evaluate
import latents
import train_denoiser
import train_judge
import train_vae
from clock import Log
from export import write_checkpoint, write_manifest
from settings import Settings, rehearsal
from tokens import FOLDER, Tokens

CONSTANTS = "latents.txt"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, default=23.0)
    parser.add_argument("--rehearse", action="store_true")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()
    settings = rehearsal(options.work) if options.rehearse else Settings(options.work, minutes=options.minutes)
    settings.compile &= not options.no_compile
    log = Log(options.work)
    torch.set_float32_matmul_precision("high")
    torch._dynamo.config.suppress_errors = True  # a graph that does not compile runs as it is written
    torch._dynamo.config.recompile_limit = 64
    log("run", f"torch {torch.__version__} on {device_name(settings)}, {settings.minutes} minutes")
    for stage, product in ((train_vae.train, "vae.pt"), (train_judge.train, "judge/config.json")):
        if not (settings.work / product).exists():
            stage(settings, log)
    survive(lambda: denoise(settings, log), log)
    export(settings, log)
    right = evaluate.evaluate(settings.work / "sd3-nano", settings.work / "judge", settings.work / "out", settings, log)
    passed = right >= evaluate.NEEDED * settings.judged / 100
    log("run", f"{'passed' if passed else 'FELL SHORT'}: {right} of {settings.judged} held-out captions")
    return 0 if passed or options.rehearse else 1


def device_name(settings: Settings) -> str:
    return torch.cuda.get_device_name() if settings.device.type == "cuda" else "the CPU"


def survive(stage, log: Log) -> None:
    """A stage whose checkpoints are worth exporting even when it breaks."""
    try:
        stage()
    except Exception:
        log("run", "STAGE FAILED, going on with its last checkpoint\n" + traceback.format_exc())


def denoise(settings: Settings, log: Log) -> None:
    if (settings.work / "denoiser.pt").exists():
        return
    tokens = Tokens()
    library = latents.build(settings, train_vae.load_vae(settings), tokens, log)
    (settings.work / CONSTANTS).write_text(f"{library.scaling} {library.shift}")
    if not (settings.work / "together.pt").exists():
        survive(lambda: together(settings, library, tokens, log), log)
    train_denoiser.train_frozen(settings, library, tokens, left(settings, log), log)


def together(settings: Settings, library, tokens: Tokens, log: Log) -> None:
    """Phase one, with half the batch if the device is too small for the whole."""
    while True:
        seconds = left(settings, log) * (1 - settings.frozen_share)
        try:
            return train_denoiser.train_together(settings, library, tokens, seconds, log)
        except torch.OutOfMemoryError:
            settings.batch //= 2
            log("run", f"out of memory, trying again with batches of {settings.batch}")
        torch.cuda.empty_cache()


def left(settings: Settings, log: Log) -> float:
    """Seconds until the closing stages must begin."""
    return max(5.0, settings.minutes * 60 - settings.closing_seconds - log.elapsed())


def export(settings: Settings, log: Log) -> None:
    folder, began = settings.work / "sd3-nano", time.time()
    shutil.rmtree(folder, ignore_errors=True)
    scaling, shift = map(float, (settings.work / CONSTANTS).read_text().split())
    model = train_denoiser.load_denoiser(settings, "denoiser", "together")
    write_checkpoint(folder, {**model.parts(), "vae": train_vae.load_vae(settings)}, scaling, shift)
    for name in ("tokenizer", "tokenizer_2", "tokenizer_3"):
        shutil.copytree(FOLDER / name, folder / name)
    log("export", f"{write_manifest(folder):,} bytes in {time.time() - began:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
