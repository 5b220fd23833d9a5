"""The checkpoints that are compared: SD3 Medium's configs as they stand, and what each of the others changes in them."""

import json
from pathlib import Path

MEDIUM = Path(__file__).resolve().parent.parent / "sd3-medium"

CLASSES = {
    "text_encoder": "CLIPTextModelWithProjection",
    "text_encoder_2": "CLIPTextModelWithProjection",
    "text_encoder_3": "T5EncoderModel",
    "transformer": "SD3Transformer2DModel",
    "vae": "AutoencoderKL",
}

# Stable Diffusion 3.5 Medium's transformer, where it differs from SD3 Medium's (its public config.json).
SD35 = {"qk_norm": "rms_norm", "dual_attention_layers": list(range(13)), "pos_embed_max_size": 384}

# SD3 Medium's interfaces with less depth and inner width, to rehearse on a CPU what the full size does on a GPU.
SMALL = {
    "text_encoder": {"num_hidden_layers": 2, "intermediate_size": 192},
    "text_encoder_2": {"num_hidden_layers": 2, "intermediate_size": 192},
    "text_encoder_3": {"num_layers": 2, "num_decoder_layers": 2, "d_ff": 128, "num_heads": 4},
    "transformer": {"num_layers": 3, "num_attention_heads": 4, "caption_projection_dim": 256},
    "vae": {"block_out_channels": [16, 32, 32, 32], "norm_num_groups": 8, "layers_per_block": 1},
}

# What diffusers' own SD3 tests build (tests/pipelines/stable_diffusion_3/test_pipeline_stable_diffusion_3.py), with the
# T5 of transformers' tests. The text is wider than T5: 32 + 32 columns of CLIP are cut to its 32.
TINY_CLIP = {
    "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1, "hidden_size": 32, "intermediate_size": 37,
    "layer_norm_eps": 1e-05, "num_attention_heads": 4, "num_hidden_layers": 5, "vocab_size": 1000,
    "hidden_act": "gelu", "projection_dim": 32, "max_position_embeddings": 77,
}  # fmt: skip
TINY = {
    "text_encoder": TINY_CLIP,
    "text_encoder_2": TINY_CLIP,
    "text_encoder_3": {
        "vocab_size": 1103, "d_model": 32, "d_ff": 37, "d_kv": 8, "num_layers": 5, "num_heads": 4,
        "relative_attention_num_buckets": 8, "feed_forward_proj": "relu",
    },
    "transformer": {
        "sample_size": 32, "patch_size": 1, "in_channels": 4, "out_channels": 4, "num_layers": 1,
        "attention_head_dim": 8, "num_attention_heads": 4, "caption_projection_dim": 32, "joint_attention_dim": 32,
        "pooled_projection_dim": 64,
    },
    "vae": {
        "sample_size": 32, "in_channels": 3, "out_channels": 3, "block_out_channels": [4], "layers_per_block": 1,
        "latent_channels": 4, "norm_num_groups": 1, "use_quant_conv": False, "use_post_quant_conv": False,
        "shift_factor": 0.0609, "scaling_factor": 1.5035,
    },
}  # fmt: skip
# tests/models/transformers/test_models_transformer_sd3.py, SD35TransformerTesterConfig.
TINY_SD35 = {"num_layers": 4, "pos_embed_max_size": 96, "dual_attention_layers": [0], "qk_norm": "rms_norm"}

# name: (configs it starts from, changes to them, checkpoint that the unchanged components are linked to)
CHECKPOINTS = {
    "medium": ("medium", {}, None),
    "sd35-medium": ("medium", {"transformer": SD35}, "medium"),
    "t5-overflow": ("medium", {"text_encoder_3": {}}, "medium"),
    "small": ("medium", SMALL, None),
    "small-sd35": ("medium", {"transformer": SMALL["transformer"] | SD35}, "small"),
    "small-t5-overflow": ("medium", {"text_encoder_3": SMALL["text_encoder_3"]}, "small"),
    "tiny": ("tiny", {}, None),
    "tiny-sd35": ("tiny", {"transformer": TINY_SD35}, "tiny"),
}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def component_configs(checkpoint):
    """The configs of the components whose weights a checkpoint has of its own, by component."""
    base, changes, linked = CHECKPOINTS[checkpoint]
    own = changes if linked else CLASSES
    start = TINY if base == "tiny" else {name: read(MEDIUM / name / "config.json") for name in CLASSES}
    return {name: start[name] | changes.get(name, {}) for name in own}


def scheduler_config(checkpoint):
    """diffusers' tests take its scheduler as it comes, without a shift."""
    return {} if CHECKPOINTS[checkpoint][0] == "tiny" else read(MEDIUM / "scheduler" / "scheduler_config.json")
