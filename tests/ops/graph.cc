// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

const Babl* format(const char* encoding, const char* space) {
  return babl_format_with_space(encoding, babl_space(space));
}

template <class T>
std::vector<T> noise(size_t n, T low, T high) {
  static std::mt19937 random(1);
  std::vector<T> values(n);
  for (T& value : values) value = static_cast<T>(low + (high - low) * (random() / 4294967295.0));
  return values;
}
template std::vector<guint8> noise(size_t, guint8, guint8);
template std::vector<guint16> noise(size_t, guint16, guint16);
template std::vector<guint32> noise(size_t, guint32, guint32);
template std::vector<float> noise(size_t, float, float);
template std::vector<double> noise(size_t, double, double);

Graph::Graph(GeglBuffer* input, const char* operation) : root(gegl_node_new()) {
  node = gegl_node_new_child(root, "operation", operation, nullptr);
  if (input) connect("input", input);
}

void Graph::connect(const char* pad, GeglBuffer* picture) {
  GeglNode* source = gegl_node_new_child(root, "operation", "gegl:buffer-source", "buffer", picture, nullptr);
  g_object_unref(picture);
  gegl_node_connect(source, "output", node, pad);
}

Graph::~Graph() { g_object_unref(root); }

std::string Graph::text(const char* property) {
  g_autofree char* value = nullptr;
  gegl_node_get(node, property, &value, nullptr);
  return value ? value : "(null)";
}

Log::Log() {
  auto collect = [](const gchar*, GLogLevelFlags level, const gchar* message, gpointer self) {
    auto* log = static_cast<Log*>(self);
    (level & G_LOG_LEVEL_WARNING ? log->warnings : log->messages).push_back(message);
  };
  handler_ = g_log_set_handler("Pentimento", static_cast<GLogLevelFlags>(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE),
                               collect, this);
}

Log::~Log() { g_log_remove_handler("Pentimento", handler_); }

Folder::Folder() {
  g_autofree char* path = g_dir_make_tmp("pentimento-XXXXXX", nullptr);
  path_ = path;
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

PretendedWeights::PretendedWeights() {
  for (const char* name : {"irn-x2.safetensors", "irn-x4.safetensors", "restore-rain.safetensors",
                           "restore-haze.safetensors", "restore-shadow.safetensors"})
    write_file(folder_.file(name), name);
  g_setenv("PENTIMENTO_WEIGHTS", folder().c_str(), TRUE);
}
