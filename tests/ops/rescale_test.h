// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the two rescaling operations share.
#pragma once

#include <memory>

#include "graph.h"

// A picture that shrinks, with its sidecar if it is told where.
inline std::unique_ptr<Graph> shrinking(GeglBuffer* picture, int scale, const std::string& sidecar = "",
                                        bool keep_details = false) {
  auto graph = std::make_unique<Graph>(picture, "pentimento:rescale-down");
  gegl_node_set(graph->node, "scale", scale, "sidecar", sidecar.c_str(), "keep-details", keep_details, nullptr);
  return graph;
}

inline std::unique_ptr<Graph> restoring(GeglBuffer* small, const std::string& sidecar = "", int scale = 2) {
  auto graph = std::make_unique<Graph>(small, "pentimento:rescale-up");
  gegl_node_set(graph->node, "scale", scale, "sidecar", sidecar.c_str(), nullptr);
  return graph;
}

// All that comes out.
template <class T>
std::vector<T> whole(Graph& graph, const Babl* format) {
  return graph.blit<T>(gegl_node_get_bounding_box(graph.node), format);
}

// What comes out as a file of 8 bits would have it.
inline GeglBuffer* as_8_bits(Graph& graph, const char* encoding) {
  return new_buffer(gegl_node_get_bounding_box(graph.node), format(encoding), whole<guint8>(graph, format(encoding)));
}
