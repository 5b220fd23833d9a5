"""A cat, sitting and looking at you, in the coordinates of `objects.py`: 1.3 wide, 2.3 high."""

import torch

from picture import Picture, as_colour, capsule, circle, convex, ellipse, join, lit

BLACK, WHITE, PINK, GREEN = (0.07, 0.07, 0.09), (1.0, 1.0, 1.0), (0.93, 0.58, 0.6), (0.72, 0.82, 0.25)


def rounded(distance, u, strength=0.32):
    """Fur lit from the left, darker towards its own edge."""
    edge = (1 + distance / 0.16).clamp(0, 1)
    return 1.0 - strength * edge * edge - 0.16 * u


def cat(picture: Picture, u, v, px, coat):
    """`coat` [n, 3]; light patches, stripes and whiskers follow from it."""
    bright = coat.mean(dim=1)[:, None, None]
    pale = coat + (1 - coat) * (0.62 * (bright > 0.3).float() + 0.12)[:, 0]
    stripe = coat * 0.68
    striped = ((bright > 0.3) & (bright < 0.85)).float()
    tail(picture, u, v, px, coat, pale)
    body(picture, u, v, px, coat, pale)
    head(picture, u, v, px, coat, pale)
    for start, end in (((-0.15, 1.98), (-0.1, 1.8)), ((0.0, 2.02), (0.0, 1.8)), ((0.15, 1.98), (0.1, 1.8))):
        picture.paint(capsule(u, v, start, end, 0.032), stripe, opacity=striped * 0.9, px=px)
    face(picture, u, v, px, pale, bright)


def tail(picture: Picture, u, v, px, coat, pale):
    curl = circle(u - 0.5, v - 0.47, 0.38).abs() - 0.1
    curl = torch.maximum(curl, 0.45 - u)
    tip = circle(u - 0.47, v - 0.85, 0.105)
    picture.paint(join(curl, tip, 0.05), lit(coat, 0.82 + 0 * u), px=px)
    picture.paint(join(tip, circle(u - 0.58, v - 0.845, 0.09), 0.04), lit(pale, 0.92 + 0 * u), px=px)


def body(picture: Picture, u, v, px, coat, pale):
    shape = join(ellipse(u, v - 0.58, 0.56, 0.6), ellipse(u, v - 1.02, 0.42, 0.5), 0.2)
    across = u.abs()
    shape = join(shape, ellipse(across - 0.42, v - 0.26, 0.27, 0.27), 0.08)
    picture.paint(shape, lit(coat, rounded(shape, u)), px=px)
    picture.paint(ellipse(u, v - 0.98, 0.2, 0.36), pale, opacity=0.85, px=px)
    legs = capsule(across, v, (0.15, 0.8), (0.17, 0.12), 0.125)
    picture.paint(legs - 0.025, lit(coat, 0.66 + 0 * u), opacity=((0.85 - v) / 0.4).clamp(0, 1), px=px)
    picture.paint(legs, lit(coat, 0.98 - 0.12 * u), opacity=((0.9 - v) / 0.3).clamp(0, 1), px=px)
    paws = ellipse(across - 0.18, v - 0.075, 0.165, 0.09)
    picture.paint(paws, lit(pale, 0.95 - 0.1 * u), px=px)
    for x in (0.12, 0.18, 0.24):
        picture.paint(capsule(across, v, (x, 0.02), (x, 0.075), 0.012), BLACK, opacity=0.45, px=px)


def head(picture: Picture, u, v, px, coat, pale):
    across = u.abs()
    picture.paint(convex(across, v, [(0.07, 1.9), (0.5, 1.62), (0.46, 2.36)]) - 0.03, lit(coat, 0.86 - 0.1 * u), px=px)
    picture.paint(convex(across, v, [(0.17, 1.92), (0.43, 1.76), (0.42, 2.24)]), PINK, opacity=0.85, px=px)
    shape = join(ellipse(u, v - 1.66, 0.5, 0.4), ellipse(u, v - 1.53, 0.55, 0.27), 0.15)
    picture.paint(shape, lit(coat, rounded(shape, u, 0.26)), px=px)
    picture.paint(ellipse(across - 0.11, v - 1.42, 0.145, 0.115), pale, px=px)


def face(picture: Picture, u, v, px, pale, bright):
    across = u.abs()
    picture.paint(ellipse(across - 0.215, v - 1.68, 0.15, 0.145), BLACK, opacity=0.8, px=px)
    picture.paint(ellipse(across - 0.215, v - 1.68, 0.13, 0.125), GREEN, px=px)
    picture.paint(ellipse(across - 0.21, v - 1.68, 0.055, 0.11), BLACK, px=px)
    for eye in (-0.24, 0.18):
        picture.paint(circle(u - eye, v - 1.735, 0.03), WHITE, px=px)
    picture.paint(convex(u, v, [(0.0, 1.45), (0.075, 1.54), (-0.075, 1.54)]) - 0.018, PINK, px=px)
    picture.paint(capsule(u, v, (0.0, 1.46), (0.0, 1.4), 0.018), BLACK, opacity=0.7, px=px)
    picture.paint(capsule(across, v, (0.0, 1.4), (0.1, 1.365), 0.018), BLACK, opacity=0.7, px=px)
    thin = torch.maximum(0.55 * px, torch.full_like(px, 0.011))
    whisker = torch.where(bright > 0.7, 0.35, 0.95)
    tone = as_colour(whisker[:, :, 0].expand(-1, 3), u.device)
    for start, end in (((0.2, 1.47), (0.72, 1.58)), ((0.2, 1.43), (0.75, 1.43)), ((0.2, 1.39), (0.7, 1.28))):
        picture.paint(capsule(across, v, start, end, thin), tone, opacity=0.8, px=px)
