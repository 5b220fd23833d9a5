"""Hold the exported folder to its word: diffusers' own pipeline draws held-out captions, the judge reads the pictures.

    python evaluate.py FOLDER JUDGE_FOLDER OUT_FOLDER        exit code 1 below 90 of 100
"""

import json
import sys
import time
from pathlib import Path

import torch
from diffusers import StableDiffusion3Pipeline
from torch import Tensor

from held_out import load
from judge import agrees
from settings import MAIN_SIZE, Settings
from sheets import sheet, to_images
from train_judge import load_judge, sides

PROMPTS = [
    "a cat sitting on a beach at sunset",
    "a sunset over the ocean",
    "a red ball to the left of a blue cube, on a wooden table, with a green plant in the background",
]
NEEDED, GUIDANCE = 90, 7.0
WHICH = ("base", "sides", "colours")


def draw(pipe, prompts: list[str], size=MAIN_SIZE, steps=28, guidance=GUIDANCE, batch=50, seed=0) -> Tensor:
    """Pictures [n, 3, H, W] in -1..1; picture i starts from the noise of `manual_seed(seed + i)` on the CPU."""
    pictures = []
    for start in range(0, len(prompts), batch):
        part = prompts[start : start + batch]
        generators = [torch.Generator("cpu").manual_seed(seed + start + i) for i in range(len(part))]
        pictures.append(pipe(
            part, height=size[0], width=size[1], num_inference_steps=steps, guidance_scale=guidance,
            generator=generators, output_type="pt",
        ).images.float() * 2 - 1)
    return torch.cat(pictures)


def count(judge, pictures: Tensor, entries: list[dict], claimed: str) -> int:
    """How many pictures the judge reads as the `claimed` captions of their entries."""
    readings = judge.read(pictures)
    return sum(agrees(reading, **sides(entry, claimed)) for reading, entry in zip(readings, entries))


def evaluate(folder: Path, judge_folder: Path, out: Path, settings: Settings, log) -> int:
    """Log every count, save sheets and figures, return how many of the held-out captions were drawn right."""
    torch.set_float32_matmul_precision("highest")
    out.mkdir(parents=True, exist_ok=True)
    pipe = StableDiffusion3Pipeline.from_pretrained(folder, torch_dtype=torch.float32).to(settings.device)
    pipe.set_progress_bar_config(disable=True)
    judge = load_judge(judge_folder, settings.device)
    entries = load()[: settings.judged]
    figures = {"captions": len(entries), "steps": settings.judged_steps, "guidance": GUIDANCE}
    shown = {}
    for which in WHICH:
        began = time.time()
        pictures = shown[which] = draw(pipe, [entry[which]["caption"] for entry in entries], steps=settings.judged_steps)
        own = count(judge, pictures, entries, which)
        wrong = sum(count(judge, pictures, entries, other) for other in WHICH if other != which)
        figures[which] = {"right": own, "read as a partner": wrong}
        log("evaluate", f"{which}: {own} of {len(entries)} right, {wrong} read as a partner ({time.time() - began:.1f} s)")
        write(out, figures)
    lesson_sheet(pipe, settings).save(out / "lesson-steps.jpg", quality=90)
    images = [image for which in ("base", "sides") for image in to_images(shown[which][:24])]
    said = [entry[which]["caption"] for which in ("base", "sides") for entry in entries[:24]]
    sheet(images, said, columns=8).save(out / "held-out.jpg", quality=88)
    captions = [entry["base"]["caption"] for entry in entries]
    for size in settings.other_sizes:
        pictures = draw(pipe, captions, size=size, steps=settings.judged_steps)
        figures[f"{size[0]}x{size[1]}"] = own = count(judge, pictures, entries, "base")
        log("evaluate", f"{size[0]}x{size[1]}: {own} of {len(entries)} right")
        if size == (128, 192):
            lesson = draw(pipe, PROMPTS * 4, size=size, steps=settings.judged_steps, seed=100)
            images = to_images(torch.cat([lesson, pictures[:12]]))
            sheet(images, PROMPTS * 4 + captions[:12], columns=6).save(out / "small.jpg", quality=90)
    for guidance in (2.0, 4.0):
        pictures = draw(pipe, captions, guidance=guidance, steps=settings.judged_steps)
        figures[f"guidance {guidance}"] = own = count(judge, pictures, entries, "base")
        log("evaluate", f"guidance {guidance}: {own} of {len(entries)} right")
    write(out, figures)
    return figures["base"]["right"]



def lesson_sheet(pipe, settings: Settings):
    """The lesson's prompts, a row each for two seeds, at growing numbers of steps."""
    images, labels = [], []
    for prompt in PROMPTS:
        for seed in (0, 1):
            for steps in settings.steps:
                images += to_images(draw(pipe, [prompt], steps=steps, seed=seed))
                labels.append(f"{steps} steps, seed {seed}: {prompt}")
    return sheet(images, labels, columns=len(settings.steps))


def write(out: Path, figures: dict) -> None:
    (out / "evaluation.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    model, judge_at, sheets_at = map(Path, sys.argv[1:4])
    right = evaluate(model, judge_at, sheets_at, Settings(sheets_at), lambda stage, text: print(stage, text, flush=True))
    sys.exit(0 if right >= NEEDED else 1)
