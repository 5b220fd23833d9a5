"""What ships: both models as folders in the diffusers layout, with the hashes of their files."""

import shutil

import latents
from clock import Log
from export import write_checkpoint, write_manifest, write_twin
from networks import ENCODERS
from settings import Settings
from tokens import FOLDER as TOKENIZERS
from train_denoiser import load_towers, load_transformer
from train_vae import load_vae


def export(settings: Settings, log: Log) -> None:
    """Writes WORK/sd3-nano, its manifest last."""
    nano = settings.work / "sd3-nano"
    shutil.rmtree(nano, ignore_errors=True)
    towers = load_towers(settings)
    parts = {
        **{name: getattr(towers, name) for name in ENCODERS},
        "transformer": load_transformer(settings, "flow"),
        "vae": load_vae(settings),
    }
    scaling = latents.constants(settings.work / latents.FOLDER)
    write_checkpoint(nano, parts, scaling_factor=scaling["scaling"], shift_factor=scaling["shift"])
    for name in ("tokenizer", "tokenizer_2", "tokenizer_3"):
        shutil.copytree(TOKENIZERS / name, nano / name)
    log("export", f"sd3-nano {write_manifest(nano):,} bytes")


def export_twin(settings: Settings, log: Log) -> None:
    """Writes WORK/ddpm-twin, its manifest last."""
    twin = settings.work / "ddpm-twin"
    shutil.rmtree(twin, ignore_errors=True)
    write_twin(twin, load_transformer(settings, "ddpm"))
    log("export", f"ddpm-twin {write_manifest(twin):,} bytes")
