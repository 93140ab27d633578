"""The first pictures of the gallery: painted here, hung through Django's storage like any other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from random import Random
from typing import TypeAlias

from django.core.files.base import ContentFile
from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from demo.gallery.models import Picture

Size: TypeAlias = tuple[int, int]
Painter: TypeAlias = Callable[[Size, Random], Image.Image]

LANDSCAPE: Size = (1200, 900)
PORTRAIT: Size = (900, 1200)
# Painted larger and shrunk, edges come out smooth.
SMOOTHING = 2


def hang(*, until: Callable[[], bool]) -> None:
    """Put the samples into the gallery, unless somebody wants to end before."""
    for title, name, size, painter in SAMPLES:
        if until():
            return
        Picture.objects.create(title=title, image=ContentFile(encoded(paint(painter, size)), name))


def paint(painter: Painter, size: Size) -> Image.Image:
    """The same picture each time."""
    canvas = (size[0] * SMOOTHING, size[1] * SMOOTHING)
    return painter(canvas, Random(7)).resize(size, Image.Resampling.LANCZOS)


def encoded(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=86, optimize=True, progressive=True)
    return buffer.getvalue()


# --- pictures --------------------------------------------------------------------------------------------------------


def dunes(size: Size, random: Random) -> Image.Image:
    width, height = size
    image = gradient(size, ["#2b1b52", "#7b2d6e", "#e2596a", "#ff9e6b", "#ffd9a0"])
    glow(image, (width * 0.68, height * 0.5), width * 0.3, "#ffb36b")
    disc(image, (width * 0.68, height * 0.5), width * 0.075, "#fff0cf")
    for number, colour in enumerate(("#a63d5c", "#7a2a55", "#4d1c48", "#2a1136")):
        ridge(image, 0.58 + 0.1 * number, 0.035 + 0.012 * number, random, colour, waves=2)
    return image


def northern_lights(size: Size, random: Random) -> Image.Image:
    width, height = size
    image = gradient(size, ["#050a1f", "#0b1e3f", "#10385c", "#1b5a6b"])
    for _ in range(260):
        centre = (random.uniform(0, width), random.uniform(0, height * 0.7))
        disc(image, centre, random.uniform(1, 3.2) * SMOOTHING / 2, random.choice(["#ffffff", "#cfe3ff", "#ffe9c9"]))
    for colour, rise in (("#1fe0a0", 0.42), ("#3fb6ff", 0.33), ("#9a5cff", 0.25)):
        image = curtain(image, rise, random, colour)
    ridge(image, 0.76, 0.06, random, "#0a2233", waves=5)
    ridge(image, 0.87, 0.05, random, "#04111d", waves=7)
    return image


def misty_ridges(size: Size, random: Random) -> Image.Image:
    width, height = size
    image = gradient(size, ["#f7e7d8", "#f3d6c6", "#dfc8cb", "#b9bccf"])
    disc(image, (width * 0.3, height * 0.27), width * 0.065, "#fff8ee")
    near, far = ImageColor.getrgb("#16324a"), ImageColor.getrgb("#b3bccd")
    for number in range(7):
        share = number / 6
        ridge(image, 0.4 + 0.095 * number, 0.05, random, mixed(far, near, share), waves=3 + number)
    return image


def citrus(size: Size, random: Random) -> Image.Image:
    width, height = size
    image = gradient(size, ["#ffe7b8", "#ffd3a3", "#ffc19a"])
    spots = ((0.24, 0.3, 0.23), (0.73, 0.24, 0.17), (0.6, 0.68, 0.27), (0.14, 0.82, 0.17), (0.95, 0.88, 0.19))
    peels = ("#f98a1c", "#d6c21f", "#f25c3a", "#9fbf2f", "#fab71c")
    for (x, y, radius), peel in zip(spots, peels, strict=True):
        slice_of_fruit(image, (x * width, y * height), radius * width, peel, random.uniform(0, 60))
    return image


def quarter_circles(size: Size, random: Random) -> Image.Image:
    width, height = size
    image = Image.new("RGB", size, "#f4efe6")
    colours = ["#e4572e", "#17bebb", "#ffc914", "#2e282a", "#76b041", "#f4efe6", "#3a5a98"]
    side = math.gcd(width, height) // 2
    for x in range(0, width, side):
        for y in range(0, height, side):
            quarter_circle(image, (x, y), side, random.sample(colours, 2), random.randrange(4))
    return image


def deep_sea(size: Size, random: Random) -> Image.Image:
    width, height = size
    image = gradient(size, ["#9ff0e5", "#37b6c4", "#14709b", "#0a3a6b", "#061a3d"])
    glow(image, (width * 0.5, -height * 0.05), width * 0.55, "#e9fff4")
    for _ in range(70):
        radius = width * random.uniform(0.004, 0.03) * random.uniform(0.3, 1)
        bubble(image, (random.uniform(0, width), random.uniform(height * 0.1, height)), radius)
    ridge(image, 0.88, 0.03, random, "#052040", waves=4)
    ridge(image, 0.95, 0.02, random, "#031329", waves=6)
    return image


# The last one hangs first.
SAMPLES: Sequence[tuple[str, str, Size, Painter]] = (
    ("Deep sea", "deep-sea.jpg", PORTRAIT, deep_sea),
    ("Quarter circles", "quarter-circles.jpg", LANDSCAPE, quarter_circles),
    ("Citrus", "citrus.jpg", LANDSCAPE, citrus),
    ("Misty ridges", "misty-ridges.jpg", LANDSCAPE, misty_ridges),
    ("Northern lights", "northern-lights.jpg", LANDSCAPE, northern_lights),
    ("Dunes at dusk", "dunes-at-dusk.jpg", LANDSCAPE, dunes),
)


# --- strokes ---------------------------------------------------------------------------------------------------------


def gradient(size: Size, colours: Sequence[str]) -> Image.Image:
    """From top to bottom through these colours."""
    strip = Image.new("RGB", (1, len(colours)))
    for number, colour in enumerate(colours):
        strip.putpixel((0, number), rgb(colour))
    return strip.resize(size, Image.Resampling.BICUBIC)


def disc(image: Image.Image, centre: tuple[float, float], radius: float, colour: str) -> None:
    ImageDraw.Draw(image).ellipse(around(centre, radius), fill=colour)


def glow(image: Image.Image, centre: tuple[float, float], radius: float, colour: str) -> None:
    """Light that fades outwards."""
    side = int(radius * 2)
    # The gradient reaches 255 only in the corners, and 180 at the edges.
    light = Image.radial_gradient("L").resize((side, side)).point(lambda value: max(0, 180 - value))
    image.paste(Image.new("RGB", (side, side), colour), (int(centre[0] - radius), int(centre[1] - radius)), light)


def ridge(image: Image.Image, level: float, height: float, random: Random, colour: str, *, waves: int) -> None:
    """Hills from side to side; level and height are shares of the picture's height."""
    width, full = image.size
    points = [(x, full * y) for x, y in wavy(width, level, height, random, waves)]
    ImageDraw.Draw(image).polygon([(0, full), *points, (width, full)], fill=colour)


