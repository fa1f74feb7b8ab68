// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pentimento {

// Makes LibTorch keep the CPU memory of large tensors between iterations, on huge pages. A fit frees and takes the same
// blocks a thousand times; returning them to the system each time costs a quarter of an iteration in page faults.
// Call once, before the first tensor.
void install_page_allocator();

// Returns what is kept to the system: at the end of a job.
void release_pages();

}  // namespace pentimento
