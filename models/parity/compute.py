"""One case computed by diffusers: the inputs it draws, and what they become."""

import numpy as np
import torch

from cases import GUIDANCE, PROMPTS, negative_prompt

MAX_SEQUENCE_LENGTH = 256
TIMESTEPS = [987.381, 602.151, 110.906, 857.692, 8.92857]


def inputs_of(case, seed, pipe, embeddings):
    """A case's inputs for one seed in float32, by name. Text enters as a prompt, not as a tensor."""
    generator = torch.Generator("cpu").manual_seed(seed)
    if case.kind == "transformer":
        config = pipe.transformer.config
        factor = 8 if config.patch_size > 1 else 1
        shape = (1, config.in_channels, case.height // factor, case.width // factor)
        latents = torch.randn(shape, generator=generator)
        text = embeddings[seed % len(embeddings)]
        return {
            "hidden_states": torch.cat([latents, latents]),
            "encoder_hidden_states": text["encoder_hidden_states"],
            "pooled_projections": text["pooled_projections"],
            "timestep": torch.full((2,), TIMESTEPS[seed % len(TIMESTEPS)]),
        }
    if case.kind in ("vae_decode", "picture"):
        config = pipe.vae.config
        factor = 2 ** (len(config.block_out_channels) - 1)
        shape = (1, config.latent_channels, case.height // factor, case.width // factor)
        return {"latents": torch.randn(shape, generator=generator)}
    if case.kind == "vae_encode":
        return {"picture": smooth_picture(case.height, case.width, generator)}
    return {}


def smooth_picture(height, width, generator):
    """Coloured clouds with a little grain, in bytes: [height, width, 3]."""
    coarse = torch.randn(1, 3, 8, 8, generator=generator)
    clouds = torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic")
    grain = 0.1 * torch.randn(1, 3, height, width, generator=generator)
    levels = (127.5 + 60 * (clouds + grain)).round().clamp(0, 255)
    return levels[0].permute(1, 2, 0)


def outputs_of(case, seed, pipe, inputs, device, dtype):
    """What diffusers makes of the inputs in a type, in float32 on the CPU, by name."""
    outputs = KINDS[case.kind](case, seed, pipe, {key: value.to(device) for key, value in inputs.items()}, dtype)
    return {
        key: value.detach().to("cpu", value.dtype if value.dtype == torch.int64 else torch.float32).contiguous()
        for key, value in outputs.items()
    }


def text_encoder(case, seed, pipe, inputs, dtype):
    number = case.component.removeprefix("text_encoder")
    tokenizer, encoder = getattr(pipe, f"tokenizer{number}"), getattr(pipe, case.component)
    length = MAX_SEQUENCE_LENGTH if number == "_3" else 77
    prompt = PROMPTS[seed]
    ids = tokenizer(prompt, padding="max_length", max_length=length, truncation=True, return_tensors="pt").input_ids
    device = next(encoder.parameters()).device
    if number == "_3":
        return {"input_ids": ids, "hidden_states": encoder(ids.to(device))[0]}
    output = encoder(ids.to(device), output_hidden_states=True)
    return {"input_ids": ids, "hidden_states": output.hidden_states[-2], "pooled": output.text_embeds}


def encode_prompt(case, seed, pipe, inputs, dtype):
    prompt_embeds, negative, pooled, negative_pooled = pipe.encode_prompt(
        prompt=PROMPTS[seed], prompt_2=None, prompt_3=None, negative_prompt=negative_prompt(seed),
        device=next(pipe.text_encoder.parameters()).device, max_sequence_length=MAX_SEQUENCE_LENGTH,
    )  # fmt: skip
    return {
        "promptEmbeds": prompt_embeds,
        "negativePromptEmbeds": negative,
        "pooledPromptEmbeds": pooled,
        "negativePooledPromptEmbeds": negative_pooled,
    }


def transformer(case, seed, pipe, inputs, dtype):
    """As the pipeline calls it: the timestep stays in float32."""
    timestep = inputs.pop("timestep")
    cast = {key: value.to(dtype) for key, value in inputs.items()}
    return {"sample": pipe.transformer(**cast, timestep=timestep, return_dict=False)[0]}


def vae_decode(case, seed, pipe, inputs, dtype):
    """Scaled latents to the sample the picture is made from, about −1…1."""
    config = pipe.vae.config
    latents = inputs["latents"].to(dtype) / config.scaling_factor + config.shift_factor
    return {"sample": pipe.vae.decode(latents, return_dict=False)[0]}


def vae_encode(case, seed, pipe, inputs, dtype):
    """A picture to scaled latents, the mode of their distribution."""
    config = pipe.vae.config
    sample = (inputs["picture"].permute(2, 0, 1)[None] / 255 * 2 - 1).to(dtype)
    mode = pipe.vae.encode(sample).latent_dist.mode()
    return {"latents": (mode - config.shift_factor) * config.scaling_factor}


def picture(case, seed, pipe, inputs, dtype):
    """From prompt and noise to bytes: [height, width, 3]."""
    last = {}

    def keep(_, step, timestep, tensors):
        last.update(tensors)
        return tensors

    result = pipe(
        prompt=PROMPTS[seed], negative_prompt=negative_prompt(seed), height=case.height, width=case.width,
        num_inference_steps=case.options["steps"], guidance_scale=GUIDANCE, latents=inputs["latents"].to(dtype),
        max_sequence_length=MAX_SEQUENCE_LENGTH, callback_on_step_end=keep,
    )  # fmt: skip
    return {"latents": last["latents"], "picture": torch.from_numpy(np.array(result.images[0])).float()}


KINDS = {
    function.__name__: function
    for function in (text_encoder, encode_prompt, transformer, vae_decode, vae_encode, picture)
}
