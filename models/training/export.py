"""Write trained (or random) networks as a diffusers folder: half precision, float8 where float16 would be too large.

Text encoders keep their matrices in float8 e4m3 (no scales: the stored number is the weight) and everything else in
float16. No file is larger than 16 MB; what is larger is split into shards with an index.
"""

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from build_tokenizers import write_json
from configs import COMPONENTS, write_configs
from networks import ENCODERS
from objectives import DDPM_CONFIG

SHARD_BYTES = 15_900_000
FLOAT8 = torch.float8_e4m3fn
TWIN_INDEX = {
    "_class_name": "StableDiffusion3Pipeline",
    "_diffusers_version": "0.29.0.dev0",
    "_base": "../sd3-nano",
    "scheduler": ["diffusers", "DDPMScheduler"],
    "transformer": ["diffusers", "SD3Transformer2DModel"],
}
FILE_STEMS = {"transformer": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model"}


def rounds_to_float8(component: str, name: str, tensor: torch.Tensor) -> bool:
    """Matrices and token embeddings of the text encoders; positions and attention biases are small and stay fine."""
    return component in ENCODERS and tensor.ndim == 2 and "position" not in name and "attention_bias" not in name


def stored(component: str, name: str, tensor: torch.Tensor) -> torch.Tensor:
    tensor = tensor.detach().float().cpu()
    if rounds_to_float8(component, name, tensor):
        return tensor.clamp(-448, 448).to(FLOAT8).contiguous()
    return tensor.half().contiguous()


@torch.no_grad()
def round_to_stored(component: str, module: nn.Module) -> None:
    """Give every weight the value it will have once it has been stored."""
    for name, tensor in module.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(stored(component, name, tensor).float())


def weights(component: str, module: nn.Module) -> dict[str, torch.Tensor]:
    """The checkpoint's tensors under their classic names; T5's tied embedding is kept once, as `shared.weight`."""
    return {
        name: stored(component, name, tensor)
        for name, tensor in sorted(module.state_dict().items())
        if name not in ("encoder.embed_tokens.weight", "text_model.embeddings.position_ids")
    }


def load_weights(module: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    """The way back from `weights`; raises a RuntimeError when anything but a tied embedding is missing or unknown."""
    tied = {"encoder.embed_tokens.weight"} & {*module.state_dict()}
    whole = {key: tensor.float() for key, tensor in tensors.items()} | {key: tensors["shared.weight"].float() for key in tied}
    module.load_state_dict(whole)


def size(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def shards(tensors: dict[str, torch.Tensor]) -> list[dict[str, torch.Tensor]]:
    parts, filled = [{}], 0
    for name, tensor in tensors.items():
        if filled + size(tensor) > SHARD_BYTES and parts[-1]:
            parts.append({})
            filled = 0
        parts[-1][name] = tensor
        filled += size(tensor)
    return parts


def write_weights(folder: Path, component: str, module: nn.Module) -> None:
    tensors, stem = weights(component, module), FILE_STEMS.get(component, "model")
    target = folder / component
    target.mkdir(parents=True, exist_ok=True)
    parts = shards(tensors)
    if len(parts) == 1:
        save_file(tensors, target / f"{stem}.safetensors", metadata={"format": "pt"})
        return
    index = {}
    for number, part in enumerate(parts, start=1):
        file = f"{stem}-{number:05}-of-{len(parts):05}.safetensors"
        save_file(part, target / file, metadata={"format": "pt"})
        index |= {name: file for name in part}
    total = sum(size(tensor) for tensor in tensors.values())
    write_json(target / f"{stem}.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": index})


def write_checkpoint(folder: Path, modules: dict[str, nn.Module], scaling_factor=1.0, shift_factor=0.0) -> None:
    """Configs and weights; the tokenizers are written by `build_tokenizers.py`."""
    write_configs(folder, scaling_factor, shift_factor)
    for component, module in modules.items():
        write_weights(folder, component, module)


def write_twin(folder: Path, transformer: nn.Module) -> None:
    """The DDPM twin: a transformer and a scheduler; text encoders, tokenizers and autoencoder are sd3-nano's."""
    for name, config in (("transformer", COMPONENTS["transformer"]), ("scheduler", DDPM_CONFIG)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        file = "scheduler_config.json" if name == "scheduler" else "config.json"
        write_json(folder / name / file, config)
    write_json(folder / "model_index.json", TWIN_INDEX)
    write_weights(folder, "transformer", transformer)


def write_manifest(folder: Path) -> int:
    """manifest.json: bytes and SHA-256 of every file beside it. Returns the bytes in all."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    entries = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in files
    }
    (folder / "manifest.json").write_text(json.dumps({"files": entries}, indent=2) + "\n")
    return sum(entry["bytes"] for entry in entries.values())
