// SPDX-License-Identifier: GPL-3.0-or-later
// A picture in memory -> an operation -> pixels, with everything observed that a test may ask about.
#pragma once

#include <gegl.h>

#include <string>
#include <vector>

#include "fake_engine.h"

// Some of GEGL's calls want a rectangle to point at.
inline const GeglRectangle* address(const GeglRectangle& rectangle) { return &rectangle; }

const Babl* format(const char* encoding, const char* space = "sRGB");

// Values in low..high, other ones at each call, so that no test finds the results of another one in the cache.
template <class T>
std::vector<T> noise(size_t n, T low, T high);

template <class T>
GeglBuffer* new_buffer(const GeglRectangle& extent, const Babl* format, const std::vector<T>& pixels) {
  GeglBuffer* buffer = gegl_buffer_new(&extent, format);
  gegl_buffer_set(buffer, &extent, 0, format, pixels.data(), GEGL_AUTO_ROWSTRIDE);
  return buffer;
}

class Graph {
 public:
  template <class T>
  Graph(const GeglRectangle& extent, const Babl* format, const std::vector<T>& pixels,
        const char* operation = "pentimento:denoise")
      : Graph(new_buffer(extent, format, pixels), operation) {}
  // Takes `input` over; NULL leaves the operation unconnected.
  explicit Graph(GeglBuffer* input, const char* operation = "pentimento:denoise");
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  // Connects a picture to one of the operation's pads, and takes it over.
  void connect(const char* pad, GeglBuffer* picture);

  template <class T>
  std::vector<T> blit(const GeglRectangle& roi, const Babl* format) {
    std::vector<T> pixels(static_cast<size_t>(roi.width) * roi.height * babl_format_get_n_components(format));
    gegl_node_blit(node, 1.0, &roi, format, pixels.data(), GEGL_AUTO_ROWSTRIDE, GEGL_BLIT_DEFAULT);
    return pixels;
  }

  GeglOperation* operation() { return gegl_node_get_gegl_operation(node); }
  std::string text(const char* property);

  GeglNode* root;
  GeglNode* node;  // of the operation
};

// Collects what our code logs, instead of printing it.
class Log {
 public:
  Log();
  ~Log();
  std::vector<std::string> warnings, messages;

 private:
  unsigned handler_;
};

// Sets $FAKE_ENGINE for one test.
class FakeEngine {
 public:
  explicit FakeEngine(const char* how = "") { g_setenv("FAKE_ENGINE", how, TRUE); }
  ~FakeEngine() { g_unsetenv("FAKE_ENGINE"); }
  int new_runs() const { return fake_engine_runs() - before_; }
  // An input of the last run; empty where there was none.
  static std::vector<float> input(size_t index) {
    const float* samples = nullptr;
    const size_t n = fake_engine_input(index, &samples);
    return {samples, samples + n};
  }

 private:
  int before_ = fake_engine_runs();
};

// A folder that lasts as long as one test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& bytes);

// Files where the operations look for their weights, which the fake engine does not read: $PENTIMENTO_WEIGHTS.
class PretendedWeights {
 public:
  PretendedWeights();
  ~PretendedWeights() { g_unsetenv("PENTIMENTO_WEIGHTS"); }
  const std::string& folder() const { return folder_.path(); }

 private:
  Folder folder_;
};
