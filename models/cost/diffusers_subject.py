"""diffusers on the CPU as a subject of the cost benchmark: one request a line on stdin, one answer a line on stdout.

    python models/cost/diffusers_subject.py CHECKPOINT THREADS [--compile MODE] [--backend NAME]

A request is {"part", "repeats", "size", "steps", "prompt", "seed"}; the answer {"seconds": [...]}, one number a repeat,
or {"error", "repair"}. The part "picture" also answers its last picture's bytes, "picture" in base64.
"""

import argparse
import base64
import json
import os
import platform
import sys
import time

# Only answers go to stdout: whatever a compiler prints goes where errors go.
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def answer(**fields):
    print(json.dumps(fields), file=answers, flush=True)


try:
    import diffusers
    import numpy as np
    import torch
    import transformers
except ImportError as error:
    repair = "Install what it is held against: python -m pip install -r models/training/requirements.txt; or pass --python."
    answer(error=f"{sys.executable} has no {error.name}.", repair=repair)
    sys.exit(2)


class Subject:
    """A pipeline in float32: weights stored in float16 and float8 are widened when they are loaded."""

    def __init__(self, checkpoint, mode, backend):
        self.pipe = diffusers.StableDiffusion3Pipeline.from_pretrained(checkpoint, dtype=torch.float32)
        self.pipe.set_progress_bar_config(disable=True)
        if mode:
            compiled = {"mode": mode, "backend": backend, "dynamic": False}
            self.pipe.transformer = torch.compile(self.pipe.transformer, fullgraph=True, **compiled)
            self.pipe.vae.decode = torch.compile(self.pipe.vae.decode, **compiled)
        self.embeddings = {}

    def encode(self, request):
        names = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
        values = self.pipe.encode_prompt(prompt=request["prompt"], prompt_2=None, prompt_3=None)
        self.embeddings = dict(zip(names, values))

    def steps(self, request):
        """The denoising loop alone: the prompt is encoded already, and nothing is decoded."""
        self.draw(request, output_type="latent", **self.embeddings)

    def decode(self, request):
        config = self.pipe.vae.config
        generator = torch.Generator("cpu").manual_seed(request["seed"])
        side = request["size"] // 2 ** (len(config.block_out_channels) - 1)
        latents = torch.randn(1, config.latent_channels, side, side, generator=generator)
        image = self.pipe.vae.decode(latents / config.scaling_factor + config.shift_factor, return_dict=False)[0]
        self.pipe.image_processor.postprocess(image, output_type="np")

    def picture(self, request):
        image = self.draw(request, prompt=request["prompt"], output_type="pil")[0]
        return base64.b64encode(np.asarray(image).tobytes()).decode("ascii")

    def draw(self, request, **arguments):
        return self.pipe(
            **arguments, height=request["size"], width=request["size"], num_inference_steps=request["steps"],
            guidance_scale=7.0, generator=torch.Generator("cpu").manual_seed(request["seed"]),
        ).images  # fmt: skip


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("threads", type=int)
    parser.add_argument("--compile", metavar="MODE")
    parser.add_argument("--backend", default="inductor")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    subject = Subject(options.checkpoint, options.compile, options.backend)
    modules = {"PyTorch": torch, "diffusers": diffusers, "transformers": transformers}
    versions = {name: module.__version__ for name, module in modules.items()}
    answer(versions={"Python": platform.python_version(), **versions}, threads=torch.get_num_threads())
    for line in sys.stdin:
        request = json.loads(line)
        seconds, made = [], None
        try:
            for _ in range(request["repeats"]):
                started = time.perf_counter()
                made = getattr(subject, request["part"])(request)
                seconds.append(time.perf_counter() - started)
        except Exception as error:  # noqa: BLE001: whatever a compiler throws is the answer
            answer(error=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", repair="")
            continue
        answer(seconds=seconds, **({"picture": made} if made else {}))


if __name__ == "__main__":
    main()
