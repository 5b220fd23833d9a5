"""The two CLIP text encoders, pre-trained contrastively against renders (Radford et al. 2021), each on its own.

Both are transformers' CLIPTextModelWithProjection. A picture and its caption must find each other among all pairs of the
batch, by InfoNCE in both directions with a learned temperature. Nothing else teaches these encoders: the denoiser later
reads them as they are. SD3's own CLIPs were trained like this on pairs from the web, without chosen negatives. EXCHANGED
adds them, captions whose things or colours are exchanged (NegCLIP, Yuksekgonul et al. 2023), for a comparison.
"""

from contextlib import ExitStack

import torch
from torch import Tensor, nn

from captioned_pictures import CaptionedPictures
from clock import Guard, Log, cosine
from contrast import CLIPS, Contrast, info_nce
from export import load_weights, round_to_stored, weights
from float8 import Float8Range, clip_range
from measured import measured
from networks import build
from resumable import ResumableClock
from retrieval import measure
from settings import Settings
from tokens import Tokens

PEAK, IMAGE_PEAK, WEIGHT_DECAY = 5e-4, 1e-3, 0.05
# shares of the time: for rendering, at most; until the peak; from when on weights are rounded
POOL_SHARE, WARM_UP, ROUNDED_FROM = 0.2, 0.05, 0.7
LARGEST_SCALE = 100.0  # of the cosines, CLIP's own
EXCHANGED = False


def contrast(model: Contrast, pool: CaptionedPictures, settings: Settings):
    """Loss of one batch, summed over the two encoders, and the share of pictures that find their caption by each."""
    shown, ids, lengths, same, exchanged = pool.draw(settings.clip_batch)
    hard = exchanged[: settings.clip_batch // 4]
    hard = hard[hard[:, 0] != hard[:, 1]] if EXCHANGED else None
    with torch.autocast(settings.device.type, dtype=torch.bfloat16):
        pictures, captions = model.images(shown), model.text(ids, lengths)
        wrong = model.text(hard, (hard != pool.tokens.end).sum(dim=1).cpu() + 1) if EXCHANGED and len(hard) else {}
    found = {
        name: info_nce(pictures[name], captions[name], model.scales[name].exp(), same, wrong.get(name)) for name in CLIPS
    }
    return sum(loss for loss, _ in found.values()), [right for _, right in found.values()]


def optimizer_for(model: Contrast) -> torch.optim.Optimizer:
    """A higher rate for the image tower; decay for matrices and kernels only."""
    images = {id(parameter) for parameter in model.images.parameters()}
    groups: dict[tuple, list] = {}
    for parameter in model.parameters():
        key = IMAGE_PEAK if id(parameter) in images else PEAK, WEIGHT_DECAY if parameter.ndim >= 2 else 0.0
        groups.setdefault(key, []).append(parameter)
    return torch.optim.AdamW(
        [{"params": group, "peak": peak, "weight_decay": decay} for (peak, decay), group in groups.items()],
        lr=0.0, betas=(0.9, 0.98), fused=next(model.parameters()).is_cuda,
    )


@torch.no_grad()
def spread(encoder: nn.Module, ids: Tensor) -> tuple[float, float]:
    """Standard deviations of the penultimate states, which the denoiser reads, and of the projected vectors."""
    read = encoder(ids, output_hidden_states=True)
    return read.hidden_states[-2].float().std().item(), read.text_embeds.float().std().item()


def ranges(model: Contrast, pool: CaptionedPictures) -> dict[str, Float8Range]:
    found = {}
    for name, ids in zip(CLIPS, tower_ids(pool)):
        encoder = getattr(model, name)
        found[name] = clip_range(name, encoder, *spread(encoder, ids))
    return found


def tower_ids(pool: CaptionedPictures, count: int = 256) -> tuple[Tensor, Tensor]:
    """Captions as the pipeline pads them for the two CLIPs."""
    ids = pool.captions[:count, 0]
    return pool.tokens.for_towers(ids, ids, ids.shape[1])[:2]


def train(settings: Settings, log: Log) -> None:
    """Leaves clip.pt, both encoders with the weights that ship, image_tower.pt and retrieval.json."""
    torch.manual_seed(settings.seed + 20)
    device, tokens = settings.device, Tokens()
    pool = CaptionedPictures(settings, tokens, POOL_SHARE * settings.clip_seconds, log, EXCHANGED)
    model = Contrast().to(device)
    optimizer, guard, rounded = optimizer_for(model), Guard(), {}
    parts = {"model": model, "optimizer": optimizer}
    clock = ResumableClock(settings.clip_seconds - pool.seconds, log, "clip", settings.work, parts)
    torch.manual_seed(settings.seed + 21 + clock.step)
    while clock.running():
        for group in optimizer.param_groups:
            group["lr"] = cosine(clock.progress, group["peak"], WARM_UP)
        if not rounded and clock.progress >= ROUNDED_FROM:
            rounded = ranges(model, pool)
        optimizer.zero_grad(set_to_none=True)
        with ExitStack() as stack:
            for own in rounded.values():
                stack.enter_context(own.stored())
            loss, (found, found_2) = contrast(model, pool, settings)
            loss.backward()
        if guard.accepts(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)):
            optimizer.step()
        for scale in model.scales.values():
            scale.data.clamp_(max=torch.tensor(LARGEST_SCALE).log().item())
        clock.first_step()
        scale, scale_2 = (model.scales[name].detach().exp() for name in CLIPS)
        clock.report(loss=loss.detach(), found=found, found_2=found_2, scale=scale, scale_2=scale_2)
        clock.keep_if_due()
    log("clip", f"{clock.step} steps, {clock.step * settings.clip_batch:,} pairs")
    ship(model, rounded or ranges(model, pool))
    tower = {key: value.half() for key, value in model.images.state_dict().items()}
    torch.save(tower, settings.work / "image_tower.pt")
    clock.finish({name: weights(name, getattr(model, name)) for name in CLIPS}, settings.work / "clip.pt")
    measured("clip", log, say_spread, model, pool, log)
    measured("clip", log, measure, {name: getattr(model, name) for name in CLIPS}, model.images, settings, log)


def ship(model: Contrast, rounded: dict[str, Float8Range]) -> None:
    """Give both encoders the weights that they will have once they have been stored."""
    model.eval().requires_grad_(False)
    for name in CLIPS:
        rounded[name].apply()
        round_to_stored(name, getattr(model, name))


def say_spread(model: Contrast, pool: CaptionedPictures, log: Log) -> None:
    for name, ids in zip(CLIPS, tower_ids(pool)):
        states, pooled = spread(getattr(model, name), ids)
        log("clip", f"{name}: penultimate states std {states:.3f}, projected vectors std {pooled:.3f}")


def load_clips(settings: Settings) -> dict[str, nn.Module]:
    """Both encoders from clip.pt, in float32, for reading only."""
    stored = torch.load(settings.work / "clip.pt", map_location="cpu")
    encoders = {name: build(name) for name in CLIPS}
    for name, encoder in encoders.items():
        load_weights(encoder, stored[name])
    return {name: encoder.to(settings.device).eval().requires_grad_(False) for name, encoder in encoders.items()}
