#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain PyTorch version of the paper's denoising network and loop, as the oracle of speed: eager, NCHW, nothing fused.

usage: reference_dip.py [side=256] [iterations=20] [device=cpu]
"""
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def conv(inputs, outputs, kernel, stride=1):
    pad = kernel // 2
    layers = [nn.ReflectionPad2d(pad)] if pad else []
    return nn.Sequential(*layers, nn.Conv2d(inputs, outputs, kernel, stride), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2))


class Scale(nn.Module):
    def __init__(self, inputs, width, skip, deeper):
        super().__init__()
        self.skip = conv(inputs, skip, 1)
        self.down = nn.Sequential(conv(inputs, width, 3, 2), conv(width, width, 3))
        self.deeper = deeper
        self.join = nn.BatchNorm2d(skip + width)
        self.up = nn.Sequential(conv(skip + width, width, 3), conv(width, width, 1))

    def forward(self, x):
        deep = self.down(x)
        if self.deeper is not None:
            deep = self.deeper(deep)
        deep = F.interpolate(deep, scale_factor=2, mode="bilinear")
        return self.up(self.join(torch.cat([self.skip(x), deep], 1)))


def hourglass(inputs=32, outputs=3, width=128, skip=4, scales=5):
    net = None
    for i in reversed(range(scales)):
        net = Scale(inputs if i == 0 else width, width, skip, net)
    return nn.Sequential(net, nn.Conv2d(width, outputs, 1), nn.Sigmoid())


def main():
    options = dict(pair.split("=") for pair in sys.argv[1:])
    side, iterations = int(options.get("side", 256)), int(options.get("iterations", 20))
    device = options.get("device", "cpu")
    torch.manual_seed(0)
    net = hourglass().to(device)
    assert sum(p.numel() for p in net.parameters()) == 2217831
    target = torch.rand(1, 3, side, side, device=device)
    z = torch.rand(1, 32, side, side, device=device) * 0.1
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    average = None

    def step():
        nonlocal average
        adam.zero_grad()
        out = net(z + torch.randn_like(z) / 30)
        loss = F.mse_loss(out, target)
        loss.backward()
        adam.step()
        average = out.detach() if average is None else average * 0.99 + out.detach() * 0.01
        return loss.item()

    for _ in range(2):
        step()
    processor, start = time.process_time(), time.perf_counter()
    for _ in range(iterations):
        step()
    wall, processor = time.perf_counter() - start, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"plain PyTorch {side} x {side}: {1000 * wall / iterations:.1f} ms an iteration, "
          f"{1000 * processor / iterations:.1f} ms of processor time, peak {peak} MiB")


if __name__ == "__main__":
    main()
