// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "nets/restorer.h"
#include "train/degradations.h"
#include "train/pictures.h"

namespace pentimento {

// Means over pictures; PSNR in dB of R'G'B' in 0..1. The finest band is that of the a-trous wavelets; its SNR, in dB,
// is the clean picture's energy there over that of the error.
struct RestorerFigures {
  double psnr_before = 0, psnr = 0;      // of the degraded picture and of the restored one
  double finest_before = 0, finest = 0;  // SNR of the finest band
  double change = 0;                     // what the network does to the clean picture: mean absolute, in 1/255
};

// Of each picture its middle, cut to multiples of 64 pixels, which suit every depth; degraded by the same weather at
// each call. Throws std::runtime_error where nothing is left of one.
RestorerFigures measure(const Restorer& network, Degradation degrade, const std::vector<Picture>& pictures,
                        const torch::Device& device);

}  // namespace pentimento
