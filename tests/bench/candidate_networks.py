# SPDX-License-Identifier: GPL-3.0-or-later
"""The candidates of candidates.py whose network is fitted to the picture itself, each from its paper's recipe, in eager PyTorch."""
import torch
from candidate_programs import estimated_noise, wavelet
from reference_dip import Scale, hourglass
from torch import nn
from torch.nn import functional as F


def tensor(picture):
    return torch.from_numpy(picture).permute(2, 0, 1)[None].contiguous()


def array(picture):
    return picture.detach()[0].permute(1, 2, 0).numpy()


def begin(run):
    torch.set_num_threads(run.threads)
    torch.manual_seed(0)
    return tensor(run.noisy)


def fit(run, step, iterations, picture, every=10, stopped=lambda: False):
    """Steps to the recipe's end, to its own stop or to that of the time, looking at picture() now and then; ships it."""
    done = 0
    while not done or (done < iterations and not run.late() and not stopped()):
        step(done)
        done += 1
        if done % every == 0:
            run.look(lambda: array(picture()), f" at {done}")
    run.iterations = f"{done} of {iterations}"
    return array(picture())


class Average:
    """Exponential moving average of the outputs."""

    def __init__(self, memory):
        self.memory, self.value = memory, None

    def add(self, picture):
        new = picture.detach()
        self.value = new.clone() if self.value is None else self.value.lerp_(new, 1 - self.memory)

    def __call__(self):
        return self.value


class WindowedVariance:
    """ES-WMV (Wang et al., TMLR 2023): stops when the variance of the last outputs has had no new minimum for long."""

    def __init__(self, window=100, patience=1000):
        self.window, self.patience, self.pictures = window, patience, []
        self.sum = self.squares = self.count = self.at = 0
        self.least, self.picture = float("inf"), None

    def add(self, output, shipped):
        self.count += 1
        self.pictures.append(output.detach().clone())
        self.sum, self.squares = self.sum + self.pictures[-1], self.squares + self.pictures[-1].square().mean().item()
        if len(self.pictures) > self.window:
            old = self.pictures.pop(0)
            self.sum, self.squares = self.sum - old, self.squares - old.square().mean().item()
        variance = (self.squares - self.sum.square().mean().item() / self.window) / self.window
        if len(self.pictures) == self.window and variance < self.least:
            self.least, self.at, self.picture = variance, self.count, shipped.detach().clone()

    def stopped(self):
        return self.picture is not None and self.count - self.at >= self.patience


def deep_image_prior(run):
    """Ulyanov et al., CVPR 2018; ships the average at ES-WMV's minimum, or the last one where time ends before the stop."""
    noisy = begin(run)
    net = hourglass()
    z = torch.rand(1, 32, *noisy.shape[2:]) * 0.1
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    average, stop = Average(0.99), WindowedVariance()

    def step(_):
        adam.zero_grad()
        out = net(z + torch.randn_like(z) / 30)
        F.mse_loss(out, noisy).backward()
        adam.step()
        average.add(out)
        stop.add(out, average())

    last = fit(run, step, 5000, average, stopped=stop.stopped)
    return array(stop.picture) if stop.stopped() else last


def deep_random_projector(run):
    """Li et al., CVPR 2023: one scale, frozen convolutions; the seed and the norms are trained, with total variation."""
    noisy = begin(run)
    net = hourglass(inputs=3, width=64, scales=1)
    z = (torch.randn(1, 3, *noisy.shape[2:]) * 0.1).requires_grad_()
    norm = nn.BatchNorm2d(3)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.requires_grad_(False)
    adam = torch.optim.Adam([z, *norm.parameters(), *(p for p in net.parameters() if p.requires_grad)], lr=0.1)
    out = None

    def step(_):
        nonlocal out
        adam.zero_grad()
        out = net(norm(z))
        variation = (out.diff(dim=2).abs().sum() + out.diff(dim=3).abs().sum()) / out.numel()
        (F.mse_loss(out, noisy).sqrt() + 0.45 * variation).backward()
        adam.step()

    return fit(run, step, 5000, lambda: out)


