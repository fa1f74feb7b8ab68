// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/pictures.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "imaging/pnm.h"
#include "imaging/resample.h"
#include "weights/safetensors.h"

#ifdef PENTIMENTO_GDK_PIXBUF
#include <gdk-pixbuf/gdk-pixbuf.h>
#endif

namespace pentimento {

namespace fs = std::filesystem;
using torch::Tensor;

namespace {

std::string ending(const fs::path& file) {
  std::string text = file.extension().string();
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

constexpr uint64_t kLargestPack = uint64_t{1} << 40;

bool is_pnm(const fs::path& file) { return ending(file) == ".ppm" || ending(file) == ".pgm"; }

#ifdef PENTIMENTO_GDK_PIXBUF
bool is_picture(const fs::path& file) {
  for (const char* known : {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"})
    if (ending(file) == known) return true;
  return is_pnm(file);
}

Tensor read_any(const fs::path& file) {
  GError* problem = nullptr;
  GdkPixbuf* pixels = gdk_pixbuf_new_from_file(file.c_str(), &problem);
  if (!pixels) {
    const std::string sentence = file.string() + " cannot be read: " + problem->message;
    g_error_free(problem);
    throw std::runtime_error(sentence);
  }
  const int64_t channels = gdk_pixbuf_get_n_channels(pixels);
  const Tensor rows =
      torch::from_blob(gdk_pixbuf_get_pixels(pixels), {gdk_pixbuf_get_height(pixels), gdk_pixbuf_get_width(pixels), 3},
                       {gdk_pixbuf_get_rowstride(pixels), channels, 1}, torch::kUInt8);
  const Tensor picture = rows.permute({2, 0, 1}).clone(torch::MemoryFormat::Contiguous);
  g_object_unref(pixels);
  return picture;
}
#else
bool is_picture(const fs::path& file) { return is_pnm(file); }

Tensor read_any(const fs::path& file) {
  throw std::runtime_error(file.string() + " cannot be read: this build knows PPM, PGM and packed files alone.");
}
#endif

Tensor read_picture(const fs::path& file) {
  if (!is_pnm(file)) return read_any(file);
  return (read_pnm(file.string())[0] * 255).round().to(torch::kUInt8).expand({3, -1, -1}).contiguous();
}

// Pictures of one size are one tensor in a packed file.
void append_packed(const fs::path& file, std::vector<Picture>& pictures) {
  for (const auto& [name, bytes] : read_safetensors(file.string(), kLargestPack).tensors) {
    const bool one = bytes.dim() == 3;
    if (bytes.scalar_type() != torch::kUInt8 || (!one && bytes.dim() != 4) || bytes.size(-3) != 3)
      throw std::runtime_error(file.string() + " holds no packed pictures: make it with pentimento-train pack.");
    for (const Tensor& picture : one ? std::vector<Tensor>{bytes} : bytes.unbind()) pictures.push_back({name, picture});
  }
}

}  // namespace

std::vector<Picture> read_pictures(const std::vector<std::string>& places, const std::vector<std::string>& leave_out) {
  std::vector<fs::path> files;
  for (const std::string& place : places) {
    if (!fs::is_directory(place)) {
      files.emplace_back(place);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    for (const auto& entry : fs::directory_iterator(place))
      if (is_picture(entry.path())) files.push_back(entry.path());
    std::sort(files.begin() + first, files.end());
  }
  std::vector<Picture> pictures;
  for (const fs::path& file : files) {
    if (std::ranges::find(leave_out, file.filename().string()) != leave_out.end()) continue;
    if (ending(file) == ".safetensors")
      append_packed(file, pictures);
    else
      pictures.push_back({file.filename().string(), read_picture(file)});
  }
  for (const std::string& name : leave_out)
    if (std::ranges::find(files, name, [](const fs::path& f) { return f.filename().string(); }) == files.end() &&
        std::ranges::find(pictures, name, &Picture::name) == pictures.end())
      throw std::runtime_error("There is no picture " + name + " that could be left out.");
  std::erase_if(pictures, [&](const Picture& p) { return std::ranges::find(leave_out, p.name) != leave_out.end(); });
  if (pictures.empty()) throw std::runtime_error("There are no pictures: give folders, pictures or packed files.");
  return pictures;
}

Picture shrunk(const Picture& picture, int64_t side) {
  const int64_t height = picture.bytes.size(1), width = picture.bytes.size(2), shorter = std::min(height, width);
  if (shorter <= side) return picture;
  const auto scaled = [&](int64_t n) { return (n * side + shorter / 2) / shorter; };
  const Tensor small = area_shrink(to_unit(picture.bytes.unsqueeze(0)), scaled(height), scaled(width));
  return {picture.name, (small[0] * 255).round().to(torch::kUInt8)};
}

}  // namespace pentimento
