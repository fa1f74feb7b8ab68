// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

#include <memory>
#include <new>

namespace pentimento {

// Interleaved rows of floats without padding. Throws std::bad_alloc where memory, or arithmetic, does not suffice.
class Pixels {
 public:
  Pixels(int width, int height, int channels) : width_(width), height_(height), channels_(channels) {
    gsize n = 0;  // and GEGL counts the bytes of a row in an int
    if (!g_size_checked_mul(&n, width, height) || !g_size_checked_mul(&n, n, channels) ||
        !g_size_checked_mul(&bytes_, n, sizeof(float)) || gint64{4} * width * channels > G_MAXINT)
      throw std::bad_alloc();
    data_.reset(static_cast<float*>(g_try_malloc(bytes_)));
    if (!data_) throw std::bad_alloc();
  }

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  float* at(int x, int y) { return data() + (gsize(y) * width_ + x) * channels_; }
  const float* at(int x, int y) const { return data() + (gsize(y) * width_ + x) * channels_; }
  int width() const { return width_; }
  int height() const { return height_; }
  int channels() const { return channels_; }
  gsize bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(float* data) const { g_free(data); }
  };
  int width_, height_, channels_;
  gsize bytes_ = 0;
  std::unique_ptr<float, Free> data_;
};

}  // namespace pentimento
