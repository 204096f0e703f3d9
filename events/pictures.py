"""Pictures of events: made small enough for a phone, upright, in the web's colours, and without what cameras add."""

import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files import File
from PIL import ExifTags, Image, ImageCms

from events.refusals import refusal

MOST_MEGABYTES = 10
MOST_MEGAPIXELS = 40
FULL = (1600, 1000)
CARD = (640, 1000)
MOST_BYTES = 300_000

# JPEG, since LINE and mail programs, which show the picture to others, do not all know WebP.
_QUALITIES = (82, 74, 66, 58, 50)
_KINDS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF"}
# EXIF 2.3, 4.6.4 A: from how the rows lie in the file to how they are seen.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")
# Pillow's readers raise all of these for files that are broken, or made to be.
_BROKEN = (
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Prepared:
    """A picture as it is kept, and a smaller one for cards and lists; both JPEG, of at most MOST_BYTES."""

    content: bytes
    width: int
    height: int
    card: bytes
    card_width: int
    card_height: int

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the larger one, in hexadecimal: the same file gives the same picture."""
        return sha256(self.content).hexdigest()


def prepared(file: IO[bytes] | File) -> Prepared:
    """A file that somebody chose, JPEG, PNG, WebP or GIF (its first frame), as the picture that is kept.

    It is turned upright and shrunk into FULL and CARD, never enlarged; transparency becomes white. No place, camera,
    name or colour profile stays in it. Raises ValidationError: "picture_kind", "picture_too_big" (more than
    MOST_MEGABYTES or MOST_MEGAPIXELS) or "picture_unreadable".
    """
    file.seek(0)
    content = file.read(MOST_MEGABYTES * 1024 * 1024 + 1)
    if len(content) > MOST_MEGABYTES * 1024 * 1024:
        raise _too_big()
    try:
        image = _opened(content)
        image.draft(None, (FULL[0], FULL[0]))
        colours = image.info.get("icc_profile")
        image = _fitted(_flat(_upright(image)), FULL)
        image = _in_srgb(image, colours)
    except Image.DecompressionBombError as error:
        raise _too_big() from error
    except _BROKEN as error:
        raise refusal("picture_unreadable") from error
    full, card = _encoded(image), _encoded(_fitted(image, CARD))
    return Prepared(*full, *card)


def _opened(content: bytes) -> Image.Image:
    """The picture by its first bytes, whatever its name says; its size is read, and nothing else yet."""
    if not content:
        raise refusal("picture_unreadable")
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "WEBP"
    if kind is None:
        raise refusal("picture_kind")
    image = Image.open(BytesIO(content), formats=[kind])
    if image.width * image.height > MOST_MEGAPIXELS * 1_000_000:
        raise _too_big()
    return image


def _upright(image: Image.Image) -> Image.Image:
    """The picture as the camera says it was held; what else the camera wrote may be broken."""
    image.load()
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:
        turn = None
    return image if turn is None else image.transpose(turn)


def _flat(image: Image.Image) -> Image.Image:
    """The picture on white, in one of the modes that colour profiles are for."""
    if image.mode == "I;16":
        # Pillow would cut off what is brighter than the 255th part.
        image = image.point(lambda grey: grey / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _fitted(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """The picture shrunk into the box in its own proportions."""
    fitted = image.copy()
    fitted.thumbnail(box, Image.Resampling.LANCZOS)
    return fitted


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in the colours that every screen assumes, and with nothing beside its pixels."""
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, given, _SRGB, outputMode="RGB") or image
        except (ImageCms.PyCMSError, *_BROKEN):
            # A profile that is broken, or for another kind of picture: taken as sRGB, as browsers do.
            pass
    plain = image.convert("RGB")
    plain.info.clear()
    return plain


def _encoded(image: Image.Image) -> tuple[bytes, int, int]:
    """As JPEG, with its size; one that stays too large at the lowest quality is shrunk."""
    while True:
        for quality in _QUALITIES:
            buffer = BytesIO()
            image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
            if buffer.tell() <= MOST_BYTES:
                return buffer.getvalue(), image.width, image.height
        image = _fitted(image, (image.width * 3 // 4, image.height * 3 // 4))


def _too_big() -> ValidationError:
    return refusal("picture_too_big", megabytes=MOST_MEGABYTES, pixels=MOST_MEGAPIXELS)
