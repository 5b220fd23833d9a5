"""Times diffusers in float16: eager, or with the transformer compiled.

    python models/parity/bench_diffusers.py WORKDIR [--compile MODE] [--sizes 512x512 1024x1024] [--first-picture]

Writes WORKDIR/results/diffusers-eager.json or diffusers-compile-MODE.json after each measurement. A step is one guided
forward pass (batch 2) between CUDA events, the median of --repeats after warm-up; a picture is the pipeline's own call
with prompt, 28 steps, guidance 7 and decoding, on the wall clock. MODE is torch.compile's: reduce-overhead (CUDA graphs)
compiles within a minute or so; max-autotune, which diffusers' SD3 page shows, takes several.
--first-picture draws one picture in a fresh process, prints "PICTURE" and ends.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch
from diffusers import StableDiffusion3Pipeline

from environment import environment, quiet

PROMPT = "a cat sitting on a beach at sunset"
WARM_UP = 3


class Bench:
    def __init__(self, options):
        self.options = options
        self.cuda = options.device == "cuda"
        self.name = f"diffusers-compile-{options.compile}" if options.compile else "diffusers-eager"
        self.result = {"environment": environment(), "mode": options.compile, "repeats": options.repeats, "sizes": {}}

    def keep(self, size, **measured):
        entry = self.result["sizes"].setdefault(size, {}) if size else self.result
        entry |= measured
        folder = self.options.work / "results"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.json").write_text(json.dumps(self.result, indent=1) + "\n", encoding="utf-8")
        text = ", ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in measured.items())
        print(f"{self.name} {size}: {text}", flush=True)

    def synchronize(self):
        if self.cuda:
            torch.cuda.synchronize()

    def wall(self, run):
        """Seconds of one call, waiting for the GPU before and after."""
        self.synchronize()
        started = time.perf_counter()
        run()
        self.synchronize()
        return time.perf_counter() - started

    def median(self, run, repeats):
        """Median seconds of one call, on the GPU's clock where there is one."""
        for _ in range(WARM_UP):
            run()
        if not self.cuda:
            return statistics.median(self.wall(run) for _ in range(repeats))
        times = []
        for _ in range(repeats):
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            run()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end) / 1000)
        return statistics.median(times)


def load(options):
    pipe = StableDiffusion3Pipeline.from_pretrained(
        options.work / "checkpoints" / options.checkpoint, torch_dtype=torch.float16
    ).to(options.device)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def matrix_rate(bench):
    """TFLOP/s of the card's largest plain product in float16, the roof that a step is held against."""
    side = 8192 if bench.cuda else 512
    a, b = (torch.randn(side, side, device=bench.options.device, dtype=torch.float16) for _ in range(2))
    # Two seconds of work first: clocks settle at what the card sustains.
    rounds = 800 if bench.cuda else 1
    for _ in range(rounds):
        a @ b
    seconds = bench.median(lambda: a @ b, 50)
    bench.keep("", matrixTeraflops=2 * side**3 / seconds / 1e12)


def step_inputs(pipe, height, width, device):
    """Inputs of one guided step on the device, in float16."""
    config, half = pipe.transformer.config, torch.float16
    text = 77 + 256
    return {
        "hidden_states": torch.randn(2, config.in_channels, height // 8, width // 8, device=device, dtype=half),
        "encoder_hidden_states": torch.randn(2, text, config.joint_attention_dim, device=device, dtype=half),
        "pooled_projections": torch.randn(2, config.pooled_projection_dim, device=device, dtype=half),
        "timestep": torch.full((2,), 500.0, device=device),
        "return_dict": False,
    }


def draw(pipe, options, height, width):
    return pipe(
        prompt=PROMPT, height=height, width=width, num_inference_steps=options.steps, guidance_scale=7.0,
        generator=torch.Generator("cpu").manual_seed(42),
    ).images[0]  # fmt: skip


def compile_transformer(pipe, mode):
    torch._dynamo.config.cache_size_limit = 64
    pipe.transformer = torch.compile(pipe.transformer, mode=mode, fullgraph=True, dynamic=False)


def measure(bench, pipe, height, width):
    options, size = bench.options, f"{height}x{width}"
    inputs = step_inputs(pipe, height, width, options.device)
    first = bench.wall(lambda: pipe.transformer(**inputs))
    bench.keep(size, firstStepSeconds=first)
    bench.keep(size, stepSeconds=bench.median(lambda: pipe.transformer(**inputs), options.repeats))
    latents = torch.randn_like(inputs["hidden_states"][:1])
    decode = lambda: pipe.vae.decode(latents, return_dict=False)  # noqa: E731
    bench.keep(size, decodeSeconds=bench.median(decode, max(3, options.repeats // 4)))
    draw(pipe, options, height, width)
    pictures = [bench.wall(lambda: draw(pipe, options, height, width)) for _ in range(3 if bench.cuda else 1)]
    bench.keep(size, pictureSeconds=statistics.median(pictures))


def encode(bench, pipe):
    call = lambda: pipe.encode_prompt(prompt=PROMPT, prompt_2=None, prompt_3=None)  # noqa: E731
    bench.keep("", encodeSeconds=bench.median(call, max(3, bench.options.repeats // 4)))


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--checkpoint", default="medium")
    parser.add_argument("--compile", metavar="MODE", help="default, reduce-overhead or max-autotune")
    parser.add_argument("--sizes", nargs="+", default=["512x512", "1024x1024"], help="HEIGHTxWIDTH")
    parser.add_argument("--steps", type=int, default=28)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--first-picture", action="store_true")
    options = parser.parse_args()
    quiet()
    sizes = [tuple(map(int, size.split("x"))) for size in options.sizes]
    if options.first_picture:
        draw(load(options), options, *sizes[-1]).save(options.work / "first-picture-diffusers.png")
        print("PICTURE", flush=True)
        return
    bench = Bench(options)
    started = time.perf_counter()
    pipe = load(options)
    bench.keep("", loadSeconds=time.perf_counter() - started)
    if options.compile:
        compile_transformer(pipe, options.compile)
    else:
        matrix_rate(bench)
        encode(bench, pipe)
    for height, width in sizes:
        measure(bench, pipe, height, width)


if __name__ == "__main__":
    main()
