"""The autoencoder: 256x256x3 to 32x32x16 and back, trained for crisp edges.

The decoder learns with a little noise on its latents, because a denoiser's are never exact. What ships is the running
mean of the weights. Killed at any time, the same call goes on from vae.run.pt, its learning rate where it was.
"""

import time

import torch
from torch import Tensor, nn

from average import Average
from clock import Clock, Guard, Log, cosine
from held_out import as_scene, excluded_combinations, load
from networks import build
from pools import batches, pictures
from reconstruction import Fidelity, distance, psnr
from resumable import save
from scenes import Scenes
from settings import MAIN_SIZE, Settings, scaled

KL_WEIGHT, NOISE, PEAK, EMA = 1e-3, 0.1, 1.2e-3, 0.998
SAVE_EVERY = 30.0


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


class Run:
    """Everything that training goes on from."""

    def __init__(self, settings: Settings):
        torch.manual_seed(settings.seed)
        self.file = settings.work / "vae.run.pt"
        self.vae = build("vae").to(settings.device, memory_format=torch.channels_last)
        self.average = Average(self.vae, EMA)
        self.optimizer = torch.optim.AdamW(
            self.vae.parameters(), lr=0.0, betas=(0.9, 0.98), weight_decay=1e-4, fused=settings.device.type == "cuda",
        )
        self.step, self.spent = 0, 0.0
        if self.file.exists():
            state = torch.load(self.file, map_location=settings.device)
            self.vae.load_state_dict(state["vae"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.spent = state["step"], state["spent"]

    def save(self) -> None:
        save({"vae": self.vae.state_dict(), "average": self.average.state_dict(),
              "optimizer": self.optimizer.state_dict(), "step": self.step, "spent": self.spent}, self.file)


def train(settings: Settings, log: Log) -> None:
    """Leaves vae.pt: the averaged weights, rounded to float16 as they ship."""
    run, device = Run(settings), settings.device
    if run.step:
        log("vae", f"going on from step {run.step}, {run.spent:.0f} s of training")
    torch.manual_seed(settings.seed + run.step)
    generator = torch.Generator(device).manual_seed(settings.seed + run.step)
    source = Scenes(settings.seed + run.step, excluded_combinations())
    feed = batches(source, settings.pool, settings.vae_batch, device, generator)
    model = Autoencoder(run.vae)
    forward = torch.compile(model, dynamic=False) if settings.compile else model
    clock, guard, saved = Clock(settings.vae_seconds, log, "vae"), Guard(), time.time()
    while clock.running():
        for group in run.optimizer.param_groups:
            group["lr"] = cosine(clock.progress, PEAK)
        x = next(feed).float().contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            loss, square = forward(x)
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if guard.accepts(nn.utils.clip_grad_norm_(model.parameters(), 1.0)):
            run.optimizer.step()
            run.average.update()
        run.step += 1
        if clock.step == 1:
            clock.begin(run.spent)
        clock.report(loss=loss.detach(), psnr=psnr(square.detach()))
        if time.time() - saved > SAVE_EVERY:
            saved, run.spent = time.time(), clock.spent
            run.save()
    vae = run.average.module.half().float().eval()
    log("vae", f"{run.step} steps of {settings.vae_batch} pictures")
    test(vae, settings, log)
    save(vae.state_dict(), settings.work / "vae.pt")
    run.file.unlink(missing_ok=True)


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
