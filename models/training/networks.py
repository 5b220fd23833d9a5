"""The five networks, as diffusers and transformers define them, built from `configs.py`."""

import torch
from diffusers import AutoencoderKL, SD3Transformer2DModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, T5Config, T5EncoderModel

from configs import COMPONENTS

ENCODERS = ("text_encoder", "text_encoder_2", "text_encoder_3")


def build(name: str) -> nn.Module:
    """A freshly initialised component in float32."""
    config = {key: value for key, value in COMPONENTS[name].items() if key not in ("torch_dtype", "architectures")}
    if name == "transformer":
        return SD3Transformer2DModel.from_config(config)
    if name == "vae":
        return AutoencoderKL.from_config(config)
    if name == "text_encoder_3":
        return T5EncoderModel(T5Config(**config))
    return CLIPTextModelWithProjection(CLIPTextConfig(**config))


class TextTowers(nn.Module):
    """Three encoders as one module, exactly as StableDiffusion3Pipeline.encode_prompt joins them."""

    def __init__(self):
        super().__init__()
        for name in ENCODERS:
            setattr(self, name, build(name))

    def forward(self, ids: torch.Tensor, ids_2: torch.Tensor, ids_3: torch.Tensor):
        """int64 [B, 77], [B, 77], [B, T] -> prompt embeds [B, 77 + T, 4096] and pooled [B, 2048].

        Under autocast T5's residual stream, 4096 wide, is kept in bfloat16 to save memory.
        """
        width = torch.bfloat16 if torch.is_autocast_enabled(ids.device.type) else torch.float32
        clip = [
            encoder(rows, output_hidden_states=True)
            for encoder, rows in ((self.text_encoder, ids), (self.text_encoder_2, ids_2))
        ]
        joined = torch.cat([output.hidden_states[-2] for output in clip], dim=-1)
        t5 = self.text_encoder_3(inputs_embeds=self.text_encoder_3.shared(ids_3).to(width)).last_hidden_state.to(width)
        joined = nn.functional.pad(joined, (0, t5.shape[-1] - joined.shape[-1]))
        embeds = torch.cat([joined.to(t5.dtype), t5], dim=-2)
        return embeds, torch.cat([output.text_embeds for output in clip], dim=-1)
