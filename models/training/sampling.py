"""The samplers that flow matching and its DDPM twin are compared with, from the same noise, and how straight they go."""

from dataclasses import dataclass

import torch
from diffusers import DDIMScheduler, DDPMScheduler, FlowMatchEulerDiscreteScheduler
from torch import Tensor

from configs import SCHEDULER
from objectives import DDPM_CONFIG, call

SAMPLERS = {
    "flow": lambda: FlowMatchEulerDiscreteScheduler.from_config(SCHEDULER),
    "ddim": lambda: DDIMScheduler.from_config({**DDPM_CONFIG, "set_alpha_to_one": True, "steps_offset": 0}),
    "ddpm": lambda: DDPMScheduler.from_config(DDPM_CONFIG),
}


@dataclass
class Path:
    latents: Tensor  # [n, 16, h, w], where it ended
    straightness: Tensor  # [n], net displacement over path length: 1 is a straight line


@torch.no_grad()
def sample(transformer, sampler: str, embeds, noise: Tensor, steps: int, guidance: float, seed: int = 0) -> Path:
    """From `noise` [n, 16, h, w]; `embeds` are encode_prompt's four tensors for the same n prompts.

    Ancestral sampling draws its fresh noise from one generator on the CPU, seeded with `seed`.
    """
    scheduler, device = SAMPLERS[sampler](), noise.device
    scheduler.set_timesteps(steps, device=device)
    prompt, negative, pooled, negative_pooled = embeds
    both, both_pooled = torch.cat([negative, prompt]), torch.cat([negative_pooled, pooled])
    extra = {"generator": torch.Generator("cpu").manual_seed(seed)} if sampler == "ddpm" else {}
    latents, length = noise, torch.zeros(len(noise), device=device)
    for timestep in scheduler.timesteps:
        predicted = call(transformer, torch.cat([latents] * 2), timestep.expand(2 * len(latents)), both, both_pooled)
        without, with_prompt = predicted.chunk(2)
        moved = scheduler.step(without + guidance * (with_prompt - without), timestep, latents, **extra).prev_sample
        length += (moved - latents).flatten(1).norm(dim=1)
        latents = moved
    return Path(latents, (latents - noise).flatten(1).norm(dim=1) / length)
