"""The transformer on frozen text encoders: by flow matching, or, for the twin, by predicting DDPM's noise.

Everything but the objective is the same: network, data, captions, batches, steps, learning rates, seeds. The matrices
between hidden states learn by Muon, everything else (embedders, norms and their modulation, biases, the last layers) by
AdamW (denoiser_optimizers.py). One tenth of the captions are empty, for classifier-free guidance; now and then one encoder's
output is zeros, as in SD3's own training (Esser et al. 2024, section 5.3), so that the model can do without it.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from average import Average
from clock import Guard, Log, cosine
from compiling import compiled, say_pace, try_every_size
from denoiser_batches import Batches, silence
from denoiser_optimizers import optimizers_for
from export import load_weights
from held_loss import EVERY, HeldLoss
from latents import FOLDER, Library
from measured import measured
from networks import TextTowers, build
from objectives import OBJECTIVES
from resumable import ResumableSteps, save
from settings import Settings
from tokens import T5_LENGTH, Tokens

EMA = 0.999
FIRST_PART = 0.6  # of the learning rate's way down
SHORT_T5 = 77  # T5's tokens in the first part


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
    library, tokens = Library.load(settings.work / FOLDER, settings.device), Tokens()
    towers = compiled(transformer, towers, settings)
    guard, t5_length, seed = Guard(), (SHORT_T5, T5_LENGTH)[half - 1], settings.seed + 1000 * half + clock.step

    def batches() -> Batches:
        torch.manual_seed(seed)
        return Batches(library, tokens, settings, seed)

    def loss_of(latents: Tensor, ids: tuple) -> Tensor:
        with torch.autocast(settings.device.type, dtype=torch.bfloat16):
            with torch.no_grad():
                embeds, pooled = silence(*towers(*ids))
            noise, times = torch.randn_like(latents), objective.times(len(latents))
            return objective.loss(transformer, latents, noise, times, embeds, pooled)

    def save_average(file: Path) -> None:
        save({key: value.half() for key, value in average.module.state_dict().items()}, file)

    def say_held_loss() -> None:
        if held and (found := measured(stage, log, held, objective, average.module)):
            log(stage, f"{average.updates} steps in all; held out: {found}")

    def gradients(size: tuple[int, int]) -> None:
        loss_of(*batches().draw(t5_length, size)).backward()
        transformer.zero_grad(set_to_none=True)

    try_every_size(settings, gradients, clock)
    drawn = batches()
    clock.first_step()
    while clock.running():
        loss = loss_of(*drawn.draw(t5_length))
        loss.backward()
        shares = (0.0, FIRST_PART, 1.0)[half - 1 : half + 1]
        descend(transformer, optimizers, shares[0] + (shares[1] - shares[0]) * clock.progress, guard)
        average.update()
        clock.report(loss=loss.detach())
        say_pace(clock)
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
