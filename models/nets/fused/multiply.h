// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace pentimento {

// The matrix products inside a convolution, on blocks that lie in the processor's caches. kLanes channels stand
// together (lanes.h): a "rows" matrix is [chunk of channels][row][lane], with rows a multiple of kRowsAtOnce, a
// "weights" matrix [chunk of output channels][input channel][lane].
constexpr int64_t kRowsAtOnce = 24;

// m[row][o] = sum over c of v[row][c] w[c][o] for `panels` chunks of output channels; each sum in the order of c.
// A chunk of v, w and m starts every v_chunk, w_chunk and m_chunk floats.
void multiply(const float* v, int64_t v_chunk, const float* w, int64_t w_chunk, int64_t rows, int64_t channels,
              int64_t panels, float* m, int64_t m_chunk);

// w[c][o] += sum over rows of v[row][c] g[row][o] for all `chunks` of v and `panels` of g, in the order of the rows.
// Input channels that the last chunk of v holds twice are skipped.
void multiply_transposed(const float* v, int64_t v_chunk, const float* g, int64_t g_chunk, int64_t rows,
                         int64_t channels, int64_t panels, float* w, int64_t w_chunk);

}  // namespace pentimento
