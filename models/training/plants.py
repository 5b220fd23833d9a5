"""Plants behind the things, in the coordinates of `objects.py`: foot at 0, about 2 high."""

import math

from picture import Picture, box, capsule, circle, constant, convex, ellipse, join, lit, turn

POT, TRUNK, STEM = (0.74, 0.40, 0.28), (0.42, 0.28, 0.18), (0.20, 0.52, 0.22)


def plant(picture: Picture, u, v, px, colour, tint):
    """Seven pointed leaves out of a clay pot."""
    for angle, length in ((-1.15, 0.8), (1.15, 0.8), (-0.75, 1.05), (0.75, 1.05), (-0.36, 1.2), (0.36, 1.2), (0.0, 1.3)):
        a, b = turn(u, v - 0.62, -angle)
        half = length / 2
        leaf = ellipse(a, b - half, 0.17, half)
        picture.paint(leaf, lit(colour, 0.74 + 0.2 * b - 0.12 * angle), px=px)
        picture.paint(capsule(a, b, (0.0, 0.0), (0.0, length * 0.85), 0.014), (1.0, 1.0, 1.0), opacity=0.28, px=px)
    clay = tint * constant(POT, tint.device)
    picture.paint(convex(u, v, [(-0.3, 0.0), (0.3, 0.0), (0.4, 0.6), (-0.4, 0.6)]), lit(clay, 0.9 - 0.35 * u), px=px)
    picture.paint(box(u, v - 0.6, 0.46, 0.09), lit(clay, 1.05 - 0.35 * u), px=px)


def blob(u, v, x, y, radius):
    return circle(u - x, v - y, radius)


def leaves(picture: Picture, u, v, px, colour, lift: float):
    crown = join(blob(u, v, -0.42, lift + 0.3, 0.38), blob(u, v, 0.42, lift + 0.3, 0.38), 0.1)
    crown = join(join(crown, blob(u, v, 0.0, lift + 0.66, 0.46), 0.1), blob(u, v, 0.0, lift + 0.25, 0.42), 0.1)
    picture.paint(crown, lit(colour, 0.78 + 0.22 * (v - lift - 0.4) - 0.14 * u), px=px)
    for x, y, radius in ((-0.45, 0.42, 0.2), (-0.08, 0.82, 0.22), (0.34, 0.4, 0.2), (-0.02, 0.3, 0.18)):
        picture.paint(blob(u, v, x, lift + y, radius), lit(colour, 1.06 + 0 * u), opacity=0.6, px=px)


def tree(picture: Picture, u, v, px, colour, tint):
    wood = tint * constant(TRUNK, tint.device)
    picture.paint(convex(u, v, [(-0.16, 0.0), (0.16, 0.0), (0.1, 1.1), (-0.1, 1.1)]), lit(wood, 1.0 - 1.5 * u), px=px)
    leaves(picture, u, v, px, colour, 0.85)


def bush(picture: Picture, u, v, px, colour, tint):
    leaves(picture, u / 1.15, v / 1.15, px / 1.15, colour, -0.02)


def flower(picture: Picture, u, v, px, colour, tint):
    green = tint * constant(STEM, tint.device)
    picture.paint(capsule(u, v, (0.0, 0.0), (0.0, 1.3), 0.055), lit(green, 1.0 + 0 * u), px=px)
    for side in (-1, 1):
        picture.paint(ellipse(*turn(u - side * 0.26, v - 0.45, -side * 0.95), 0.11, 0.32), lit(green, 1.05 + 0 * u), px=px)
    for number in range(6):
        a, b = turn(u, v - 1.45, number * math.pi / 3)
        picture.paint(ellipse(a, b - 0.32, 0.2, 0.28), lit(colour, 0.86 + 0.3 * b), px=px)
    heart = tint * constant((0.45, 0.28, 0.12), tint.device)
    picture.paint(circle(u, v - 1.45, 0.17), lit(heart, 1.1 + 0 * u), px=px)


PLANT_PAINTERS = {"plant": plant, "tree": tree, "bush": bush, "flower": flower}
