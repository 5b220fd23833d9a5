"""Text encoders and transformer from scratch by flow matching, then the transformer alone on the encoders as stored.

Times are logit-normal, leaning towards noise as the sampler's shifted schedule does; x_t = (1 - t) x_0 + t noise and the
target is noise - x_0. One tenth of the captions are empty, for classifier-free guidance.
"""

import copy
import random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from clock import Clock, Guard, Log, cosine
from export import round_to_stored
from judge import SIZES, heads_loss
from latents import WORDINGS, Library
from networks import ENCODERS, TextTowers, build
from settings import MAIN_SIZE, Settings
from tokens import T5_LENGTH, Tokens

PEAK, TEXT_PEAK, FROZEN_PEAK = 7e-4, 4e-4, 4e-4
EMPTY, HINT_WEIGHT, EMA = 0.1, 0.05, 0.998
SHORT_T5, SHORT_UNTIL = 77, 0.5  # pad T5 to 77 tokens in the first half of the first phase


class Hints(nn.Module):
    """Read the scene off the text alone: an extra loss that teaches the encoders what words mean; thrown away after."""

    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(width, sum(SIZES)) for width in (768, 1280, 4096))

    def forward(self, embeds: Tensor, pooled: Tensor, labels: Tensor, weight: Tensor) -> Tensor:
        parts = (pooled[:, :768], pooled[:, 768:], embeds[:, 77:].mean(dim=1))
        return sum(heads_loss(head(part), labels, weight) for head, part in zip(self.heads, parts)) / 3


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.towers, self.transformer = TextTowers(), build("transformer")
        nn.init.normal_(self.transformer.proj_out.weight, std=0.01)

    def parts(self) -> dict[str, nn.Module]:
        return {**{name: getattr(self.towers, name) for name in ENCODERS}, "transformer": self.transformer}


class Average:
    """Exponential moving average of a module's parameters, kept as a second module."""

    def __init__(self, module: nn.Module):
        self.live = list(module.parameters())
        self.module = copy.deepcopy(module).requires_grad_(False)
        self.kept, self.updates = list(self.module.parameters()), 0

    @torch.no_grad()
    def update(self) -> None:
        self.updates += 1
        decay = min(EMA, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self.kept, self.live, 1 - decay)


class Batches:
    """Random batches from the library: latents, token ids for the three encoders, labels, and which captions stayed."""

    def __init__(self, library: Library, tokens: Tokens, settings: Settings):
        self.library, self.tokens, self.settings = library, tokens, settings
        self.sizes = [MAIN_SIZE, *settings.other_sizes]
        others = list(settings.other_sizes.values())
        self.shares = [1 - sum(others), *others]
        self.rng = random.Random(settings.seed + 4)
        self.empty = [ids.to(settings.device) for ids in tokens([""])]

    def draw(self, t5_length: int):
        shelf = self.library.shelves[self.rng.choices(self.sizes, self.shares)[0]]
        count, device = self.settings.batch, self.settings.device
        rows = torch.randint(len(shelf), (count,), device=device)
        wording = torch.randint(WORDINGS, (count,), device=device)
        kept = torch.rand(count, device=device) >= EMPTY
        clip = torch.where(kept[:, None], shelf.clip[rows, wording], self.empty[0])
        t5 = torch.where(kept[:, None], shelf.t5[rows, wording], self.empty[1])
        ids = self.tokens.for_towers(clip, t5, t5_length)
        return shelf.latents[rows].float(), ids, shelf.labels[rows].long(), kept.float()


def draw_times(count: int, device) -> Tensor:
    """Logit-normal around 0.67, one tenth uniform so that the ends are seen too, [n]."""
    times = torch.sigmoid(0.7 + 1.2 * torch.randn(count, device=device))
    return torch.where(torch.rand(count, device=device) < 0.1, torch.rand(count, device=device), times)


def flow_loss(transformer, latents: Tensor, embeds: Tensor, pooled: Tensor) -> Tensor:
    times = draw_times(len(latents), latents.device)
    noise, t = torch.randn_like(latents), times[:, None, None, None]
    velocity = transformer(
        hidden_states=(1 - t) * latents + t * noise, encoder_hidden_states=embeds, pooled_projections=pooled,
        timestep=times * 1000, return_dict=False,
    )[0]
    return F.mse_loss(velocity.float(), noise - latents)


def compiled(model: Denoiser, settings: Settings):
    """The encoders as one graph, the transformer block by block, so that other picture sizes share the graphs."""
    if not settings.compile:
        return model.towers
    for block in model.transformer.transformer_blocks:
        block.compile()
    return torch.compile(model.towers, dynamic=False)


