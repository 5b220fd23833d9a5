"""Hold the exported folders to their word: held-out captions are drawn, and the judge reads the pictures.

    python run.py WORK evaluate          writes WORK/out: evaluation.json and contact sheets
"""

import json
import time

import torch
from diffusers import StableDiffusion3Pipeline
from torch import Tensor

import latents
from held_out import load
from sampling import SAMPLERS, sample
from scoring import PARTS, score
from settings import MAIN_SIZE, Settings
from sheets import sheet, to_images
from train_denoiser import load_transformer
from train_judge import load_judge

PROMPTS = [
    "a cat sitting on a beach at sunset",
    "a sunset over the ocean",
    "a red ball to the left of a blue cube, on a wooden table, with a green plant in the background",
]
GUIDANCE, CHANNELS, COMPARED = 7.0, 16, 100
FRESH = 1_000_000  # where the seeds of ancestral sampling's fresh noise begin: no picture may begin with the same
WHICH = ("base", "sides", "colours")


class Studio:
    """Draws with either model; picture i of a list starts from the noise of `manual_seed(i)` on the CPU."""

    def __init__(self, settings: Settings):
        self.settings, self.device = settings, settings.device
        self.pipe = StableDiffusion3Pipeline.from_pretrained(settings.work / "sd3-nano", torch_dtype=torch.float32)
        self.pipe.to(self.device).set_progress_bar_config(disable=True)
        self.transformers = {"flow": self.pipe.transformer}
        if (settings.work / "ddpm.pt").exists():
            self.transformers["ddpm"] = load_transformer(settings, "ddpm")
        self.constants = latents.constants(settings.work / latents.FOLDER)

    @torch.no_grad()
    def embeds(self, prompts: list[str]):
        return self.pipe.encode_prompt(prompts, None, None, negative_prompt="")

    def noise(self, count: int, size) -> Tensor:
        shape = (1, CHANNELS, size[0] // 8, size[1] // 8)
        drawn = [torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)) for seed in range(count)]
        return torch.cat(drawn).to(self.device)

    @torch.no_grad()
    def decode(self, drawn: Tensor) -> Tensor:
        unscaled = drawn / self.constants["scaling"] + self.constants["shift"]
        return torch.cat([self.pipe.vae.decode(part).sample.clamp(-1, 1) for part in unscaled.split(25)])

    def walk(self, prompts: list[str], sampler="flow", size=MAIN_SIZE, steps=28, guidance=GUIDANCE, batch=50):
        """Final latents [n, 16, h, w] and how straight each path was, [n]."""
        noise, parts = self.noise(len(prompts), size), []
        transformer = self.transformers[drawn_by(sampler)]
        for start in range(0, len(prompts), batch):
            embeds = self.embeds(prompts[start : start + batch])
            parts.append(sample(transformer, sampler, embeds, noise[start : start + batch], steps, guidance, seed=FRESH + start))
        return torch.cat([part.latents for part in parts]), torch.cat([part.straightness for part in parts])

    def draw(self, prompts: list[str], **options) -> Tensor:
        """Pictures [n, 3, H, W] in -1..1."""
        return self.decode(self.walk(prompts, **options)[0])


def drawn_by(sampler: str) -> str:
    """The model whose sampler it is."""
    return "flow" if sampler == "flow" else "ddpm"


