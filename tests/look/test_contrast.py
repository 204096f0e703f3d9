"""Every pair of colours that meets on a page keeps WCAG 2.2 AA, in light and in dark."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text()
HEX = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
LIGHT = dict(HEX.findall(TOKENS.partition("@media")[0]))
DARK = dict(HEX.findall(TOKENS.partition("prefers-color-scheme: dark")[2].partition("@media")[0]))
SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
TONES = ["house", "danger", *re.findall(r"\.tone-(\w+)", TOKENS)]


def channels(colour):
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def luminance(colour):
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(one, share, other):
    """What color-mix(in srgb, one share, other) gives."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def test_contrast_is_computed_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_both_schemes_name_the_same_colours():
    assert LIGHT.keys() == DARK.keys()
    assert len(TONES) == 10


@SCHEMES
@pytest.mark.parametrize("ground", ["paper", "sheet", "sunk"])
def test_text_on_the_grounds(scheme, ground):
    assert contrast(scheme["ink"], scheme[ground]) >= 7
    assert contrast(scheme["soft"], scheme[ground]) >= 4.5
    assert contrast(scheme["edge"], scheme[ground]) >= 3  # edges of fields and buttons


@SCHEMES
@pytest.mark.parametrize("tone", TONES)
def test_a_tone(scheme, tone):
    fill, on, ink, wash = (scheme[tone + part] for part in ("", "-on", "-ink", "-wash"))
    assert contrast(on, fill) >= 4.5
    for ground in (scheme["paper"], scheme["sheet"], wash):
        assert contrast(ink, ground) >= 4.5
    for ground in (scheme["paper"], scheme["sheet"]):
        assert contrast(fill, ground) >= 3  # stamps, meters, edges
    assert contrast(scheme["ink"], wash) >= 7
    assert contrast(scheme["soft"], wash) >= 4.5


@SCHEMES
@pytest.mark.parametrize("tone", TONES)
def test_the_shades_of_the_week_grid(scheme, tone):
    css = (Path(__file__).parents[2] / "static" / "css" / "week-grid.css").read_text()
    shares = [int(share) / 100 for share in re.findall(r"var\(--tone\) (\d+)%, var\(--tone-wash\)", css)]
    assert len(shares) == 2
    for share in shares:
        assert contrast(scheme["ink"], mix(scheme[tone], share, scheme[tone + "-wash"])) >= 4.5
