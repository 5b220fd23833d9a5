"""The autoencoder: 256x256x3 to 32x32x16 and back, trained for crisp edges.

The decoder learns with a little noise on its latents, because a denoiser's are never exact. What ships is the running
mean of the weights. Killed at any time, the same call goes on (resumable.py), its learning rate where it was.
"""

import torch
from torch import Tensor, nn

from average import Average
from clock import Guard, Log, cosine
from compiling import say_pace
from held_out import as_scene, excluded_combinations, load
from measured import measured
from networks import build
from pools import batches, pictures
from reconstruction import Fidelity, distance, psnr
from resumable import ResumableClock
from scenes import Scenes
from settings import MAIN_SIZE, Settings, scaled

KL_WEIGHT, NOISE, PEAK, EMA = 1e-3, 0.1, 1.2e-3, 0.998


class Autoencoder(nn.Module):
    """Loss of a batch; kept as one module so that it compiles as one graph."""

    def __init__(self, vae):
        super().__init__()
        self.vae = vae

    def forward(self, x: Tensor):
        """[n, 3, H, W] in -1..1 -> loss and mean squared error."""
        mean, logvar = self.vae.encoder(x).float().chunk(2, dim=1)
        logvar = logvar.clamp(-20, 10)
        # from no noise at all to NOISE standard deviations of the latents, picture by picture
        strength = NOISE * torch.rand(len(x), 1, 1, 1, device=x.device) * mean.detach().std()
        z = mean + torch.sqrt(logvar.exp() + strength**2) * torch.randn_like(mean)
        loss, square = distance(self.vae.decoder(z).float(), x.float())
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).mean()
        return loss + KL_WEIGHT * kl, square


def train(settings: Settings, log: Log) -> None:
    """Leaves vae.pt: the averaged weights, rounded to float16 as they ship."""
    torch.manual_seed(settings.seed)
    device = settings.device
    vae = build("vae").to(device, memory_format=torch.channels_last)
    average, guard = Average(vae, EMA), Guard()
    optimizer = torch.optim.AdamW(
        vae.parameters(), lr=0.0, betas=(0.9, 0.98), weight_decay=1e-4, fused=device.type == "cuda",
    )
    parts = {"vae": vae, "average": average, "optimizer": optimizer}
    clock = ResumableClock(settings.vae_seconds, log, "vae", settings.work, parts)
    seed = settings.seed + clock.step
    torch.manual_seed(seed)
    source = Scenes(seed, excluded_combinations())
    feed = batches(source, settings.pool, settings.vae_batch, device, torch.Generator(device).manual_seed(seed))
    model = Autoencoder(vae)
    forward = torch.compile(model, dynamic=False) if settings.compile else model
    while clock.running():
        for group in optimizer.param_groups:
            group["lr"] = cosine(clock.progress, PEAK)
        x = next(feed).float().contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            loss, square = forward(x)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if guard.accepts(nn.utils.clip_grad_norm_(model.parameters(), 1.0)):
            optimizer.step()
            average.update()
        clock.first_step()
        clock.report(loss=loss.detach(), psnr=psnr(square.detach()))
        say_pace(clock)
        clock.keep_if_due()
    shipped = average.module.half().float().eval()
    log("vae", f"{clock.step - 1} steps of {settings.vae_batch} pictures")
    clock.finish(shipped.state_dict(), settings.work / "vae.pt")
    measured("vae", log, test, shipped, settings, log)


@torch.no_grad()
def test(vae, settings: Settings, log: Log) -> None:
    """Renders of held-out captions there and back, size by size, in float32; and the largest value inside."""
    entries, largest = load()[: settings.judged], Largest(vae)
    for size in settings.sizes:
        scenes = [as_scene(entry, "base") for entry in entries[: scaled(len(entries), size)]]
        generator, fidelity = torch.Generator(settings.device).manual_seed(99), Fidelity()
        shown = pictures(scenes, *size, settings.device, generator)
        for x in shown.split(scaled(20, size)):
            decoded = vae.decode(vae.encode(x.float()).latent_dist.mode()).sample
            fidelity.add(decoded.clamp(-1, 1), x.float())
        log("vae", f"{size[0]}x{size[1]} held out: {fidelity}")
    log("vae", f"the largest activation is {largest.value:.0f}, of 65504 that float16 holds")


class Largest:
    """The largest absolute value that any layer of a module has given."""

    def __init__(self, module: nn.Module):
        self.value = 0.0
        for layer in module.modules():
            if not list(layer.children()):
                layer.register_forward_hook(self.look)

    def look(self, layer, inputs, output) -> None:
        self.value = max(self.value, float(output.abs().max()))


def load_vae(settings: Settings):
    vae = build("vae")
    vae.load_state_dict(torch.load(settings.work / "vae.pt", map_location="cpu"))
    return vae.to(settings.device).eval().requires_grad_(False)
