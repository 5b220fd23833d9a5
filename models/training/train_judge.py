"""Teach the judge on renders and on what the autoencoder makes of them, in every size, then test it on captions.

It never sees a generated picture. It is tested on renders of the held-out captions, as they stand and exchanged.
"""

import json
import random
from typing import Iterator

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from average import Average
from clock import Clock, Guard, Log, cosine
from held_out import WHICH, as_scene, claims, load
from judge import CHANNELS, GROUPS, HEADS, SIZES, Judge, heads_loss, labels
from measured import measured
from pools import pictures
from scenes import Scenes
from scoring import score
from settings import MAIN_SIZE, Settings, scaled
from train_vae import load_vae

PEAK, EMA, REUSE = 2e-3, 0.998, 10
MAIN_SHARE = 0.4  # of the batches; the other sizes share the rest
LATENT_NOISE, SHIFT, LIGHT = 0.2, 32, 0.08  # standard deviations; 1/SHIFT of the picture; of the brightness


@torch.no_grad()
def weather(vae, shown: Tensor, every: int, generator) -> Tensor:
    """Some of the pictures through the autoencoder, with up to LATENT_NOISE on the latents as a denoiser leaves them."""
    chunk = scaled(256, shown.shape[2:])
    for part in shown[::every].split(chunk):  # views: `shown` itself is changed
        with torch.autocast(shown.device.type, dtype=torch.bfloat16):
            latents = vae.encode(part.float()).latent_dist.mode().float()
            strength = torch.rand(len(part), 1, 1, 1, device=shown.device, generator=generator)
            noise = torch.randn(latents.shape, device=shown.device, generator=generator)
            noisy = latents + LATENT_NOISE * strength * latents.std() * noise
            part.copy_(vae.decode(noisy).sample.clamp(-1, 1))
    return shown


def unsteady(shown: Tensor, generator, rng: random.Random) -> Tensor:
    """A batch in another light, each picture for itself, and moved by a few pixels, all of them together."""
    device, (height, width) = shown.device, shown.shape[2:]
    light = 1 + LIGHT * (2 * torch.rand(len(shown), 1, 1, 1, device=device, generator=generator) - 1)
    down, across = height // SHIFT, width // SHIFT
    y, x = rng.randint(0, 2 * down), rng.randint(0, 2 * across)
    return F.pad(light * shown, (across, across, down, down), mode="reflect")[..., y : y + height, x : x + width]


def examples(settings: Settings, vae, size: tuple[int, int], generator, rng) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless (pictures, labels) batches of one size; large pictures come in smaller batches."""
    source = Scenes(settings.seed + 1000 * size[0] + size[1], frozenset())
    while True:
        scenes = source.take(scaled(settings.pool, size))
        shown = weather(vae, pictures(scenes, *size, settings.device, generator), 4, generator)
        targets = torch.tensor([labels(scene) for scene in scenes], device=settings.device)
        for _ in range(REUSE):
            order = torch.randperm(len(scenes), device=settings.device, generator=generator)
            for rows in order.split(scaled(settings.judge_batch, size)):
                yield unsteady(shown[rows].float(), generator, rng), targets[rows]


def train(settings: Settings, log: Log) -> None:
    torch.manual_seed(settings.seed)
    device, vae = settings.device, load_vae(settings)
    judge = Judge().to(device, memory_format=torch.channels_last)
    average = Average(judge, EMA)
    optimizer = torch.optim.AdamW(judge.parameters(), lr=0.0, weight_decay=0.01, fused=device.type == "cuda")
    generator, rng = torch.Generator(device).manual_seed(settings.seed + 1), random.Random(settings.seed + 1)
    feeds = {size: examples(settings, vae, size, generator, rng) for size in settings.sizes}
    shares = [MAIN_SHARE if size == MAIN_SIZE else (1 - MAIN_SHARE) / len(settings.other_sizes) for size in feeds]
    clock, guard = Clock(settings.judge_seconds, log, "judge"), Guard()
    while clock.running():
        for group in optimizer.param_groups:
            group["lr"] = cosine(clock.progress, PEAK)
        shown, targets = next(feeds[rng.choices(list(feeds), shares)[0]])
        with torch.autocast(device.type, dtype=torch.bfloat16):
            loss = heads_loss(judge(shown.contiguous(memory_format=torch.channels_last)), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if guard.accepts(nn.utils.clip_grad_norm_(judge.parameters(), 1.0)):
            optimizer.step()
            average.update()
        if clock.step == 1:
            clock.begin()
        clock.report(loss=loss.detach())
    log("judge", f"{clock.step - 1} steps")
    judge = average.module.half().float().eval()
    write(judge, settings)
    measured("judge", log, test_readings, judge, settings, log)
    measured("judge", log, test_captions, judge, vae, settings, log)


@torch.no_grad()
def logits(judge: Judge, shown: Tensor) -> Tensor:
    """[n, sum of SIZES] in float32."""
    return torch.cat([judge(part.float()) for part in shown.split(scaled(200, shown.shape[2:]))])


def test_readings(judge: Judge, settings: Settings, log: Log) -> None:
    """How often each head is right on fresh renders of each size, and how sure all heads are on average."""
    for size in settings.sizes:
        generator = torch.Generator(settings.device).manual_seed(settings.seed + 2)
        scenes = Scenes(settings.seed + 2, frozenset()).take(scaled(settings.judge_tests, size))
        found = logits(judge, pictures(scenes, *size, settings.device, generator))
        sure, best = zip(*(part.softmax(dim=1).max(dim=1) for part in found.split(SIZES, dim=1)))
        right = torch.stack(best, dim=1) == torch.tensor([labels(scene) for scene in scenes], device=settings.device)
        words = "  ".join(f"{head} {share:.3f}" for head, share in zip(HEADS, right.float().mean(dim=0).tolist()))
        log("judge", f"{size[0]}x{size[1]}: {words}")
        log("judge", f"{size[0]}x{size[1]}: sure {torch.stack(sure).mean():.4f}, right {right.float().mean():.4f}")


def test_captions(judge: Judge, vae, settings: Settings, log: Log) -> None:
    """Renders of every held-out claim in every size, half of them through the autoencoder, held against its partners."""
    claimed = claims(load()[: settings.judged])
    for height, width in settings.sizes:
        generator = torch.Generator(settings.device).manual_seed(settings.seed + 2)
        scenes = [as_scene(entry, which) for entry, which in claimed]
        shown = weather(vae, pictures(scenes, height, width, settings.device, generator), 2, generator)
        readings = judge.readings(logits(judge, shown))
        true = exchanged = 0
        for reading, (entry, which) in zip(readings, claimed):
            accepted = [other for other in WHICH if entry[other] and score(reading, entry, other)["whole"]]
            true += which in accepted
            exchanged += len(accepted) - (which in accepted)
        words = f"accepts {true} of {len(claimed)} true captions, {exchanged} exchanged ones"
        log("judge", f"{height}x{width} renders of held-out captions: {words}")


def write(judge: Judge, settings: Settings) -> None:
    """judge/model.safetensors (float16) and judge/config.json."""
    folder = settings.work / "judge"
    folder.mkdir(exist_ok=True)
    state = {name: tensor.half().cpu().contiguous() for name, tensor in judge.state_dict().items()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    config = {"channels": CHANNELS, "groups": GROUPS, "kernel": 3, "stride": 2, "padding": 1, "activation": "gelu",
              "eps": 1e-5, "input": "pictures in -1..1, then x and y in -1..1", "heads": HEADS}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def load_judge(folder, device) -> Judge:
    judge = Judge()
    judge.load_state_dict({name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()})
    return judge.to(device).eval()
