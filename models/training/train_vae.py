"""The autoencoder: 256x256x3 to 32x32x16 and back, trained for crisp edges."""

import torch
from torch import Tensor
from torch.nn import functional as F

from clock import Clock, Guard, Log, cosine
from held_out import as_scene, excluded_pairs, load
from networks import build
from pools import batches, pictures
from scenes import Scenes
from settings import Settings

KL_WEIGHT, SQUARE_WEIGHT, EDGE_WEIGHT, PEAK = 1e-3, 2.0, 0.5, 1.5e-3


def edges(error: Tensor) -> Tensor:
    """Mean absolute difference between neighbours: a misplaced or blurred edge costs more than its pixels."""
    across = (error[..., :, 1:] - error[..., :, :-1]).abs().mean()
    return across + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()


class Autoencoder(torch.nn.Module):
    """Loss of a batch; kept as one module so that it compiles as one graph."""

    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, x: Tensor):
        """[n, 3, H, W] in -1..1 -> loss and mean squared error."""
        mean, logvar = self.vae.encoder(x).float().chunk(2, dim=1)
        logvar = logvar.clamp(-20, 10)
        z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
        error = self.vae.decoder(z).float() - x.float()
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).mean()
        square = (error**2).mean()
        loss = error.abs().mean() + SQUARE_WEIGHT * square + EDGE_WEIGHT * edges(error) + KL_WEIGHT * kl
        return loss, square


def psnr(square) -> float:
    """From the mean squared error of pictures in -1..1."""
    return float(-10 * torch.log10(torch.as_tensor(square) / 4))


@torch.no_grad()
def held_out_psnr(vae, settings: Settings) -> float:
    scenes = [as_scene(entry, "base") for entry in load()[: settings.judged]]
    generator = torch.Generator(settings.device).manual_seed(99)
    total = 0.0
    for start in range(0, len(scenes), 20):
        x = pictures(scenes[start : start + 20], 256, 256, settings.device, generator).float()
        total += F.mse_loss(vae.decode(vae.encode(x).latent_dist.mode()).sample.clamp(-1, 1), x).item() * len(x)
    return psnr(total / len(scenes))


def train(settings: Settings, log: Log) -> None:
    device, file = settings.device, settings.work / "vae.pt"
    torch.manual_seed(settings.seed)
    vae = build("vae").to(device, memory_format=torch.channels_last)
    model = Autoencoder(vae)
    forward = torch.compile(model) if settings.compile else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK, betas=(0.9, 0.98), weight_decay=1e-4)
    generator = torch.Generator(device).manual_seed(settings.seed)
    source = batches(Scenes(settings.seed, excluded_pairs()), settings.pool, settings.vae_batch, device, generator)
    clock, guard, saved = Clock(settings.vae_seconds, log, "vae"), Guard(), 0.0
    while clock.running():
        for group in optimizer.param_groups:
            group["lr"] = cosine(clock.progress, PEAK)
        x = next(source).float().contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            loss, square = forward(x)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if guard.accepts(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)):
            optimizer.step()
        if clock.step == 1:
            clock.begin()
        clock.report(loss=loss.detach(), psnr=psnr(square.detach()))
        if clock.progress - saved > 0.3:
            saved = clock.progress
            torch.save(vae.state_dict(), settings.work / "vae.partial.pt")
    vae = vae.half().float()
    log("vae", f"{clock.step} steps, held-out PSNR {held_out_psnr(vae, settings):.2f} dB")
    torch.save(vae.state_dict(), file)


def load_vae(settings: Settings):
    file = settings.work / "vae.pt"
    if not file.exists():
        file = settings.work / "vae.partial.pt"
    vae = build("vae")
    vae.load_state_dict(torch.load(file, map_location="cpu"))
    return vae.to(settings.device).eval().requires_grad_(False)