class Evaluation:
    def __init__(self, settings: Settings, log):
        self.settings, self.log, self.out, self.figures = settings, log, settings.work / "out", {}
        self.out.mkdir(parents=True, exist_ok=True)
        self.file = self.out / "evaluation.partial.json"
        self.studio, self.judge = Studio(settings), load_judge(settings.work / "judge", settings.device)
        self.entries = load()[: settings.judged]

    def agreement(self, pictures: Tensor, entries: list[dict], which="base") -> dict[str, float]:
        """Share of the pictures that agree with their captions, part by part."""
        readings = [reading for part in pictures.split(50) for reading in self.judge.read(part)]
        scores = [score(reading, entry, which) for reading, entry in zip(readings, entries)]
        return {part: round(sum(each[part] for each in scores) / len(scores), 4) for part in ("whole", *PARTS)}

    def keep(self, name: str, figures: dict) -> None:
        self.figures[name] = figures
        self.log("evaluate", f"{name}: " + "  ".join(f"{key} {value:.3f}" for key, value in figures.items()))
        self.file.write_text(json.dumps(self.figures, indent=2) + "\n")

    def judged(self, name: str, which="base", entries=None, **options) -> Tensor:
        """Draws and scores the captions of `entries`, by default of all."""
        entries = [entry for entry in entries or self.entries if entry[which]]
        pictures = self.studio.draw([entry[which]["caption"] for entry in entries], steps=self.settings.judged_steps, **options)
        self.keep(f"{name} ({len(entries)})", self.agreement(pictures, entries, which))
        return pictures

    def captions(self) -> None:
        shown = {which: self.judged(which, which) for which in WHICH}
        for layout in sorted({entry["layout"] for entry in self.entries}):
            rows = [row for row, entry in enumerate(self.entries) if entry["layout"] == layout]
            figures = self.agreement(shown["base"][rows], [self.entries[row] for row in rows])
            self.keep(f"{layout} ({len(rows)})", figures)
        for which, pictures in shown.items():
            said = [entry[which]["caption"] for entry in self.entries if entry[which]]
            sheet(to_images(pictures[:48]), said[:48], columns=8).save(self.out / f"held-out-{which}.jpg", quality=90)
        for guidance in (2.0, 4.0):
            self.judged(f"guidance {guidance}", entries=self.entries[:COMPARED], guidance=guidance)
        for size in self.settings.other_sizes:
            name, some = f"{size[0]}x{size[1]}", self.entries[:COMPARED]
            pictures = self.judged(name, entries=some, size=size, batch=10)
            lesson = self.studio.draw(PROMPTS, size=size)
            images = to_images(torch.cat([lesson, pictures[:9]]))
            said = PROMPTS + [entry["base"]["caption"] for entry in some[:9]]
            sheet(images, said, columns=4).save(self.out / f"{name}.jpg", quality=90)

    def twins(self) -> None:
        """Both models, or the one there is, from the same noise at growing numbers of steps."""
        settings, entries = self.settings, self.entries[:COMPARED]
        prompts = [entry["base"]["caption"] for entry in entries]
        for sampler in (name for name in SAMPLERS if drawn_by(name) in self.studio.transformers):
            began, longest = time.time(), None
            for steps in (settings.long_run, *settings.steps):
                final, straight = self.studio.walk(prompts, sampler, steps=steps)
                longest = final if longest is None else longest
                distance = ((final - longest).flatten(1).norm(dim=1) / longest.flatten(1).norm(dim=1)).mean().item()
                agreement = self.agreement(self.studio.decode(final), entries)["whole"]
                self.keep(f"{sampler} {steps}", {"whole": agreement, "distance": round(distance, 4),
                                                 "straightness": round(straight.mean().item(), 4)})
            self.log("evaluate", f"{sampler} took {time.time() - began:.0f} s")
            self.lesson_sheet(sampler)

    def lesson_sheet(self, sampler: str) -> None:
        """The lesson's prompts, a row each, at growing numbers of steps."""
        drawn = {steps: to_images(self.studio.draw(PROMPTS, sampler=sampler, steps=steps)) for steps in self.settings.steps}
        cells = [(images[row], f"{steps} steps: {prompt}") for row, prompt in enumerate(PROMPTS) for steps, images in drawn.items()]
        sheet([image for image, _ in cells], [label for _, label in cells], columns=len(drawn)).save(
            self.out / f"lesson-{sampler}.jpg", quality=90
        )


def evaluate(settings: Settings, log) -> None:
    torch.set_float32_matmul_precision("highest")
    evaluation = Evaluation(settings, log)
    evaluation.captions()
    evaluation.twins()
    evaluation.file.replace(evaluation.out / "evaluation.json")  # which says that all is measured
