"""What is worth bringing home from a machine that is given back, in files small enough to travel.

    python pack.py WORK OUT                what came out, as OUT/products.tar.01 and so on
    python pack.py WORK OUT --part 2       the next of them, when one call can't carry all; packs nothing anew
    cat OUT/products.tar.* | tar x         puts it together again

It may be called at any time, while run.py works too. Each model that is not exported yet is packed as what its stages left, so
that another run can start from it; a denoiser that is not trained yet as the averaged weights of its last checkpoint.
Checkpoints with an optimizer in them, and the training set, never are.
"""

import argparse
import sys
import tarfile
from pathlib import Path

PIECE, PIECES = 16_700_000, 4  # bytes of a file, and files of one call: below 16 MiB each, and 64 MiB together
SMALL = ("judge", "log.txt", "retrieval.json", "t5.json", "latents/constants.pt")
ENCODERS = ("vae.pt", "clip.pt", "t5.pt")


def wanted(work: Path) -> list[str]:
    """Names in WORK of what is there to be packed, the small first."""
    nano, twin = ((work / name / "manifest.json").exists() for name in ("sd3-nano", "ddpm-twin"))
    first = ["sd3-nano"] if nano else [*ENCODERS, denoiser(work, "flow")]
    names = [*SMALL, *first, "ddpm-twin" if twin else denoiser(work, "ddpm"), "out"]
    return [name for name in names if (work / name).exists()]


def denoiser(work: Path, name: str) -> str:
    """NAME.pt, or as long as there is none, the average so far."""
    return f"{name}.pt" if (work / f"{name}.pt").exists() else f"{name}.average.pt"


def pack(work: Path, archive: Path) -> None:
    with tarfile.open(archive, "w") as tar:
        for name in wanted(work):
            tar.add(work / name, arcname=name)


def pieces(archive: Path, out: Path, part: int) -> list[Path]:
    """Writes the files of one call, `part` counting from 1; none when there are no more."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    with archive.open("rb") as file:
        file.seek((part - 1) * PIECES * PIECE)
        while len(written) < PIECES and (content := file.read(PIECE)):
            written.append(out / f"{archive.name}.{(part - 1) * PIECES + len(written) + 1:02}")
            written[-1].write_bytes(content)
    return written


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--part", type=int, default=1)
    options = parser.parse_args()
    archive = options.work / "products.tar"
    if options.part == 1:
        if not wanted(options.work):
            parser.error(f"{options.work} holds nothing to pack: give the folder that run.py worked in")
        pack(options.work, archive)
    elif not archive.exists():
        parser.error(f"there is no {archive}: part 1 makes it")
    parts = -(-archive.stat().st_size // (PIECE * PIECES))
    if not 1 <= options.part <= parts:
        parser.error(f"--part {options.part}, but there are {parts}")
    for file in pieces(archive, options.out, options.part):
        print(f"{file}  {file.stat().st_size:,} bytes")
    print(f"part {options.part} of {parts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
