"""Paint a batch of scenes at any size. The same scenes and generator state give the same pictures."""

from typing import Callable

import torch
from torch import Tensor

from cat import cat
from landscapes import LANDSCAPE_PAINTERS
from mattes import Mattes
from objects import SHAPE_PAINTERS, TOP_OF
from picture import Picture, ellipse
from plants import PLANT_PAINTERS
from scenes import Scene, Thing
from skies import THING_TINT, by_hour
from supports import SUPPORT_PAINTERS
from vocabulary import ALL_COLOURS, COATS, TIMES

PLACE_PAINTERS = {**SUPPORT_PAINTERS, **LANDSCAPE_PAINTERS}


@torch.no_grad()
def render(
    scenes: list[Scene], height: int, width: int, device, generator: torch.Generator, mattes: Mattes | None = None
) -> Tensor:
    """Pictures [n, 3, height, width] in -1..1. `mattes` learns where every thing is, at three times the paint."""
    picture = Picture(len(scenes), height, width, device, generator)
    hour = torch.tensor([TIMES.index(scene.time) for scene in scenes], device=device)
    for place, _, rows in groups([scene.place for scene in scenes], device):
        part = picture.part(rows)
        PLACE_PAINTERS[place](part, hour[rows])
        picture.put(rows, part)
    tint = by_hour(THING_TINT, hour)
    paint_plants(picture, scenes, tint, mattes)
    for slot, where in arrange(picture, scenes).items():
        paint_things(picture, scenes, slot, where, tint, mattes)
    return picture.rgb.clamp(0, 1) * 2 - 1


def groups(keys: list, device):
    """(key, rows that have it, the same as a tensor) for every key but None, in a fixed order."""
    for key in sorted({key for key in keys if key is not None}):
        rows = [row for row, own in enumerate(keys) if own == key]
        yield key, rows, torch.tensor(rows, device=device)


def arrange(picture: Picture, scenes: list[Scene]) -> dict[str, Tensor]:
    """Where the things of each slot stand: [n, 3] of x, foot, size."""
    device = picture.device
    spread = min(1.3, picture.width / picture.height) if picture.width > picture.height else 1.0
    foot = picture.random(-0.66, -0.52)[:, 0, 0]
    crowd = torch.tensor([len(scene.row) for scene in scenes], device=device)
    size = torch.tensor([0.5, 0.5, 0.36, 0.27], device=device)[crowd] * picture.random(0.9, 1.08)[:, 0, 0]
    stacked = torch.tensor([scene.top is not None for scene in scenes], device=device)
    size = torch.where(stacked, size * 0.66, size)
    apart = torch.where(crowd == 3, 0.64, 0.48) * spread

    def place(x: float) -> Tensor:
        across = x * apart + picture.random(-0.05, 0.05)[:, 0, 0]
        down = foot + picture.random(-0.03, 0.03)[:, 0, 0] - torch.where(stacked, 0.12, 0.0)
        return torch.stack([across, down, size * picture.random(0.95, 1.05)[:, 0, 0]], dim=1)

    middle = place(0.0)
    rise = torch.tensor([TOP_OF.get(scene.middle.kind, 0.0) if scene.top else 0.0 for scene in scenes], device=device)
    top = torch.stack([middle[:, 0], middle[:, 1] + (rise + 0.02) * middle[:, 2], middle[:, 2] * 0.8], dim=1)
    return {"left": place(-1.0), "right": place(1.0), "middle": middle, "top": top}


def colours(picture: Picture, things: list[Thing], table: dict, tint: Tensor) -> Tensor:
    """Each thing's colour with a little variety, under the hour's light, [n, 3]."""
    base = torch.tensor([table.get(thing.colour) or ALL_COLOURS[thing.colour] for thing in things], device=picture.device)
    jitter = torch.randn(len(things), 3, device=picture.device, generator=picture.generator) * 0.018
    return ((base + jitter) * picture.random(0.95, 1.03)[:, 0] * tint).clamp(0.02, 0.98)


def local(picture: Picture, where: Tensor):
    """Coordinates with the origin at a thing's foot and its half width as unit, and the size of a pixel in them."""
    x, foot, size = where.T[:, :, None, None]
    return (picture.x - x) / size, (picture.y - foot) / size, picture.px / size


def paint_one(picture: Picture, slot: str, rows: Tensor, part: Picture, paint: Callable, mattes: Mattes | None) -> None:
    """One kind of thing into the pictures `rows`, of which `part` is a copy."""
    paint(part)
    if mattes is not None:
        mattes.add(slot, rows, part, paint, len(picture))
    picture.put(rows, part)


def paint_things(picture: Picture, scenes: list[Scene], slot: str, where: Tensor, tint: Tensor, mattes) -> None:
    things = [getattr(scene, slot) for scene in scenes]
    for kind, numbers, rows in groups([thing and thing.kind for thing in things], picture.device):
        part = picture.part(rows)
        own = [things[row] for row in numbers]
        u, v, px = local(part, where[rows])
        colour = colours(part, own, COATS if kind == "cat" else {}, tint[rows])
        if slot != "top":
            shadow(part, u, v, wide=0.7 if kind in ("cat", "star", "heart") else 0.95)
        painter = cat if kind == "cat" else SHAPE_PAINTERS[kind]
        paint_one(picture, slot, rows, part, lambda canvas: painter(canvas, u, v, px, colour), mattes)


def shadow(picture: Picture, u: Tensor, v: Tensor, wide: float) -> None:
    """A soft shadow falling to the right, darkest where the thing touches the ground."""
    soft = (-ellipse(u - 0.22, v + 0.01, wide + 0.25, 0.26) / 0.3).clamp(0, 1)
    near = (-ellipse(u - 0.04, v - 0.03, wide, 0.13) / 0.12).clamp(0, 1)
    picture.blend((0.42 * soft + 0.35 * near).clamp(0, 0.7), (0.05, 0.05, 0.10))


def paint_plants(picture: Picture, scenes: list[Scene], tint: Tensor, mattes: Mattes | None) -> None:
    """Behind everything else, in a gap: the middle of a pair, beside a single thing."""
    plants = [scene.plant for scene in scenes]
    for kind, numbers, rows in groups([plant and plant.kind for plant in plants], picture.device):
        part = picture.part(rows)
        own = [scenes[row] for row in numbers]
        side = torch.where(part.random(0, 1)[:, 0, 0] < 0.5, -1.0, 1.0)
        pair = torch.tensor([scene.left is not None for scene in own], device=part.device)
        x = torch.where(pair, side * part.random(0.0, 0.16)[:, 0, 0], side * part.random(0.58, 0.74)[:, 0, 0])
        size = part.random(0.42, 0.5)[:, 0, 0]
        where = torch.stack([x, part.random(-0.24, -0.16)[:, 0, 0], size], dim=1)
        u, v, px = local(part, where)
        shadow(part, u, v, wide=0.5)
        colour = colours(part, [scene.plant for scene in own], {}, tint[rows])
        painter, light = PLANT_PAINTERS[kind], tint[rows]
        paint_one(picture, "plant", rows, part, lambda canvas: painter(canvas, u, v, px, colour, light), mattes)