def save(model: Denoiser, settings: Settings, name: str) -> None:
    torch.save({key: value.half() for key, value in model.state_dict().items()}, settings.work / f"{name}.tmp")
    (settings.work / f"{name}.tmp").replace(settings.work / f"{name}.pt")


def optimizer_for(groups: list[tuple[nn.Module, float]]) -> torch.optim.Optimizer:
    on_gpu = next(groups[0][0].parameters()).is_cuda
    return torch.optim.AdamW(
        [{"params": list(module.parameters()), "peak": peak} for module, peak in groups],
        lr=0.0, betas=(0.9, 0.97), weight_decay=0.01, fused=on_gpu,
    )


def step(optimizer, loss: Tensor, guard: Guard, progress: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = cosine(progress, group["peak"])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    if guard.accepts(torch.nn.utils.clip_grad_norm_(parameters, 1.0)):
        optimizer.step()


def train_together(settings: Settings, library: Library, tokens: Tokens, seconds: float, log: Log) -> None:
    """Phase one; leaves the averaged weights in together.pt."""
    torch.manual_seed(settings.seed + 5)
    model, hints = Denoiser().to(settings.device), Hints().to(settings.device)
    average, batches = Average(model), Batches(library, tokens, settings)
    towers = compiled(model, settings)
    optimizer = optimizer_for([(model.transformer, PEAK), (model.towers, TEXT_PEAK), (hints, TEXT_PEAK)])
    clock, guard, saved = Clock(seconds, log, "together"), Guard(), 0.0
    while clock.running():
        # the rate stops at a fifth of its peak: the second phase takes it down to nothing
        progress = 0.7 * clock.progress
        latents, ids, labels, kept = batches.draw(SHORT_T5 if clock.progress < SHORT_UNTIL else T5_LENGTH)
        with torch.autocast(settings.device.type, dtype=torch.bfloat16):
            embeds, pooled = towers(*ids)
            flow = flow_loss(model.transformer, latents, embeds, pooled)
            hint = hints(embeds, pooled, labels, kept)
        step(optimizer, flow + HINT_WEIGHT * hint, guard, progress)
        average.update()
        if clock.step == 1:
            clock.begin()
        clock.report(flow=flow.detach(), hint=hint.detach())
        if clock.progress - saved > 0.2:
            saved = clock.progress
            save(average.module, settings, "together.partial")
    log("together", f"{clock.step} steps, {clock.step * settings.batch:,} pictures")
    save(average.module, settings, "together")


def train_frozen(settings: Settings, library: Library, tokens: Tokens, seconds: float, log: Log) -> None:
    """Phase two, on encoders rounded to float8; leaves the shipped weights in denoiser.pt."""
    torch.manual_seed(settings.seed + 6)
    model = load_denoiser(settings, "together")
    for name, encoder in model.towers.named_children():
        round_to_stored(name, encoder)
        encoder.eval().requires_grad_(False)
    average, batches = Average(model.transformer), Batches(library, tokens, settings)
    towers = compiled(model, settings)
    optimizer = optimizer_for([(model.transformer, FROZEN_PEAK)])
    clock, guard, saved = Clock(seconds, log, "frozen"), Guard(), 0.0

    def keep(name: str) -> None:
        shipped = Denoiser().to(settings.device)
        shipped.towers.load_state_dict(model.towers.state_dict())
        shipped.transformer.load_state_dict(average.module.state_dict())
        save(shipped, settings, name)

    while clock.running():
        latents, ids, _, _ = batches.draw(T5_LENGTH)
        with torch.autocast(settings.device.type, dtype=torch.bfloat16):
            with torch.no_grad():
                embeds, pooled = towers(*ids)
            flow = flow_loss(model.transformer, latents, embeds, pooled)
        step(optimizer, flow, guard, clock.progress)
        average.update()
        if clock.step == 1:
            clock.begin()
        clock.report(flow=flow.detach())
        if clock.progress - saved > 0.3:
            saved = clock.progress
            keep("denoiser.partial")
    log("frozen", f"{clock.step} steps, {clock.step * settings.batch:,} pictures")
    keep("denoiser")


def load_denoiser(settings: Settings, *names: str) -> Denoiser:
    """The first of these checkpoints that exists, in float32."""
    for name in [variant for name in names for variant in (name, f"{name}.partial")]:
        file = settings.work / f"{name}.pt"
        if file.exists():
            model = Denoiser()
            model.load_state_dict({key: value.float() for key, value in torch.load(file, map_location="cpu").items()})
            return model.to(settings.device)
    raise FileNotFoundError(f"none of {names} in {settings.work}")