def deep_decoder(run, width=64):
    """Heckel and Hand, ICLR 2019: 1 x 1 mixtures and bilinear upsampling alone. Sides must divide by 32."""
    noisy = begin(run)
    layers = []
    for i in range(6):
        upsampling = [nn.Upsample(scale_factor=2, mode="bilinear")] if i < 5 else []
        layers += [nn.Conv2d(width, width, 1, bias=False), *upsampling, nn.ReLU(), nn.BatchNorm2d(width)]
    net = nn.Sequential(*layers, nn.Conv2d(width, 3, 1), nn.Sigmoid())
    z = torch.rand(1, width, noisy.shape[2] // 32, noisy.shape[3] // 32) * 0.1
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    least, kept = float("inf"), None

    def step(_):
        nonlocal least, kept
        adam.zero_grad()
        out = net(z)
        loss = F.mse_loss(out, noisy)
        loss.backward()
        adam.step()
        if loss.item() < 0.995 * least:
            least, kept = loss.item(), out.detach()

    return fit(run, step, 1900, lambda: kept)


def small_hourglass(inputs=3):
    return hourglass(inputs=inputs, width=48, scales=4)


def autoencoding_sequential_prior(run):
    """aSeqDIP (Alkhouri et al., NeurIPS 2024): input the noisy picture, then its own output; each output is kept near its input.

    Our network is the narrow hourglass, at lr 1e-3 instead of 1e-4, for the sake of time."""
    noisy = begin(run)
    net, z = small_hourglass(), noisy
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)

    def step(_):
        nonlocal z
        for _ in range(2):
            adam.zero_grad()
            out = net(z)
            (F.mse_loss(out, noisy) + F.mse_loss(out, z)).backward()
            adam.step()
        z = out.detach()

    return fit(run, step, 2000, lambda: z)


def self_to_self(run):
    """After Self2Self (Quan et al., CVPR 2020): 30 % of the pixels hidden, loss on these, dropout in the decoder, predictions
    averaged. Plain instead of partial convolutions, the narrow hourglass, lr 1e-3 and 1500 steps instead of 450 000."""
    noisy = begin(run)
    net = small_hourglass(6)
    for scale in [module for module in net.modules() if isinstance(module, Scale)]:
        scale.up.insert(0, nn.Dropout(0.3))
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    average = Average(0.99)

    def step(_):
        known = (torch.rand_like(noisy) > 0.3).float()
        sides = [side for side in (2, 3) if torch.rand(()) < 0.5]
        adam.zero_grad()
        out = net(torch.cat([noisy * known, known], 1).flip(sides)).flip(sides)
        ((out - noisy).square() * (1 - known)).mean().backward()
        adam.step()
        average.add(out)

    return fit(run, step, 1500, average)


def risk_estimating_prior(run):
    """DIP-SURE (Jo et al., ICCV 2021): the noisy picture as input, MSE plus 2 sigma^2 times the Monte-Carlo divergence, outputs
    averaged over the iterations; sigma is estimated. The narrow hourglass."""
    noisy = begin(run)
    sigma, tiny = float(estimated_noise(run.noisy)), 1e-3
    net = small_hourglass()
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    average = Average(0.97)

    def step(_):
        adam.zero_grad()
        probe = torch.randn_like(noisy)
        out = net(noisy)
        divergence = (probe * (net(noisy + tiny * probe) - out)).mean() / tiny
        (F.mse_loss(out, noisy) + 2 * sigma**2 * divergence).backward()
        adam.step()
        average.add(out)

    return fit(run, step, 1000, average)


def guided_prior(run):
    """The narrow hourglass on a classical estimate with noise, fitted to the noisy picture; ships the average."""
    noisy = begin(run)
    guide = tensor(run.guide if run.guide is not None else wavelet(run, shifts=3).astype("f4"))
    net = small_hourglass()
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    average = Average(0.97)

    def step(_):
        adam.zero_grad()
        out = net(guide + torch.randn_like(guide) / 30)
        F.mse_loss(out, noisy).backward()
        adam.step()
        average.add(out)

    return fit(run, step, 500, average)
