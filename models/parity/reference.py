"""Computes every case with diffusers and transformers, in float32 and in float16, and stores inputs and outputs.

    python models/parity/reference.py WORKDIR [--size full] [--only CHECKPOINT …] [--device cuda]

float32 is the same float16 weights, widened, with TF32 off and attention spelled out. Reads WORKDIR/checkpoints, writes
WORKDIR/reference/NAME.safetensors with tensors SEED/input/…, SEED/fp32/…, SEED/fp16/… and NAME.json beside it.
A case that is stored already, with the seeds and texts that it has today, is not computed again.
"""

import argparse
import itertools
import json
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import diffusers
import torch
import transformers
from diffusers import StableDiffusion3Pipeline
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.nn.attention import SDPBackend, sdpa_kernel

from case_record import is_stored, write_record
from cases import PROMPTS, TEXTS, cases, negative_prompt
from compute import encode_prompt, inputs_of, outputs_of
from configs import CHECKPOINTS, CLASSES
from environment import environment, quiet


def load(folder, component, device):
    """The whole pipeline in float16 as diffusers loads it, T5's `wo` in float32; or one component with its tokenizer."""
    if component == "pipeline":
        pipe = StableDiffusion3Pipeline.from_pretrained(folder, torch_dtype=torch.float16).to(device)
        pipe.set_progress_bar_config(disable=True)
        return pipe
    library = transformers if component.startswith("text") else diffusers
    module = getattr(library, CLASSES[component]).from_pretrained(folder / component, torch_dtype=torch.float16)
    pipe = SimpleNamespace(**{component: module.to(device).eval()})
    if library is transformers:
        tokenizer = component.replace("text_encoder", "tokenizer")
        cls = transformers.T5TokenizerFast if component == "text_encoder_3" else transformers.CLIPTokenizer
        setattr(pipe, tokenizer, cls.from_pretrained(folder / tokenizer))
    return pipe


def modules(pipe):
    return [getattr(pipe, name) for name in CLASSES if getattr(pipe, name, None) is not None]


def precise(device):
    """Attention in plain matrix products: fused kernels may round float32 on the way."""
    return sdpa_kernel(SDPBackend.MATH) if device == "cuda" else nullcontext()


def metadata(path):
    with safe_open(path, framework="pt") as file:
        return file.metadata()


def embeddings(pipe, folder, checkpoint):
    """The text that transformers are given, the negative first: from the checkpoint itself, or the one it is linked to."""
    path = folder / f"embeddings-{CHECKPOINTS[checkpoint][2] or checkpoint}.safetensors"
    texts = {"texts": json.dumps([[PROMPTS[row], negative_prompt(row)] for row in range(len(TEXTS))])}
    if not path.exists() or metadata(path) != texts:
        linked = CHECKPOINTS[checkpoint][2]
        if linked:
            raise SystemExit(f"{checkpoint} takes its texts from {linked}, whose are not made.\nAdd {linked} to --only.")
        tensors = {}
        for row in range(len(TEXTS)):
            encoded = encode_prompt(None, row, pipe, {}, None)
            pairs = {
                "encoder_hidden_states": ("negativePromptEmbeds", "promptEmbeds"),
                "pooled_projections": ("negativePooledPromptEmbeds", "pooledPromptEmbeds"),
            }
            for name, pair in pairs.items():
                tensors[f"{row}/{name}"] = torch.cat([encoded[key] for key in pair]).float().cpu().contiguous()
        save_file(tensors, path, metadata=texts)
    stored = load_file(path)
    return [
        {name: stored[f"{row}/{name}"] for name in ("encoder_hidden_states", "pooled_projections")}
        for row in range(len(TEXTS))
    ]


@torch.inference_mode()
def compute(checkpoint, group, total, work, device):
    """Cases of one checkpoint, of `total` that it has: first in float16, then with the same weights widened."""
    components = {case.component for case in group}
    whole = CHECKPOINTS[checkpoint][2] is None
    started = time.perf_counter()
    pipe = load(work / "checkpoints" / checkpoint, "pipeline" if whole else components.pop(), device)
    print(f"{checkpoint}: loaded in {time.perf_counter() - started:.1f} s", flush=True)
    needs_text = any(case.kind == "transformer" for case in group)
    text = embeddings(pipe, work / "reference", checkpoint) if needs_text else None
    tensors = {case.name: {} for case in group}

    def run(case, kind, dtype):
        started = time.perf_counter()
        for seed in range(case.seeds):
            inputs = inputs_of(case, seed, pipe, text)
            outputs = outputs_of(case, seed, pipe, inputs, device, dtype)
            tensors[case.name] |= {f"{seed}/input/{key}": value.clone(memory_format=torch.contiguous_format) for key, value in inputs.items()}
            tensors[case.name] |= {f"{seed}/{kind}/{key}": value for key, value in outputs.items()}
        print(f"{case.name}: {kind} in {time.perf_counter() - started:.1f} s", flush=True)

    for case in group:
        run(case, "fp16", torch.float16)
    for case in group:
        if not case.options.get("also_wholly_half"):
            continue
        for module in modules(pipe):
            module.to(torch.float16)
        run(case, "half", torch.float16)
    for module in modules(pipe):
        module.float()
    for case in group:
        with precise(device):
            run(case, "fp32", torch.float32)
        store(case, total, tensors.pop(case.name), work / "reference")


def store(case, total, tensors, folder):
    """The JSON last: it says that the tensors are complete."""
    save_file(tensors, folder / f"{case.name}.safetensors")
    write_record(folder, case, total, environment())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--size", choices=["full", "small"], default="full")
    parser.add_argument("--only", nargs="+", choices=CHECKPOINTS, default=list(CHECKPOINTS), metavar="CHECKPOINT")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    quiet()
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    folder = options.work / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [case for case in cases(options.size) if case.checkpoint in options.only]
    totals = Counter(case.checkpoint for case in wanted)
    missing = [case for case in wanted if not is_stored(folder, case, totals[case.checkpoint])]
    by_checkpoint = sorted(missing, key=lambda case: list(CHECKPOINTS).index(case.checkpoint))
    for checkpoint, group in itertools.groupby(by_checkpoint, key=lambda case: case.checkpoint):
        compute(checkpoint, list(group), totals[checkpoint], options.work, options.device)
        if options.device == "cuda":
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
