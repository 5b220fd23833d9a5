"""What a machine that is given back leaves behind: the best there is, at any time, in files that travel."""

import subprocess
import sys
import tarfile
from pathlib import Path

import pack

HERE = Path(__file__).resolve().parent
FILE, CALL, FILES = 16 * 2**20, 64 * 2**20, 8  # bytes of a file, bytes and files of a call, at most


def pack_takes_the_best_there_is(work: Path) -> None:
    """From the first checkpoint of a denoiser to both exported folders."""

    def left(*names: str) -> list[str]:
        for name in names:
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).touch()
        return pack.wanted(work)

    shared = ["log.txt", "latents/constants.pt"]
    encoders = ["vae.pt", "clip.pt", "t5.pt"]
    assert left(*shared, *encoders, "latents/256x256.pt", "vae.partial.pt") == [*shared, *encoders]
    averages = [*shared, *encoders, "flow.average.pt", "ddpm.average.pt"]
    assert left("flow-1.partial.pt", "flow.1.pt", "flow.average.pt", "ddpm.average.pt") == averages
    assert left("flow.pt") == [*shared, *encoders, "flow.pt", "ddpm.average.pt"]
    assert left("sd3-nano/config.json")[2:] == [*encoders, "flow.pt", "ddpm.average.pt"], "a folder that is not whole"
    assert left("sd3-nano/manifest.json", "ddpm.pt", "judge/config.json") == ["judge", *shared, "sd3-nano", "ddpm.pt"]
    assert left("ddpm-twin/manifest.json", "out/a.jpg") == ["judge", *shared, "sd3-nano", "ddpm-twin", "out"]


def pack_is_small_and_whole(work: Path, out: Path) -> None:
    part, sizes = 1, {}
    while True:
        files = out / str(part)
        said = subprocess.run([sys.executable, str(HERE / "pack.py"), str(work), str(files), "--part", str(part)],
                              capture_output=True, text=True, check=True).stdout
        own = {file: file.stat().st_size for file in sorted(files.iterdir())}
        assert len(own) <= FILES and max(own.values()) <= FILE and sum(own.values()) <= CALL
        sizes |= own
        if said.rstrip().endswith(f"part {part} of {part}"):
            break
        part += 1
    whole = out / "whole.tar"
    with whole.open("wb") as file:
        for piece in sizes:
            file.write(piece.read_bytes())
    with tarfile.open(whole) as tar:
        members = {member.name: member for member in tar if member.isfile()}
    for folder in ("sd3-nano", "ddpm-twin", "judge", "out"):
        for file in (path for path in (work / folder).rglob("*") if path.is_file()):
            assert members[file.relative_to(work).as_posix()].size == file.stat().st_size, file
    assert "log.txt" in members and "latents/constants.pt" in members
    assert not [name for name in members if name.endswith((".partial.pt", ".average.pt", ".1.pt"))]
    ends = max(member.offset_data + member.size for name, member in members.items() if name.startswith("sd3-nano/"))
    assert ends <= pack.PIECE * pack.PIECES, "the first call does not hold all of sd3-nano"
