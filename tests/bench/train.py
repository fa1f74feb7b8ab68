#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps a second of training the invertible rescaling network: pentimento-train, the same in eager PyTorch, their ratio.

usage: train.py PATH/TO/pentimento-train [scale=2] [blocks=8] [batch=16] [crop=144] [steps=300] [device=cuda]

Both compute the subnets in bfloat16, channels last, on crops of noise that are on the device. The last two thirds count.
"""
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

import torch
from torch import nn
from torch.nn import functional as F

CROPS = 64


class Dense(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(inputs + 32 * k, 32 if k < 4 else outputs, 3, padding=1) for k in range(5))
        nn.init.zeros_(self.layers[4].weight)
        nn.init.zeros_(self.layers[4].bias)

    def forward(self, x):
        features = x.bfloat16().contiguous(memory_format=torch.channels_last)
        for layer in self.layers[:4]:
            features = torch.cat([features, F.leaky_relu(layer(features), 0.2)], 1)
        return self.layers[4](features).float()


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.f, self.g, self.h = Dense(channels - 3, 3), Dense(3, channels - 3), Dense(3, channels - 3)

    def forward(self, a, b):
        a = a + self.f(b)
        return a, b * torch.exp(torch.tanh(self.h(a) / 2)) + self.g(a)

    def inverse(self, a, b):
        b = (b - self.g(a)) * torch.exp(-torch.tanh(self.h(a) / 2))
        return a - self.f(b), b


def haar(x):
    a, b, c, d = x[..., ::2, ::2], x[..., ::2, 1::2], x[..., 1::2, ::2], x[..., 1::2, 1::2]
    return torch.cat([a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d], 1) / 4


def inverse_haar(x):
    return F.pixel_shuffle(torch.stack([sum(s * t for s, t in zip(signs, x.chunk(4, 1))) for signs in (
        (1, 1, 1, 1), (1, -1, 1, -1), (1, 1, -1, -1), (1, -1, -1, 1))], 2).flatten(1, 2), 2)


class Rescaling(nn.Module):
    def __init__(self, scale, blocks):
        super().__init__()
        self.levels = nn.ModuleList(nn.ModuleList(Block(12 * 4 ** level) for _ in range(blocks))
                                    for level in range(int(math.log2(scale))))

    def shrink(self, x):
        for level in self.levels:
            x = haar(x)
            a, b = x[:, :3], x[:, 3:]
            for block in level:
                a, b = block(a, b)
            x = torch.cat([a, b], 1)
        return x[:, :3], x[:, 3:]

    def enlarge(self, small, latent):
        x = torch.cat([small, latent], 1)
        for level in reversed(self.levels):
            a, b = x[:, :3], x[:, 3:]
            for block in reversed(level):
                a, b = block.inverse(a, b)
            x = inverse_haar(torch.cat([a, b], 1))
        return x


def eager(options, crops):
    """Steps a second."""
    scale, batch, crop, steps = (int(options[name]) for name in ("scale", "batch", "crop", "steps"))
    device = torch.device(options["device"])
    network = Rescaling(scale, int(options["blocks"])).to(device, memory_format=torch.channels_last)
    average = [p.detach().clone() for p in network.parameters()]
    adam = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)
    crops = crops.to(device)
    start = 0.0
    for step in range(steps):
        if step == steps // 3:
            torch.cuda.synchronize() if device.type == "cuda" else None
            start = time.perf_counter()
        x = crops[torch.randint(len(crops), (batch,), device=device)].float() / 255
        flips = [axis for axis in (2, 3) if torch.rand(()) < 0.5]
        x = x.flip(flips) if flips else x
        guide = F.interpolate(x, scale_factor=1 / scale, mode="bicubic", antialias=True)
        with torch.autocast(device.type, torch.bfloat16):
            small, latent = network.shrink(x)
            rounded = small + ((small.clamp(0, 1) * 255).round() / 255 - small).detach()
            restored = network.enlarge(rounded, torch.zeros_like(latent))
        loss = (torch.sqrt((restored - x) ** 2 + 1e-6).mean() + scale ** 2 * ((small - guide) ** 2).sum() / x.numel()
                + 0.1 * (latent ** 2).sum() / x.numel())
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        torch._foreach_lerp_(average, [p.detach() for p in network.parameters()], 0.001)
    torch.cuda.synchronize() if device.type == "cuda" else None
    return (steps - steps // 3) / (time.perf_counter() - start)


def ours(program, options, crops):
    """Steps a second."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        header = json.dumps({"crops": {"dtype": "U8", "shape": list(crops.shape), "data_offsets": [0, crops.numel()]}})
        header += " " * (-len(header) % 8)
        packed = struct.pack("<Q", len(header)) + header.encode() + crops.numpy().tobytes()
        (folder / "crops.safetensors").write_bytes(packed)
        command = [program, "irn", "--data", folder / "crops.safetensors", "--out", folder / "weights.safetensors", "--bfloat16",
                   "--log", folder / "log.jsonl", "--validate-every", str(max(1, int(options["steps"]) // 3))]
        command += [word for name in options for word in ("--" + name, options[name])]
        subprocess.run(command, check=True, capture_output=True)
        rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return (rows[-1]["step"] - rows[0]["step"]) / (rows[-1]["seconds"] - rows[0]["seconds"])


def main():
    options = {"scale": "2", "blocks": "8", "batch": "16", "crop": "144", "steps": "300", "device": "cuda"}
    options |= dict(pair.split("=") for pair in sys.argv[2:])
    side = int(options["crop"])
    crops = torch.randint(256, (CROPS, 3, side, side), dtype=torch.uint8)
    rates = {"pentimento-train": ours(sys.argv[1], options, crops), "eager PyTorch": eager(options, crops)}
    for name, rate in rates.items():
        print(f"| {name}, x{options['scale']} | {rate:.2f} steps a second |")
    print(f"| ratio | {rates['pentimento-train'] / rates['eager PyTorch']:.2f} x |")


if __name__ == "__main__":
    main()
