# SPDX-License-Identifier: GPL-3.0-or-later
"""The candidates of candidates.py whose network learns between two noisy versions made of the one picture."""
import torch
from candidate_networks import array, begin, fit
from torch import nn
from torch.nn import functional as F


def plain(width, layers):
    """So many 3 x 3 convolutions and a 1 x 1."""
    modules = []
    for i in range(layers):
        modules += [nn.Conv2d(width if i else 3, width, 3, padding=1), nn.LeakyReLU(0.2)]
    return nn.Sequential(*modules, nn.Conv2d(width, 3, 1))


def halves(picture, pairing=0):
    """Two pictures of half the side: the means of each 2 x 2 cell's diagonals, or of its columns or rows."""
    a, b, c, d = (picture[:, :, y::2, x::2] for y in (0, 1) for x in (0, 1))
    return (((b + c) / 2, (a + d) / 2), ((a + c) / 2, (b + d) / 2), ((a + b) / 2, (c + d) / 2))[pairing]


def zero_shot_pairs(run, dense=False):
    """ZS-N2N (Mansour and Heckel, CVPR 2023): a residual network between the diagonals' means. dense: in each step another place
    of the cells and another pairing."""
    noisy = begin(run)
    net = plain(48, 2)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    rate = torch.optim.lr_scheduler.StepLR(adam, 1500, 0.5)

    def step(_):
        seen, pairing = noisy, 0
        if dense:
            y, x, pairing = (int(torch.randint(n, ())) for n in (2, 2, 3))
            seen = noisy[:, :, y : noisy.shape[2] - y, x : noisy.shape[3] - x]
        adam.zero_grad()
        first, second = halves(seen, pairing)
        both = torch.cat([first, second])
        clean = both - net(both)
        whole = torch.cat(halves(seen - net(seen), pairing))
        (F.mse_loss(clean, torch.cat([second, first])) + F.mse_loss(clean, whole)).backward()
        adam.step()
        rate.step()

    with_net = torch.no_grad()(lambda: noisy - net(noisy))
    return fit(run, step, 2000, with_net, every=50)


def frequency_split_pairs(run):
    """After ZS-HPD (2026): ZS-N2N's pairs, a deeper network, the low frequencies' error at half the weight of the high ones'."""
    noisy = begin(run)
    net = plain(48, 7)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    rate = torch.optim.lr_scheduler.MultiStepLR(adam, [500, 1000], 0.5)
    first, second = halves(noisy)
    inputs, targets = torch.cat([first, second]), torch.cat([second, first])
    radius = (torch.fft.fftfreq(inputs.shape[2])[:, None].square() + torch.fft.fftfreq(inputs.shape[3])[None].square()).sqrt()
    weight = torch.where(radius <= 0.2, 0.5, 1.0)

    def step(_):
        adam.zero_grad()
        error = torch.fft.fft2(inputs - net(inputs) - targets, norm="ortho")
        (weight * error.abs().square()).mean().backward()
        adam.step()
        rate.step()

    return fit(run, step, 1500, torch.no_grad()(lambda: noisy - net(noisy)), every=50)


def bank_of_similar_pixels(noisy, window=40, patch=7, kept=4):
    """kept x 3 x height x width: each pixel's likest in the window, itself first, by the patches' absolute difference."""
    reach, (height, width) = window // 2, noisy.shape[2:]
    padded = F.pad(noisy, [reach] * 4, mode="reflect")
    distances = torch.full((kept, height, width), float("inf"))
    pixels = torch.zeros(kept, 3, height, width)
    for y in range(window):
        for x in range(window):
            shifted = padded[:, :, y : y + height, x : x + width]
            difference = (shifted - noisy).abs().mean(1, keepdim=True)
            found, pixel = F.avg_pool2d(difference, patch, 1, patch // 2, count_include_pad=False)[0, 0], shifted[0]
            for place in range(kept):
                better = found < distances[place]
                displaced, moved = distances[place].clone(), pixels[place].clone()
                distances[place] = torch.where(better, found, displaced)
                pixels[place] = torch.where(better, pixel, moved)
                found, pixel = torch.where(better, displaced, found), torch.where(better, moved, pixel)
    return pixels


def similar_pixels(run, width, layers, crop):
    """Pixel2Pixel (Ma et al., TPAMI 2025): a network between two pictures of pixels drawn from each one's four likest, on
    crops for the sake of time."""
    noisy = begin(run)
    bank = bank_of_similar_pixels(noisy)
    net = plain(width, layers)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.orthogonal_(module.weight)
            nn.init.zeros_(module.bias)
    adam = torch.optim.AdamW(net.parameters(), lr=1e-3)
    rate = torch.optim.lr_scheduler.MultiStepLR(adam, [1500, 2000, 2500], 0.5)

    def step(_):
        y, x = (int(torch.randint(side - crop + 1, ())) for side in noisy.shape[2:])
        place = torch.randint(4, (1, 1, crop, crop))
        other = (place + torch.randint(1, 4, place.shape)) % 4
        part = bank[:, :, y : y + crop, x : x + crop]
        seen, target = (part.gather(0, index.expand(1, 3, crop, crop)) for index in (place, other))
        adam.zero_grad()
        F.mse_loss(net(seen), target).backward()
        adam.step()
        rate.step()

    return fit(run, step, 3000, torch.no_grad()(lambda: net(noisy)), every=50)
