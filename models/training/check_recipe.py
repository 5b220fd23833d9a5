"""Rehearse the whole recipe in a temporary folder, then check what came out.

    python check_recipe.py
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors import safe_open

from check_clock import (
    a_killed_stage_goes_on, a_measurement_that_throws_is_logged, steps_end_in_time, warm_up_is_by_steps,
)
from check_muon import muon_is_torchs
from check_pack import pack_is_small_and_whole, pack_takes_the_best_there_is
from check_schedule import (
    a_failure_stops_what_needs_it, a_file_counts_not_an_exit_code, plans_hold, several_gpus_survive,
)
from held_out import LAYOUTS, as_scene, claims, excluded_combinations, load
from mattes import Mattes
from render import render
from scenes import Scenes, combinations

HERE = Path(__file__).resolve().parent


def held_out_is_held_out() -> None:
    entries, excluded = load(), excluded_combinations()
    assert len(entries) == sum(LAYOUTS.values()) >= 300 and len(excluded) >= len(claims(entries))
    assert len({entry[which]["caption"] for entry, which in claims(entries)}) == len(claims(entries))
    drawn = {combination for scene in Scenes(11, excluded).take(30_000) for combination in combinations(scene)}
    free = {combination for scene in Scenes(11, frozenset()).take(30_000) for combination in combinations(scene)}
    assert not drawn & excluded and len(free & excluded) > len(excluded) // 2


def renders_repeat() -> None:
    scenes = Scenes(12, excluded_combinations()).take(16)
    first, second = (
        render(scenes, 128, 192, torch.device("cpu"), torch.Generator().manual_seed(1)) for _ in range(2)
    )
    assert first.shape == (16, 3, 128, 192) and torch.equal(first, second) and first.isfinite().all()


def mattes_are_where_the_things_are() -> None:
    scenes = [as_scene(entry, "base") for entry in load() if entry["layout"] == "three"][:8]
    mattes, device = Mattes(), torch.device("cpu")
    with_mattes, without = (
        render(scenes, 96, 96, device, torch.Generator().manual_seed(1), asked) for asked in (mattes, None)
    )
    assert torch.equal(with_mattes, without)
    across = torch.arange(96.0)
    left, middle, right = (
        (mattes.of[slot].sum(dim=1) * across).sum(dim=1) / mattes.of[slot].sum(dim=(1, 2))
        for slot in ("left", "middle", "right")
    )
    assert (left < 32).all() and (middle > 40).all() and (middle < 56).all() and (right > 64).all()
    assert sum(mattes.of.values()).max() <= 1.001


def folders_are_whole(work: Path) -> None:
    files = [path for path in (work / "sd3-nano").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 64_000_000
    assert max(path.stat().st_size for path in files) <= 16_000_000
    names = {name for path in files if path.suffix == ".safetensors" for name in safe_open(path, "pt").keys()}
    for name in ("text_model.encoder.layers.0.self_attn.q_proj.weight", "text_projection.weight", "shared.weight",
                 "encoder.block.0.layer.0.SelfAttention.q.weight", "transformer_blocks.0.attn.add_q_proj.weight",
                 "pos_embed.pos_embed", "decoder.conv_in.weight"):
        assert name in names, name


def held_loss_is_logged(work: Path) -> None:
    """Of both denoisers, at three times: finite, and of the size that a model has which has learned next to nothing."""
    for name in ("flow", "ddpm"):
        lines = [line for line in (work / "log.txt").read_text().splitlines() if f"{name}-2" in line and "held out: " in line]
        losses = [float(value) for value in re.findall(r"t [\d.]+ ([\d.]+)", lines[0].split("held out: ")[1])]
        assert len(lines) == 1 and len(losses) == 3 and all(0 < loss < 4 for loss in losses), lines


def averages_are_left(work: Path) -> None:
    """By both denoisers at the latest when their first part ends, like what they leave in the end."""
    for name in ("flow", "ddpm"):
        so_far, last = (torch.load(work / f"{name}{end}") for end in (".average.pt", ".pt"))
        assert {*so_far} == {*last} and all(tensor.dtype == torch.float16 for tensor in so_far.values())
        assert any(not torch.equal(so_far[key], last[key]) for key in last)


def one_twin_is_evaluated_alone(work: Path) -> None:
    (work / "out" / "evaluation.json").unlink()
    (work / "ddpm.pt").rename(work / "ddpm.hidden")
    subprocess.run([sys.executable, str(HERE / "run.py"), str(work), "evaluate", "--rehearse"], check=True)
    measured = json.loads((work / "out" / "evaluation.json").read_text())
    assert "flow 2" in measured and not [name for name in measured if name.startswith("dd")], measured
    (work / "ddpm.hidden").rename(work / "ddpm.pt")


def one_gpu_goes_on(work: Path) -> None:
    """What is missing is made again, and nothing else, by the plain command."""
    (work / "out" / "evaluation.json").unlink()
    subprocess.run([sys.executable, str(HERE / "run.py"), str(work), "--rehearse"], check=True)
    assert (work / "out" / "evaluation.json").exists()
    last = [line for line in (work / "log.txt").read_text().splitlines() if "  run  " in line][-1]
    assert last.endswith(": evaluate"), last


if __name__ == "__main__":
    began = time.time()
    held_out_is_held_out()
    renders_repeat()
    mattes_are_where_the_things_are()
    muon_is_torchs()
    plans_hold()
    with tempfile.TemporaryDirectory() as folder:
        for check in (
            steps_end_in_time, warm_up_is_by_steps, a_killed_stage_goes_on, a_measurement_that_throws_is_logged,
        ):
            check(Path(folder) / check.__name__)
        pack_takes_the_best_there_is(Path(folder) / "products")
        a_file_counts_not_an_exit_code(Path(folder) / "dummies")
        work = Path(folder) / "work"
        several_gpus_survive(work)
        folders_are_whole(work)
        held_loss_is_logged(work)
        pack_is_small_and_whole(work, Path(folder) / "packed")
        averages_are_left(work)
        one_twin_is_evaluated_alone(work)
        one_gpu_goes_on(work)
        a_failure_stops_what_needs_it(work)
    print(f"the recipe holds together ({time.time() - began:.0f} s)")
