"""A checkpoint with the layout, types and shards of the trained one and seeded random weights.

    python random_checkpoint.py FOLDER [--seed 0]
"""

import argparse
import shutil
from pathlib import Path

import torch

from configs import COMPONENTS
from export import write_checkpoint, write_manifest
from networks import build

TOKENIZERS = Path(__file__).resolve().parent.parent / "sd3-nano"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    modules = {name: build(name) for name in COMPONENTS}
    # diffusers starts the last projection at zero: a random model should draw something
    torch.nn.init.normal_(modules["transformer"].proj_out.weight, std=0.02)
    write_checkpoint(options.folder, modules, scaling_factor=1.5305, shift_factor=0.0609)
    for name in ("tokenizer", "tokenizer_2", "tokenizer_3"):
        shutil.copytree(TOKENIZERS / name, options.folder / name, dirs_exist_ok=True)
    for name, module in modules.items():
        print(f"{name:16} {sum(parameter.numel() for parameter in module.parameters()):>12,}")
    print(f"{write_manifest(options.folder):,} bytes")


if __name__ == "__main__":
    main()
