"""The two things a denoiser can be taught: flow matching's velocity, and DDPM's noise."""

import torch
from diffusers import DDPMScheduler
from torch import Tensor
from torch.nn import functional as F

# Stable Diffusion 1's noise levels (Rombach et al. 2022), on Ho et al.'s 1000 steps.
DDPM_CONFIG = {
    "_class_name": "DDPMScheduler",
    "_diffusers_version": "0.29.0.dev0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "timestep_spacing": "trailing",
    "variance_type": "fixed_small",
}


def call(transformer, noised: Tensor, timestep: Tensor, embeds: Tensor, pooled: Tensor) -> Tensor:
    return transformer(
        hidden_states=noised, encoder_hidden_states=embeds, pooled_projections=pooled, timestep=timestep, return_dict=False
    )[0].float()


class FlowMatching:
    """x_t = (1 - t) x_0 + t noise; the target is noise - x_0 (Esser et al. 2024).

    Times are logit-normal and lean towards noise, as the sampler's shifted schedule does.
    """

    def __init__(self, device):
        self.device = device

    def times(self, count: int) -> Tensor:
        """Logit-normal around 0.67, one tenth uniform so that the ends are seen too, [n] in 0..1."""
        times = torch.sigmoid(0.7 + 1.2 * torch.randn(count, device=self.device))
        return torch.where(torch.rand(count, device=self.device) < 0.1, torch.rand(count, device=self.device), times)

    def loss(self, transformer, latents: Tensor, noise: Tensor, times: Tensor, embeds: Tensor, pooled: Tensor) -> Tensor:
        t = times[:, None, None, None]
        velocity = call(transformer, (1 - t) * latents + t * noise, times * 1000, embeds, pooled)
        return F.mse_loss(velocity, noise - latents)


class NoisePrediction:
    """x_t = sqrt(a_t) x_0 + sqrt(1 - a_t) noise, t uniform; the target is the noise (Ho et al. 2020, L_simple)."""

    def __init__(self, device):
        self.alphas = DDPMScheduler.from_config(DDPM_CONFIG).alphas_cumprod.to(device)

    def times(self, count: int) -> Tensor:
        """Uniform, [n] in 0..1 without 1: shares of the steps there are."""
        return torch.rand(count, device=self.alphas.device)

    def loss(self, transformer, latents: Tensor, noise: Tensor, times: Tensor, embeds: Tensor, pooled: Tensor) -> Tensor:
        t = (times * len(self.alphas)).long()
        kept = self.alphas[t][:, None, None, None]
        predicted = call(transformer, kept.sqrt() * latents + (1 - kept).sqrt() * noise, t, embeds, pooled)
        return F.mse_loss(predicted, noise)


OBJECTIVES = {"flow": FlowMatching, "ddpm": NoisePrediction}
