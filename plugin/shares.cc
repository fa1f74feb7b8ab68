// SPDX-License-Identifier: GPL-3.0-or-later
#include "shares.h"

#include <json-glib/json-glib.h>

#include "handles.h"

namespace pentimento {
namespace {

Shares shares_of(JsonObject* object) {
  const auto share = [object](const char* name) { return json_object_get_double_member_with_default(object, name, 0); };
  return {share("retained"), share("extracted"), share("invented")};
}

}  // namespace

std::optional<SharesReport> parse_shares(const std::string& json) {
  const Handle<JsonParser> parser(json_parser_new());
  if (!json_parser_load_from_data(parser.get(), json.data(), static_cast<gssize>(json.size()), nullptr)) return {};
  JsonNode* root = json_parser_get_root(parser.get());
  if (!root || !JSON_NODE_HOLDS_OBJECT(root)) return {};
  JsonObject* report = json_node_get_object(root);
  if (!json_object_has_member(report, "bands")) return {};
  JsonArray* bands = json_object_get_array_member(report, "bands");
  SharesReport shares{.bands = {}, .all = shares_of(report)};
  for (guint i = 0; i < json_array_get_length(bands); ++i)
    shares.bands.push_back(shares_of(json_array_get_object_element(bands, i)));
  return shares;
}

}  // namespace pentimento
