"""What a measurement was made with."""

import platform
from datetime import datetime, timezone

import diffusers
import torch
import transformers


def environment():
    cuda = torch.cuda.is_available()
    versions = {
        "Python": platform.python_version(),
        "PyTorch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
    }
    if cuda:
        versions |= {"CUDA of PyTorch": torch.version.cuda, "cuDNN of PyTorch": str(torch.backends.cudnn.version())}
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "device": torch.cuda.get_device_name() if cuda else "CPU",
        "versions": versions,
    }


def quiet():
    """No progress bars, and no remarks on what cannot be changed here."""
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
