"""The transformer on frozen text encoders: by flow matching, or, for the twin, by predicting DDPM's noise.

Everything but the objective is the same: network, data, captions, batches, steps, learning rates, seeds. The matrices
between hidden states learn by Muon, everything else (embedders, norms and their modulation, biases, the last layers) by
AdamW. One tenth of the captions are empty, for classifier-free guidance; now and then one encoder's output is zeros, as
in SD3's own training (Esser et al. 2024, section 5.3), so that the model can do without it.
"""

import random
from pathlib import Path

import torch
from torch import Tensor, nn

from average import Average
from clock import Guard, Log, cosine
from export import load_weights
from held_loss import EVERY, HeldLoss
from latents import FOLDER, WORDINGS, Library
from measured import measured
from muon import Muon, hidden_matrices
from networks import TextTowers, build
from objectives import OBJECTIVES
from resumable import ResumableSteps, save
from settings import Settings, scaled
from tokens import T5_LENGTH, Tokens

MUON_PEAK, MUON_DECAY = 4e-3, 0.1  # without decay matrices that move by a fixed length grow and grow (Liu et al. 2025)
ADAMW_PEAK, ADAMW_DECAY = 1e-3, 0.01
EMPTY, EMA = 0.1, 0.999
FIRST_PART = 0.6  # of the learning rate's way down
WITHOUT_T5, WITHOUT_CLIP = 0.15, 0.1  # of the captions; each CLIP is silenced on its own
SHORT_T5 = 77  # T5's tokens in the first part


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
        load_weights(encoder, states[name])
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


def optimizers_for(transformer: nn.Module) -> dict[str, torch.optim.Optimizer]:
    """Muon and AdamW, with what each is good for; every group knows its `peak`, the highest learning rate."""
    hidden = hidden_matrices(transformer)
    known = {id(matrix) for matrix in hidden}
    rest = [parameter for parameter in transformer.parameters() if id(parameter) not in known]
    return {
        "muon": Muon([{"params": hidden, "peak": MUON_PEAK}], lr=0.0, weight_decay=MUON_DECAY),
        "adamw": torch.optim.AdamW([{"params": rest, "peak": ADAMW_PEAK}], lr=0.0, betas=(0.9, 0.97),
                                   weight_decay=ADAMW_DECAY, fused=rest[0].is_cuda),
    }


def descend(transformer: nn.Module, optimizers: dict[str, torch.optim.Optimizer], progress: float, guard: Guard) -> None:
    """One step down the gradients that are there, `progress` of the way through all steps; then they are let go."""
    if guard.accepts(nn.utils.clip_grad_norm_(transformer.parameters(), 1.0)):
        for optimizer in optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = cosine(progress, group["peak"])
            optimizer.step()
    for optimizer in optimizers.values():
        optimizer.zero_grad(set_to_none=True)


def train(settings: Settings, name: str, half: int, log: Log) -> None:
    """The first or second part of the steps. Leaves NAME.1.pt, to go on from, or NAME.pt, the averaged weights.

    Until NAME.pt is there, NAME.average.pt is the same of the last checkpoint.
    """
    so_far = settings.work / f"{name}.average.pt"
    first, stage, objective = settings.work / f"{name}.1.pt", f"{name}-{half}", OBJECTIVES[name](settings.device)
    transformer = fresh(settings)
    average, optimizers = Average(transformer, EMA), optimizers_for(transformer)
    parts = {"transformer": transformer, "average": average, **optimizers}
    if half == 2:
        state = torch.load(first, map_location=settings.device)
        for part in parts:
            parts[part].load_state_dict(state[part])
    steps, seconds = settings.denoiser_steps[half - 1], settings.denoiser_seconds[half - 1]
    clock = ResumableSteps(steps, seconds, log, stage, settings.work, parts)
    towers = load_towers(settings)
    held = measured(stage, log, HeldLoss, settings, towers)
    library = Library.load(settings.work / FOLDER, settings.device)
    batches = Batches(library, Tokens(), settings, settings.seed + 1000 * half + clock.step)
    towers = compiled(transformer, towers, settings)
    torch.manual_seed(settings.seed + 1000 * half + clock.step)
    guard, t5_length = Guard(), (SHORT_T5, T5_LENGTH)[half - 1]

    def save_average(file: Path) -> None:
        save({key: value.half() for key, value in average.module.state_dict().items()}, file)

    def say_held_loss() -> None:
        if held and (found := measured(stage, log, held, objective, average.module)):
            log(stage, f"{average.updates} steps in all; held out: {found}")

    while clock.running():
        latents, ids = batches.draw(t5_length)
        with torch.autocast(settings.device.type, dtype=torch.bfloat16):
            with torch.no_grad():
                embeds, pooled = silence(*towers(*ids))
            noise, times = torch.randn_like(latents), objective.times(len(latents))
            loss = objective.loss(transformer, latents, noise, times, embeds, pooled)
        loss.backward()
        shares = (0.0, FIRST_PART, 1.0)[half - 1 : half + 1]
        descend(transformer, optimizers, shares[0] + (shares[1] - shares[0]) * clock.progress, guard)
        average.update()
        clock.first_step()
        clock.report(loss=loss.detach())
        if average.updates % EVERY == 0:
            say_held_loss()
        if clock.keep_if_due():
            save_average(so_far)
    save_average(so_far if half == 1 else settings.work / f"{name}.pt")
    if half == 1:
        save({part: parts[part].state_dict() for part in parts}, first)
    clock.forget()
    log(stage, f"{average.updates} steps in all, of {settings.batch} pictures")
    say_held_loss()


def load_transformer(settings: Settings, objective: str) -> nn.Module:
    """The averaged weights, rounded to float16 as they ship, in float32."""
    transformer = build("transformer")
    state = torch.load(settings.work / f"{objective}.pt", map_location="cpu")
    transformer.load_state_dict({key: value.float() for key, value in state.items()})
    return transformer.to(settings.device).eval()
