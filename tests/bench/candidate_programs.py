# SPDX-License-Identifier: GPL-3.0-or-later
"""The candidates of candidates.py without networks: scikit-image's denoisers, and others' programs started as they are."""
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image


def estimated_noise(picture):
    from skimage.restoration import estimate_sigma

    return np.mean(estimate_sigma(picture, channel_axis=-1))


def nonlocal_means(run):
    from skimage.restoration import denoise_nl_means

    sigma = estimated_noise(run.noisy)
    return denoise_nl_means(run.noisy, h=0.8 * sigma, sigma=sigma, patch_size=5, patch_distance=6, fast_mode=True, channel_axis=-1)


def wavelet(run, shifts=0):
    from skimage.restoration import cycle_spin, denoise_wavelet

    options = {"channel_axis": -1, "convert2ycbcr": True, "method": "BayesShrink", "mode": "soft", "rescale_sigma": True}
    if not shifts:
        return denoise_wavelet(run.noisy, **options)
    return cycle_spin(run.noisy, func=denoise_wavelet, max_shifts=shifts, func_kw=options, num_workers=1, channel_axis=-1)


def total_variation(run):
    from skimage.restoration import denoise_tv_chambolle

    return denoise_tv_chambolle(run.noisy, weight=0.1, channel_axis=-1)


def started(run, command):
    """The picture that the command, given its input's path and its output's, writes."""
    with tempfile.TemporaryDirectory() as folder:
        result = pathlib.Path(folder) / "result.png"
        subprocess.run(command(run.noisy_path, str(result)), check=True, capture_output=True)
        return np.asarray(Image.open(result).convert("RGB"), np.float32) / 255


def gegl(run, operation):
    return started(run, lambda noisy, result: ["gegl", noisy, "-o", result, "--", *operation])


def gmic(run, command):
    return started(run, lambda noisy, result: ["gmic", "-v", "-", noisy, "to_rgb", *command, "cut", "0,255", "round", "output", result])


def colour_bm3d(run, sigma=None):
    """Colour BM3D (both steps): an orthonormal opponent space, blocks matched on its first channel, the plugin's profile "high"."""
    import vapoursynth

    core = vapoursynth.core
    if not hasattr(core, "bm3dcpu"):
        raise ImportError("vapoursynth-bm3dcpu")
    core.num_threads = run.threads
    opponent = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], np.float32)
    opponent /= np.linalg.norm(opponent, axis=1, keepdims=True)
    height, width, _ = run.noisy.shape
    planes = run.noisy @ opponent.T

    def fill(n, f):
        frame = f.copy()
        for plane in range(3):
            np.copyto(np.asarray(frame[plane]), planes[:, :, plane])
        return frame

    blank = core.std.BlankClip(format=vapoursynth.YUV444PS, width=width, height=height, length=1)
    noisy = core.std.ModifyFrame(blank, blank, fill)
    # The plugin's transforms are not normalised: its strength is 4/3 of the noise.
    strength = [4 / 3 * (sigma or 255 * estimated_noise(run.noisy))] * 3
    profile = {"chroma": True, "block_step": 3, "bm_range": 16, "ps_num": 2, "ps_range": 7}
    basic = core.bm3dcpu.BM3Dv2(noisy, sigma=strength, **profile)
    frame = core.bm3dcpu.BM3Dv2(noisy, ref=basic, sigma=strength, **profile).get_frame(0)
    return np.stack([np.asarray(frame[plane]) for plane in range(3)], -1) @ opponent
