"""Writes checkpoints with seeded random weights in float16, as diffusers and transformers save them.

    python models/parity/random_checkpoint.py FOLDER [--size medium …] [--seed 0] [--device cuda]

FOLDER/medium       SD3 Medium's configs, all components at full size: 15.5 GB
FOLDER/sd35-medium  SD3.5 Medium's transformer, the rest linked to medium: 4.9 GB more
FOLDER/t5-overflow  a T5-XXL whose activations do not fit half precision, the rest linked to medium: 9.5 GB more
FOLDER/tiny, FOLDER/tiny-sd35  what diffusers' own SD3 tests build
FOLDER/small, FOLDER/small-sd35, FOLDER/small-t5-overflow  the first three with little depth, for a CPU

A checkpoint that is complete already is left as it is.
"""

import argparse
import shutil
import time
from pathlib import Path

import diffusers
import torch
import transformers
from diffusers import FlowMatchEulerDiscreteScheduler, StableDiffusion3Pipeline

from configs import CHECKPOINTS, CLASSES, component_configs, scheduler_config
from environment import quiet
from initialise import initialise
from tokenizer_files import clip_tokenizer, t5_tokenizer

# Several shards even where the libraries' own limit would need one: checkpoints come both ways.
SHARD = {"medium": "4GB"}
COMPLETE = "complete"


def build(component, config, device):
    """A component with its library's initial weights, in half precision."""
    library = transformers if component.startswith("text") else diffusers
    cls = getattr(library, CLASSES[component])
    torch.set_default_dtype(torch.float16)
    try:
        with torch.device(device):
            module = cls(cls.config_class.from_dict(config)) if library is transformers else cls.from_config(config)
    finally:
        torch.set_default_dtype(torch.float32)
    return module.to(torch.float16)


def write_checkpoint(folder, name, device, seed):
    target = folder / name
    if (target / COMPLETE).exists():
        print(f"{name}: complete already", flush=True)
        return
    started = time.perf_counter()
    shutil.rmtree(target, ignore_errors=True)
    modules = {}
    for number, (component, config) in enumerate(component_configs(name).items()):
        module = build(component, config, device)
        modules[component] = initialise(module, seed + number, overflow="overflow" in name)
    linked = CHECKPOINTS[name][2]
    if linked:
        link(folder, name, linked, modules)
    else:
        save(target, name, modules)
    (target / COMPLETE).touch()
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file() and not path.is_symlink())
    count = sum(parameter.numel() for module in modules.values() for parameter in module.parameters())
    print(f"{name}: {count:,} parameters, {size:,} bytes, {time.perf_counter() - started:.1f} s", flush=True)


def save(target, name, modules):
    """The whole pipeline, saved by diffusers."""
    work = target / "tokenizer-files"
    vocabulary = modules["text_encoder"].config.vocab_size
    pipe = StableDiffusion3Pipeline(
        **modules,
        scheduler=FlowMatchEulerDiscreteScheduler.from_config(scheduler_config(name)),
        tokenizer=clip_tokenizer("tokenizer", work, vocabulary),
        tokenizer_2=clip_tokenizer("tokenizer_2", work, vocabulary),
        tokenizer_3=t5_tokenizer("tokenizer_3", work, modules["text_encoder_3"].config.vocab_size),
    )
    pipe.save_pretrained(target, max_shard_size=SHARD.get(name, "100MB"))
    shutil.rmtree(work)


def link(folder, name, linked, modules):
    """The changed components, saved by their library; links to another checkpoint's for the rest."""
    target = folder / name
    target.mkdir()
    for path in sorted((folder / linked).iterdir()):
        if path.name not in modules and path.name != COMPLETE:
            (target / path.name).symlink_to(Path("..") / linked / path.name)
    for component, module in modules.items():
        module.save_pretrained(target / component, max_shard_size=SHARD.get(linked, "100MB"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", nargs="+", choices=CHECKPOINTS, default=["medium"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    quiet()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.size:
        write_checkpoint(options.folder, name, options.device, options.seed)


if __name__ == "__main__":
    main()
