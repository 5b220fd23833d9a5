"""The whole recipe: autoencoder, text encoders, judge, latents, the denoiser and its DDPM twin, export, evaluation.

    python run.py WORK                  every stage in order; goes on where an earlier run in the same folder stopped
    python run.py WORK flow ddpm        these stages alone, for example one on each of several GPUs
    python run.py WORK --rehearse       every stage for a few steps, on anything, in about two minutes

No stage takes more than ten minutes on one H100. A stage that left its file behind is not run again.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

import torch
import torch._dynamo

import evaluate
import latents
import train_clip
import train_denoiser
import train_judge
import train_t5
import train_vae
from clock import Log
from export import write_checkpoint, write_manifest, write_twin
from networks import ENCODERS
from settings import Settings, rehearsal
from tokens import FOLDER as TOKENIZERS

# name: (what runs, the file it leaves)
STAGES = {
    "vae": (train_vae.train, "vae.pt"),
    "clip": (train_clip.train, "clip.pt"),
    "t5": (train_t5.train, "t5.pt"),
    "judge": (train_judge.train, "judge/config.json"),
    "latents": (latents.build, f"{latents.FOLDER}/{latents.CONSTANTS}"),
    **{
        f"{objective}-{half}": (
            lambda settings, log, objective=objective, half=half: train_denoiser.train(settings, objective, half, log),
            f"{objective}.1.pt" if half == 1 else f"{objective}.pt",
        )
        for objective in ("flow", "ddpm")
        for half in (1, 2)
    },
    "export": (lambda settings, log: export(settings, log), "ddpm-twin/manifest.json"),
    "evaluate": (lambda settings, log: evaluate.evaluate(settings, log), "out/evaluation.json"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("stages", nargs="*", help=", ".join(STAGES))
    parser.add_argument("--rehearse", action="store_true")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()
    settings = rehearsal(options.work) if options.rehearse else Settings(options.work)
    settings.compile &= not options.no_compile
    log = Log(options.work)
    torch.set_float32_matmul_precision("high")
    torch._dynamo.config.suppress_errors = True  # a graph that does not compile runs as it is written
    torch._dynamo.config.recompile_limit = 64
    device = torch.cuda.get_device_name() if settings.device.type == "cuda" else "the CPU"
    names = [name for name in STAGES if not options.stages or name in options.stages or name.split("-")[0] in options.stages]
    if unknown := [name for name in options.stages if name not in {*STAGES, "flow", "ddpm"}]:
        parser.error(f"there is no stage {', '.join(unknown)}; there are {', '.join(STAGES)}")
    log("run", f"torch {torch.__version__} on {device}: {' '.join(names)}")
    for name in names:
        stage, product = STAGES[name]
        if (settings.work / product).exists():
            continue
        began = time.time()
        stage(settings, log)
        log(name, f"took {time.time() - began:.0f} s")
    return 0


def export(settings: Settings, log: Log) -> None:
    """Both folders as they ship, and what they weigh."""
    for name in ("sd3-nano", "ddpm-twin"):
        shutil.rmtree(settings.work / name, ignore_errors=True)
    nano, towers = settings.work / "sd3-nano", train_denoiser.load_towers(settings)
    parts = {
        **{name: getattr(towers, name) for name in ENCODERS},
        "transformer": train_denoiser.load_transformer(settings, "flow"),
        "vae": train_vae.load_vae(settings),
    }
    scaling = latents.constants(settings.work / latents.FOLDER)
    write_checkpoint(nano, parts, scaling_factor=scaling["scaling"], shift_factor=scaling["shift"])
    for name in ("tokenizer", "tokenizer_2", "tokenizer_3"):
        shutil.copytree(TOKENIZERS / name, nano / name)
    twin = settings.work / "ddpm-twin"
    write_twin(twin, train_denoiser.load_transformer(settings, "ddpm"))
    log("export", f"sd3-nano {write_manifest(nano):,} bytes, ddpm-twin {write_manifest(twin):,} bytes")


if __name__ == "__main__":
    sys.exit(main())
