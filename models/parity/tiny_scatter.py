"""How far chance alone moves a tiny checkpoint's ratio, and how many seeds keep it close to 1.

    python models/parity/tiny_scatter.py WORKDIR [--kinds text_encoder …]

Nothing of the harness is in it. diffusers' own networks are computed in float32 and, twice, with the output of every
module that puts out one tensor rounded to float16's eleven bits: in units of its own for each seed and each of the two, so
that both round equally well and not alike. Their true ratio is 1. Printed is the middle 90 % of what 2,000 drawings of n of a case's seeds make of it:
as ratio of the medians over the seeds, as ratio of the errors over all values of all seeds, and as geometric mean of the
seeds' own ratios. Needs WORKDIR/checkpoints/tiny and tiny-sd35.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from cases import tiny_cases
from compute import inputs_of, outputs_of
from environment import quiet
from reference import embeddings, load, modules

COUNTS = (4, 16, 64, 128, 256)
DRAWS = 2000


class Rounding:
    """While it is entered, the modules of `networks` that put out one tensor round it to float16 in multiples of `unit`."""

    def __init__(self, networks, unit):
        self.networks, self.unit = networks, unit

    def __enter__(self):
        everything = [module for network in self.networks for module in network.modules()]
        self.hooks = [module.register_forward_hook(self.round) for module in everything]

    def __exit__(self, *_):
        for hook in self.hooks:
            hook.remove()

    def round(self, module, inputs, output):
        if torch.is_tensor(output) and output.is_floating_point():
            return (output / self.unit).half().to(output.dtype) * self.unit
        return output


def squares_of(case, pipe, text, draw):
    """By output, [seeds, 3]: the squared errors of both roundings and the squared norm of what is exact."""
    rows = {}
    for seed in range(case.seeds):

        def compute():
            inputs = inputs_of(case, seed, pipe, text)
            return outputs_of(case, seed, pipe, inputs, "cpu", torch.float32)

        exact = compute()
        rounded = []
        for _ in range(2):
            with Rounding(modules(pipe), 2 ** draw.random()):
                rounded.append(compute())
        for name, expected in exact.items():
            if name != "input_ids":
                squares = [(other[name] - expected).square().sum().item() for other in rounded]
                rows.setdefault(name, []).append([*squares, expected.square().sum().item()])
    return {name: np.array(values) for name, values in rows.items()}


def ratios(first, second, norm):
    """Over the last axis, the seeds."""
    one, other = np.sqrt(first / norm), np.sqrt(second / norm)
    return {
        "medians": np.median(one, -1) / np.median(other, -1),
        "all values": np.sqrt(first.sum(-1) / second.sum(-1)),
        "geometric mean": np.exp(np.mean(np.log(one) - np.log(other), -1)),
    }


def report(case, name, rows, draw):
    first, second, norm = rows.T
    for count in COUNTS:
        # With replacement; of each seed it is drawn too which rounding stands above the line: they are as good.
        chosen = draw.integers(len(rows), size=(DRAWS, count))
        swap = draw.integers(2, size=(DRAWS, count)) == 1
        one, other = np.where(swap, second[chosen], first[chosen]), np.where(swap, first[chosen], second[chosen])
        bands = []
        for label, values in ratios(one, other, norm[chosen]).items():
            low, high = np.quantile(values, [0.05, 0.95])
            bands.append(f"{label} {low:.2f}…{high:.2f}")
        print(f"{case.name} {name}, {count} seeds: {', '.join(bands)}", flush=True)


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--kinds", nargs="+")
    options = parser.parse_args()
    quiet()
    draw = np.random.default_rng(0)
    (options.work / "reference").mkdir(parents=True, exist_ok=True)
    whole = load(options.work / "checkpoints" / "tiny", "pipeline", "cpu")
    text = embeddings(whole, options.work / "reference", "tiny")
    for case in tiny_cases():
        if options.kinds and case.kind not in options.kinds:
            continue
        linked = case.checkpoint != "tiny"
        pipe = load(options.work / "checkpoints" / case.checkpoint, case.component, "cpu") if linked else whole
        for module in modules(pipe):
            module.float()
        for name, rows in squares_of(case, pipe, text, draw).items():
            report(case, name, rows, draw)


if __name__ == "__main__":
    main()
