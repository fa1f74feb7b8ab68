// SPDX-License-Identifier: GPL-3.0-or-later
#include "report.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace pentimento {
namespace {

// Figures by the levels of their names. What has no members is a number.
struct Branch {
  std::string name;
  double value = 0;
  std::vector<Branch> members = {};
};

void add(Branch* branch, const std::string& name, double value) {
  const size_t dot = name.find('.');
  const std::string first = name.substr(0, dot);
  auto member = std::ranges::find(branch->members, first, &Branch::name);
  if (member == branch->members.end()) member = branch->members.insert(member, {first, value});
  if (dot != std::string::npos) add(&*member, name.substr(dot + 1), value);
}

// Members that are counted make an array.
JsonNode* node_of(const Branch& branch) {
  JsonNode* node = json_node_alloc();
  if (branch.members.empty())
    return std::isfinite(branch.value) ? json_node_init_double(node, branch.value) : json_node_init_null(node);
  if (g_ascii_isdigit(branch.members[0].name[0])) {
    g_autoptr(JsonArray) array = json_array_new();
    for (const Branch& member : branch.members) json_array_add_element(array, node_of(member));
    return json_node_init_array(node, array);
  }
  g_autoptr(JsonObject) object = json_object_new();
  for (const Branch& member : branch.members) json_object_set_member(object, member.name.c_str(), node_of(member));
  return json_node_init_object(node, object);
}

std::string cannot_write(const char* why) {
  g_autofree char* sentence =
      g_strdup_printf(_("The report cannot be written (%s): please choose another file for it, or none."), why);
  return sentence;
}

}  // namespace

std::string report_json(const std::vector<Figure>& figures, const std::vector<std::string>& verdict) {
  Branch all = {.name = "bands"};
  for (const Figure& figure : figures) add(&all, figure.name, figure.value);
  g_autoptr(JsonObject) object = json_object_new();
  for (const Branch& member : all.members) json_object_set_member(object, member.name.c_str(), node_of(member));
  JsonArray* sentences = json_array_new();
  for (const std::string& sentence : verdict) json_array_add_string_element(sentences, sentence.c_str());
  json_object_set_array_member(object, "verdict", sentences);

  g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);
  g_autofree char* text = json_to_string(root, TRUE);
  return std::string(text) + '\n';
}

std::string report_refusal(const char* path) {
  g_autofree char* folder = g_path_get_dirname(path);
  return g_file_test(folder, G_FILE_TEST_IS_DIR) ? "" : cannot_write(g_strerror(ENOENT));
}

std::string write_report(const char* path, const std::vector<Figure>& figures,
                         const std::vector<std::string>& verdict) {
  const std::string json = report_json(figures, verdict);
  g_autoptr(GError) error = nullptr;
  if (g_file_set_contents_full(path, json.data(), static_cast<gssize>(json.size()), G_FILE_SET_CONTENTS_CONSISTENT,
                               0666, &error))
    return "";
  return cannot_write(error->message);
}

}  // namespace pentimento