def curtain(image: Image.Image, level: float, random: Random, colour: str) -> Image.Image:
    """A band of light with soft edges, added to what is there."""
    width, height = image.size
    light = Image.new("RGB", image.size)
    lower = [(x, height * y) for x, y in wavy(width, level, 0.07, random, 3)]
    upper = [(x, y - height * 0.16) for x, y in reversed(lower)]
    ImageDraw.Draw(light).polygon([*lower, *upper], fill=colour)
    soft = light.resize((width // 8, height // 8)).filter(ImageFilter.GaussianBlur(width / 8 / 34))
    return ImageChops.screen(image, soft.resize(image.size, Image.Resampling.BICUBIC).point(lambda value: value * 0.75))


def wavy(width: int, level: float, height: float, random: Random, waves: int) -> Iterator[tuple[float, float]]:
    """Points of a line that swings about a level: three sines of growing frequency."""
    sines = [(waves * 2**octave, random.uniform(0, math.tau), height / 2**octave) for octave in range(3)]
    for step in range(401):
        turn = math.pi * step / 400
        yield width * step / 400, level + sum(rise * math.sin(turn * speed + shift) for speed, shift, rise in sines)


def slice_of_fruit(image: Image.Image, centre: tuple[float, float], radius: float, peel: str, turned: float) -> None:
    flesh = mixed(rgb(peel), (255, 255, 255), 0.32)
    for share, colour in ((1, peel), (0.92, "#fff6e0"), (0.84, flesh)):
        disc(image, centre, radius * share, colour)
    draw = ImageDraw.Draw(image)
    for number in range(9):
        angle = math.radians(turned + number * 40)
        end = (centre[0] + radius * 0.86 * math.cos(angle), centre[1] + radius * 0.86 * math.sin(angle))
        draw.line([centre, end], fill="#fff6e0", width=max(2, int(radius * 0.045)))
    disc(image, centre, radius * 0.09, "#fff6e0")


def quarter_circle(image: Image.Image, corner: tuple[int, int], side: int, colours: Sequence[str], turns: int) -> None:
    (x, y), (ground, shape) = corner, colours
    draw = ImageDraw.Draw(image)
    draw.rectangle((x, y, x + side, y + side), fill=ground)
    centre = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))[turns]
    draw.pieslice(around(centre, side), 90 * turns, 90 * turns + 90, fill=shape)


def bubble(image: Image.Image, centre: tuple[float, float], radius: float) -> None:
    draw = ImageDraw.Draw(image, "RGBA")
    draw.ellipse(around(centre, radius), fill=(255, 255, 255, 38), outline=(255, 255, 255, 130), width=SMOOTHING)
    draw.ellipse(
        around((centre[0] - radius * 0.35, centre[1] - radius * 0.35), radius * 0.2), fill=(255, 255, 255, 190)
    )


def around(centre: tuple[float, float], radius: float) -> tuple[float, float, float, float]:
    x, y = centre
    return x - radius, y - radius, x + radius, y + radius


def mixed(one: tuple[int, ...], other: tuple[int, ...], share: float) -> str:
    """The colour so far on the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one[:3], other[:3], strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue
