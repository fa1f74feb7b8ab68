// SPDX-License-Identifier: GPL-3.0-or-later
#include "note.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include "handles.h"

namespace pentimento {
namespace {

constexpr const char *kNote = "pentimento-rescale", *kDetails = "pentimento-details", *kComment = "gimp-comment";
constexpr std::string_view kFirstWord = "pentimento-rescale/";  // of a note's line
constexpr const char* kLine =
    "^pentimento-rescale/1 scale=[24] size=[1-9][0-9]{0,8}x[1-9][0-9]{0,8} weights=[0-9a-f]{16} small=[0-9a-f]{16}$";

struct FreeParasite {
  void operator()(GimpParasite* parasite) const { gimp_parasite_free(parasite); }
};
using Parasite = std::unique_ptr<GimpParasite, FreeParasite>;

std::string content_of(const Parasite& parasite) {
  guint32 size = 0;
  const auto* data = parasite ? static_cast<const char*>(gimp_parasite_get_data(parasite.get(), &size)) : nullptr;
  return data ? std::string(data, size) : "";
}

Parasite new_parasite(const char* name, std::string_view content) {
  return Parasite(
      gimp_parasite_new(name, GIMP_PARASITE_PERSISTENT, static_cast<guint32>(content.size()), content.data()));
}

/// The first line of `text`, where that is a note; one that other programs have damaged is none.
std::string note_of(std::string_view text) {
  const std::string line(text.substr(0, text.find_first_of("\r\n")));
  return g_regex_match_simple(kLine, line.c_str(), {}, {}) ? line : "";
}

std::string image_text(GimpImage* image, const char* parasite) {
  std::string text = content_of(Parasite(gimp_image_get_parasite(image, parasite)));
  return text.substr(0, text.find('\0'));  // comments end with it
}

/// A comment without its notes, and the last of these.
struct Comment {
  std::string rest, note;
};

Comment take_apart(std::string_view text) {
  Comment comment;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with(kFirstWord))
      comment.note = note_of(line);
    else
      comment.rest.append(line).append("\n");
  }
  if (!comment.rest.empty()) comment.rest.pop_back();
  return comment;
}

void set_comment(GimpImage* image, const std::string& text) {
  if (text.empty())
    gimp_image_detach_parasite(image, kComment);
  else
    gimp_image_attach_parasite(image, new_parasite(kComment, {text.c_str(), text.size() + 1}).get());
}

}  // namespace

std::string read_note(GimpImage* image) {
  GimpLayer** layers = gimp_image_get_layers(image);
  const std::unique_ptr<GimpLayer*, Free> owner(layers);
  for (; *layers; ++layers)
    if (std::string all = content_of(Parasite(gimp_item_get_parasite(GIMP_ITEM(*layers), kDetails)));
        !note_of(all).empty())
      return all;
  std::string line = note_of(image_text(image, kNote));
  if (line.empty()) line = take_apart(image_text(image, kComment)).note;
  return line.empty() ? "" : line + "\n";
}

void set_note(GimpImage* image, GimpLayer* layer, const std::string& sidecar) {
  const std::string line = sidecar.substr(0, sidecar.find('\n'));
  gimp_image_detach_parasite(image, kNote);
  gimp_item_detach_parasite(GIMP_ITEM(layer), kDetails);
  const std::string rest = take_apart(image_text(image, kComment)).rest;
  set_comment(image, rest + (rest.empty() || line.empty() ? "" : "\n") + line);
  if (line.empty()) return;
  gimp_image_attach_parasite(image, new_parasite(kNote, line).get());
  if (sidecar.size() > line.size() + 1)
    gimp_item_attach_parasite(GIMP_ITEM(layer), new_parasite(kDetails, sidecar).get());
}

}  // namespace pentimento
