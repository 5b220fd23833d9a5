"""The transformer on frozen text encoders: by flow matching, or, for the twin, by predicting DDPM's noise.

Everything but the objective is the same: network, data, captions, batches, steps, learning rate, seeds. One tenth of
the captions are empty, for classifier-free guidance; now and then one encoder's output is zeros, as in SD3's own
training (Esser et al. 2024, section 5.3), so that the model can do without it.
"""

import random
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from average import Average
from clock import EVERY, Guard, Log, cosine
from latents import FOLDER, WORDINGS, Library
from networks import TextTowers, build
from objectives import OBJECTIVES
from settings import Settings, scaled
from tokens import T5_LENGTH, Tokens

PEAK, EMPTY, EMA = 7e-4, 0.1, 0.9985
WITHOUT_T5, WITHOUT_CLIP = 0.15, 0.1  # of the captions; each CLIP is silenced on its own
SHORT_T5 = 77  # T5's tokens in the first half
SAVE_EVERY = 60.0


class Batches:
    """Random batches from the library: latents, and token ids for the three encoders."""

    def __init__(self, library: Library, tokens: Tokens, settings: Settings, seed: int):
        self.library, self.tokens, self.settings = library, tokens, settings
        self.rng = random.Random(seed)
        self.empty = [ids.to(settings.device) for ids in tokens([""])]

    def draw(self, t5_length: int):
        size = self.rng.choices(list(self.settings.sizes), list(self.settings.sizes.values()))[0]
        shelf, device = self.library.shelves[size], self.settings.device
        count = scaled(self.settings.batch, size)
        rows = torch.randint(len(shelf), (count,), device=device)
        wording = torch.randint(WORDINGS, (count,), device=device)
        kept = torch.rand(count, 1, device=device) >= EMPTY
        clip = torch.where(kept, shelf.clip[rows, wording], self.empty[0])
        t5 = torch.where(kept, shelf.t5[rows, wording], self.empty[1])
        return shelf.latents[rows].float(), self.tokens.for_towers(clip, t5, t5_length)


def silence(embeds: Tensor, pooled: Tensor) -> tuple[Tensor, Tensor]:
    """Zeros in the place of one encoder or another: embeds [B, 77 + T, 4096], pooled [B, 768 + 1280]."""
    count, device = len(embeds), embeds.device
    t5, first, second = (
        (torch.rand(count, 1, device=device) >= share).to(embeds.dtype) for share in (WITHOUT_T5, WITHOUT_CLIP, WITHOUT_CLIP)
    )
    clip_part = torch.cat([first.expand(-1, 768), second.expand(-1, 1280), first.new_ones(count, 2048)], dim=1)
    heard = torch.cat([clip_part[:, None] * embeds[:, :77], t5[:, None] * embeds[:, 77:]], dim=1)
    return heard, pooled * torch.cat([first.expand(-1, 768), second.expand(-1, 1280)], dim=1).to(pooled.dtype)


def load_towers(settings: Settings) -> TextTowers:
    """The three encoders as they ship, from clip.pt and t5.pt."""
    towers = TextTowers()
    states = {**torch.load(settings.work / "clip.pt", map_location="cpu"),
              "text_encoder_3": torch.load(settings.work / "t5.pt", map_location="cpu")}
    for name, encoder in towers.named_children():
        encoder.load_state_dict({key: value.float() for key, value in states[name].items()})
    return towers.to(settings.device).eval().requires_grad_(False)


def fresh(settings: Settings) -> nn.Module:
    torch.manual_seed(settings.seed + 5)
    transformer = build("transformer")
    nn.init.normal_(transformer.proj_out.weight, std=0.01)
    return transformer.to(settings.device)


def compiled(transformer: nn.Module, towers: TextTowers, settings: Settings):
    """The encoders as one graph, the transformer block by block, so that other picture sizes share the graphs."""
    if not settings.compile:
        return towers
    for block in transformer.transformer_blocks:
        block.compile()
    return torch.compile(towers, dynamic=False)


def save(state: dict, file: Path) -> None:
    torch.save(state, file.with_suffix(".tmp"))
    file.with_suffix(".tmp").replace(file)


class Run:
    """What a denoiser's training is resumed from: weights, their average, the optimizer and the steps done."""

    def __init__(self, settings: Settings, objective: str):
        self.file = settings.work / f"{objective}.run.pt"
        self.transformer, self.step = fresh(settings), 0
        self.average = Average(self.transformer, EMA)
        self.optimizer = torch.optim.AdamW(
            self.transformer.parameters(), lr=0.0, betas=(0.9, 0.97), weight_decay=0.01,
            fused=settings.device.type == "cuda",
        )
        if self.file.exists():
            state = torch.load(self.file, map_location=settings.device)
            self.transformer.load_state_dict(state["transformer"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step = state["step"]

    def save(self) -> None:
        save({"transformer": self.transformer.state_dict(), "average": self.average.state_dict(),
              "optimizer": self.optimizer.state_dict(), "step": self.step}, self.file)


def train(settings: Settings, objective: str, half: int, log: Log) -> None:
    """Up to the end of the first or second half of the steps. Leaves OBJECTIVE.half.pt or OBJECTIVE.pt: the average.

    Stops after `denoiser_seconds` with an error that says so; the same call goes on from there.
    """
    run, end, total = Run(settings, objective), settings.half_steps * half, 2 * settings.half_steps
    torch.manual_seed(settings.seed + 1000 + run.step)
    loss_of = OBJECTIVES[objective](settings.device).loss
    batches = Batches(Library.load(settings.work / FOLDER, settings.device), Tokens(), settings, settings.seed + run.step)
    towers = compiled(run.transformer, load_towers(settings), settings)
    t5_length, guard, stage = (SHORT_T5, T5_LENGTH)[half - 1], Guard(), f"{objective} {half}/2"
    began = logged = saved = time.time()
    while run.step < end:
        latents, ids = batches.draw(t5_length)
        with torch.autocast(settings.device.type, dtype=torch.bfloat16):
            with torch.no_grad():
                embeds, pooled = silence(*towers(*ids))
            loss = loss_of(run.transformer, latents, embeds, pooled)
        for group in run.optimizer.param_groups:
            group["lr"] = cosine(run.step / total, PEAK)
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if guard.accepts(nn.utils.clip_grad_norm_(run.transformer.parameters(), 1.0)):
            run.optimizer.step()
        run.average.update()
        run.step += 1
        now = time.time()
        if now - logged >= EVERY:
            logged = now
            log(stage, f"step {run.step:6} of {total}  loss {loss.item():.4f}")
        if now - saved >= SAVE_EVERY:
            saved = now
            run.save()
        if now - began > settings.denoiser_seconds and run.step < end:
            run.save()
            raise TimeoutError(f"{stage} has done {run.step} of {end} steps in this call; call again to go on")
    log(stage, f"{run.step} steps in all, this call took {time.time() - began:.0f} s")
    run.save()
    name = f"{objective}.half.pt" if half == 1 else f"{objective}.pt"
    save({key: value.half() for key, value in run.average.module.state_dict().items()}, settings.work / name)


def load_transformer(settings: Settings, objective: str) -> nn.Module:
    """The averaged weights, rounded to float16 as they ship, in float32."""
    transformer = build("transformer")
    state = torch.load(settings.work / f"{objective}.pt", map_location="cpu")
    transformer.load_state_dict({key: value.float() for key, value in state.items()})
    return transformer.to(settings.device).eval()
