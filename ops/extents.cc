// SPDX-License-Identifier: GPL-3.0-or-later
#include "extents.h"

namespace pentimento {
namespace {

// The same extent for `aux`, so that it is fetched where the picture lies.
GeglRectangle get_required_for_output(GeglOperation* operation, const gchar*, const GeglRectangle* roi) {
  const GeglRectangle extent = input_extent(operation);
  return is_picture(extent) ? extent : *roi;
}

GeglRectangle get_cached_region(GeglOperation* operation, const GeglRectangle* roi) {
  return is_picture(input_extent(operation)) ? output_extent(operation) : *roi;
}

GeglRectangle get_invalidated_by_change(GeglOperation* operation, const gchar*, const GeglRectangle* roi) {
  return get_cached_region(operation, roi);
}

}  // namespace

void extents_class_init(GeglOperationClass* klass) {
  klass->get_bounding_box = input_extent;
  klass->get_required_for_output = get_required_for_output;
  klass->get_cached_region = get_cached_region;
  klass->get_invalidated_by_change = get_invalidated_by_change;
}

GeglRectangle input_extent(GeglOperation* operation) {
  const GeglRectangle* box = gegl_operation_source_get_bounding_box(operation, "input");
  return box ? *box : GeglRectangle{0, 0, 0, 0};
}

GeglRectangle output_extent(GeglOperation* operation) {
  return GEGL_OPERATION_GET_CLASS(operation)->get_bounding_box(operation);
}

Cover cover_of_aux(GeglOperation* operation, const GeglBuffer* aux) {
  const GeglRectangle extent = input_extent(operation);
  const GeglRectangle* covered = gegl_operation_source_get_bounding_box(operation, "aux");
  if (!covered || gegl_rectangle_is_empty(covered)) return Cover::kNone;
  return aux && gegl_rectangle_contains(covered, &extent) ? Cover::kWhole : Cover::kPart;
}

bool is_picture(const GeglRectangle& extent) {
  return !gegl_rectangle_is_empty(&extent) && !gegl_rectangle_is_infinite_plane(&extent);
}

}  // namespace pentimento
