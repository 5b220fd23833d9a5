"""Every config of the small model: SD3 Medium's interfaces, with less depth and less inner width.

    python configs.py ../sd3-nano
"""

import sys
from pathlib import Path

from build_tokenizers import CLIP_MERGES, T5_TOKENS, write_json

CLIP_TOKENS = 512 + CLIP_MERGES + 2

MODEL_INDEX = {
    "_class_name": "StableDiffusion3Pipeline",
    "_diffusers_version": "0.29.0.dev0",
    "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "text_encoder_3": ["transformers", "T5EncoderModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "tokenizer_3": ["transformers", "T5TokenizerFast"],
    "transformer": ["diffusers", "SD3Transformer2DModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
SCHEDULER = {
    "_class_name": "FlowMatchEulerDiscreteScheduler",
    "_diffusers_version": "0.29.0.dev0",
    "num_train_timesteps": 1000,
    "shift": 3.0,
}


def clip(hidden: int, heads: int, act: str) -> dict:
    return {
        "architectures": ["CLIPTextModelWithProjection"],
        "attention_dropout": 0.0,
        "bos_token_id": 0,
        "dropout": 0.0,
        "eos_token_id": 2,
        "hidden_act": act,
        "hidden_size": hidden,
        "initializer_factor": 1.0,
        "initializer_range": 0.02,
        "intermediate_size": 192,
        "layer_norm_eps": 1e-05,
        "max_position_embeddings": 77,
        "model_type": "clip_text_model",
        "num_attention_heads": heads,
        "num_hidden_layers": 2,
        "pad_token_id": 1,
        "projection_dim": hidden,
        "torch_dtype": "float16",
        "transformers_version": "4.41.2",
        "vocab_size": CLIP_TOKENS,
    }


T5 = {
    "architectures": ["T5EncoderModel"],
    "classifier_dropout": 0.0,
    "d_ff": 64,
    "d_kv": 16,
    "d_model": 4096,
    "decoder_start_token_id": 0,
    "dense_act_fn": "gelu_new",
    "dropout_rate": 0.0,
    "eos_token_id": 1,
    "feed_forward_proj": "gated-gelu",
    "initializer_factor": 1.0,
    "is_encoder_decoder": True,
    "is_gated_act": True,
    "layer_norm_epsilon": 1e-06,
    "model_type": "t5",
    "num_decoder_layers": 2,
    "num_heads": 4,
    "num_layers": 2,
    "output_past": True,
    "pad_token_id": 0,
    "relative_attention_max_distance": 128,
    "relative_attention_num_buckets": 32,
    "tie_word_embeddings": False,
    "torch_dtype": "float16",
    "transformers_version": "4.41.2",
    "use_cache": True,
    "vocab_size": T5_TOKENS,
}
TRANSFORMER = {
    "_class_name": "SD3Transformer2DModel",
    "_diffusers_version": "0.29.0.dev0",
    "attention_head_dim": 64,
    "caption_projection_dim": 256,
    "in_channels": 16,
    "joint_attention_dim": 4096,
    "num_attention_heads": 4,
    "num_layers": 4,
    "out_channels": 16,
    "patch_size": 2,
    "pooled_projection_dim": 2048,
    "pos_embed_max_size": 64,
    "sample_size": 32,
}
# scaling_factor and shift_factor are measured on the trained encoder's latents.
VAE = {
    "_class_name": "AutoencoderKL",
    "_diffusers_version": "0.29.0.dev0",
    "act_fn": "silu",
    "block_out_channels": [32, 64, 96, 128],
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "force_upcast": True,
    "in_channels": 3,
    "latent_channels": 16,
    "latents_mean": None,
    "latents_std": None,
    "layers_per_block": 1,
    "mid_block_add_attention": False,
    "norm_num_groups": 8,
    "out_channels": 3,
    "sample_size": 256,
    "scaling_factor": 1.0,
    "shift_factor": 0.0,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "use_post_quant_conv": False,
    "use_quant_conv": False,
}

COMPONENTS = {
    "text_encoder": clip(768, 12, "quick_gelu"),
    "text_encoder_2": clip(1280, 20, "gelu"),
    "text_encoder_3": T5,
    "transformer": TRANSFORMER,
    "vae": VAE,
}


def write_configs(folder: Path, scaling_factor: float = 1.0, shift_factor: float = 0.0) -> None:
    """Everything of the diffusers layout that is not a tokenizer or a weight."""
    for name, config in COMPONENTS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        if name == "vae":
            config = {**config, "scaling_factor": scaling_factor, "shift_factor": shift_factor}
        write_json(folder / name / "config.json", config)
    (folder / "scheduler").mkdir(exist_ok=True)
    write_json(folder / "scheduler" / "scheduler_config.json", SCHEDULER)
    write_json(folder / "model_index.json", MODEL_INDEX)


if __name__ == "__main__":
    write_configs(Path(sys.argv[1]))
