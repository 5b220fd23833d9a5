"""What is compared, and at which sizes. Sizes are height × width in pixels."""

from dataclasses import dataclass, field
from itertools import product

TEXTS = [
    "a cat sitting on a beach at sunset",
    "a red ball to the left of a blue cube, on a wooden table, with a green plant in the background",
    "an old lighthouse on a cliff, oil painting, heavy clouds, a small boat far below",
    "",
]
COLOURS = ["red", "blue", "green", "yellow", "white", "black", "purple", "orange"]
THINGS = ["ball", "cube", "boat", "lamp", "chair", "bottle", "tree", "cat"]
PLACES = [
    "on a beach at sunset",
    "in front of a stone wall, seen from far away, in the rain",
    "and nothing else",
    "on a wooden table, beside a window, with a dark forest and a river outside",
]
# A seed's prompt is the one at its place.
PROMPTS = TEXTS + [f"a {colour} {thing} {place}" for place, thing, colour in product(PLACES, THINGS, COLOURS)]
GUIDANCE = 7.0

# Outputs of the tiny checkpoints are few numbers, and cheap: tiny_scatter.py says how far chance moves their ratios. A
# prompt's pooled embedding is the smallest, of 32.
TINY_PROMPTS = 256
TINY_SEEDS = 128
TINY_STEPS = 4


def negative_prompt(seed):
    """Of each seed another: one for all would be one measurement, counted as many."""
    return PROMPTS[-1 - seed]


@dataclass(frozen=True)
class Case:
    """One row or more of the table; every seed has inputs of its own."""

    kind: str
    checkpoint: str
    seeds: int
    component: str
    height: int = 0
    width: int = 0
    options: dict = field(default_factory=dict)

    @property
    def name(self):
        size = f"-{self.height}x{self.width}" if self.height else ""
        return f"{self.checkpoint}-{self.component if self.kind == 'text_encoder' else self.kind}{size}"


@dataclass(frozen=True)
class Plan:
    base: str
    steps: int
    transformer: list  # sizes
    sd35: tuple
    decode: list
    encode: tuple
    pictures: list  # (size, seeds)


PLANS = {
    "full": Plan(
        base="medium", steps=28, transformer=[(512, 512), (1024, 1024), (768, 1152)], sd35=(1024, 1024),
        decode=[(512, 512), (1024, 1024)], encode=(1024, 1024), pictures=[((512, 512), 3), ((1024, 1024), 2)],
    ),
    "small": Plan(
        base="small", steps=4, transformer=[(64, 64), (128, 128), (96, 144)], sd35=(96, 144),
        decode=[(64, 64), (128, 128)], encode=(96, 144), pictures=[((64, 64), 2), ((128, 128), 1)],
    ),
}  # fmt: skip


def cases(size):
    plan = PLANS[size]
    base, sd35 = plan.base, "sd35-medium" if size == "full" else "small-sd35"
    overflow = "t5-overflow" if size == "full" else "small-t5-overflow"
    yield from encoder_cases(base, len(TEXTS))
    for height, width in plan.transformer:
        yield Case("transformer", base, 3, "transformer", height, width)
    for height, width in plan.decode:
        yield Case("vae_decode", base, 2, "vae", height, width)
    yield Case("vae_encode", base, 2, "vae", *plan.encode)
    for (height, width), seeds in plan.pictures:
        yield Case("picture", base, seeds, "pipeline", height, width, {"steps": plan.steps})
    yield Case("transformer", sd35, 3, "transformer", *plan.sd35)
    yield Case("text_encoder", overflow, 3, "text_encoder_3", options={"also_wholly_half": True})
    yield from tiny_cases()


def tiny_cases():
    yield from encoder_cases("tiny", TINY_PROMPTS)
    yield Case("transformer", "tiny", TINY_SEEDS, "transformer", 32, 32)
    yield Case("transformer", "tiny-sd35", TINY_SEEDS, "transformer", 32, 32)
    yield Case("vae_decode", "tiny", TINY_SEEDS, "vae", 32, 32)
    yield Case("vae_encode", "tiny", TINY_SEEDS, "vae", 32, 32)
    yield Case("picture", "tiny", TINY_PROMPTS, "pipeline", 32, 32, {"steps": TINY_STEPS})


def encoder_cases(checkpoint, seeds):
    for component in ("text_encoder", "text_encoder_2", "text_encoder_3"):
        yield Case("text_encoder", checkpoint, seeds, component)
    yield Case("encode_prompt", checkpoint, seeds, "pipeline")
