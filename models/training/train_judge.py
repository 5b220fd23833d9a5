"""Teach the judge on renders and on what the autoencoder makes of them, then test it on true and on exchanged pairs."""

import json

import torch
from safetensors.torch import load_file, save_file

from clock import Clock, Guard, Log, cosine
from held_out import as_scene, load
from judge import CHANNELS, GROUPS, HEADS, Judge, agrees, heads_loss, labels
from pools import pictures
from scenes import Scenes
from settings import MAIN_SIZE, Settings
from train_vae import load_vae

PEAK, REUSE, SIZES = 2e-3, 6, (MAIN_SIZE, MAIN_SIZE, (128, 192))


@torch.no_grad()
def blur(vae, shown: torch.Tensor, generator) -> torch.Tensor:
    """Half of the pictures through the autoencoder with a little noise on the latents, as a denoiser would leave it."""
    half = len(shown) // 2
    for start in range(0, half, 256):
        part = shown[start : min(start + 256, half)]
        with torch.autocast(shown.device.type, dtype=torch.bfloat16):
            latents = vae.encode(part.float()).latent_dist.mode()
            noise = torch.randn(latents.shape, device=shown.device, generator=generator)
            part.copy_(vae.decode(latents + 0.08 * latents.std() * noise).sample.clamp(-1, 1))
    return shown


def examples(settings: Settings, vae, generator):
    """Endless (pictures, labels) batches at two sizes."""
    source, turn = Scenes(settings.seed + 1, frozenset()), 0
    while True:
        height, width = SIZES[turn % len(SIZES)]
        scenes, turn = source.take(settings.pool), turn + 1
        shown = blur(vae, pictures(scenes, height, width, settings.device, generator), generator)
        targets = torch.tensor([labels(scene) for scene in scenes], device=settings.device)
        for _ in range(REUSE):
            order = torch.randperm(len(scenes), device=settings.device, generator=generator)
            for rows in order.split(settings.judge_batch):
                yield shown[rows].float(), targets[rows]


def train(settings: Settings, log: Log) -> None:
    torch.manual_seed(settings.seed)
    device, vae = settings.device, load_vae(settings)
    judge = Judge().to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(judge.parameters(), lr=PEAK, weight_decay=0.01)
    generator = torch.Generator(device).manual_seed(settings.seed + 1)
    clock, guard = Clock(settings.judge_seconds, log, "judge"), Guard()
    for shown, targets in examples(settings, vae, generator):
        if not clock.running():
            break
        for group in optimizer.param_groups:
            group["lr"] = cosine(clock.progress, PEAK)
        shown = shown * (0.92 + 0.16 * torch.rand(len(shown), 1, 1, 1, device=device, generator=generator))
        with torch.autocast(device.type, dtype=torch.bfloat16):
            loss = heads_loss(judge(shown), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if guard.accepts(torch.nn.utils.clip_grad_norm_(judge.parameters(), 1.0)):
            optimizer.step()
        if clock.step == 1:
            clock.begin()
        clock.report(loss=loss.detach())
    judge = judge.half().float().eval()
    test(judge, vae, settings, log)
    write(judge, settings)


def test(judge: Judge, vae, settings: Settings, log: Log) -> None:
    generator = torch.Generator(settings.device).manual_seed(settings.seed + 2)
    scenes = Scenes(settings.seed + 2, frozenset()).take(settings.judge_tests)
    right = torch.zeros(len(HEADS))
    for start in range(0, len(scenes), 200):
        part = scenes[start : start + 200]
        readings = judge.read(pictures(part, *MAIN_SIZE, settings.device, generator).float())
        for reading, scene in zip(readings, part):
            truth = labels(scene)
            right += torch.tensor([names.index(reading[head]) == truth[i] for i, (head, names) in enumerate(HEADS.items())])
    shares = right / len(scenes)
    log("judge", "  ".join(f"{head} {share:.3f}" for head, share in zip(HEADS, shares.tolist())))
    entries = load()[: settings.judged]
    for which in ("base", "sides", "colours"):
        shown = pictures([as_scene(entry, which) for entry in entries], *MAIN_SIZE, settings.device, generator)
        readings = judge.read(blur(vae, shown, generator).float())
        own = sum(agrees(reading, **sides(entry, which)) for reading, entry in zip(readings, entries))
        wrong = sum(
            agrees(reading, **sides(entry, other))
            for other in ("base", "sides", "colours") if other != which
            for reading, entry in zip(readings, entries)
        )
        log("judge", f"renders of {which}: accepts {own} of {len(entries)} true captions, {wrong} exchanged ones")


def sides(entry: dict, which: str) -> dict:
    return {"left": entry[which]["left"], "right": entry[which]["right"]}


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
