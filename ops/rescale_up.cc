// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_enum(scale, _("Factor"), PentimentoScale, pentimento_scale, PENTIMENTO_SCALE_2)
  description(_("How many times the picture was shrunk; where there is a sidecar, what it says counts"))

// clang-format on

#include "run_properties.h"

    // clang-format off

property_file_path(sidecar, _("Sidecar"), "")
  description(_("The file that was written when the picture was shrunk; none if empty. Set it again when the file has changed"))

property_file_path(weights, _("Weights"), "")
  description(_("The weights of the network, a safetensors file; empty for those that come with Pentimento"))

// clang-format on

#else

#include <optional>
#include <string>

#include "buffers.h"
#include "codes.h"
#include "details.h"
#include "rescale_note.h"
#include "restoring.h"
#include "result_writer.h"
#include "scaled_extent.h"
#include "weights_file.h"
#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_rescale_up
#define GEGL_OP_C_SOURCE rescale_up.cc
#include <gegl-op.h>

using namespace pentimento;

// What the sidecar says. Read when the graph is prepared, so that the extents agree with each other until it is again.
struct Sidecar {
  std::optional<RescaleNote> note;
  std::string error;
};

static void prepare(GeglOperation* operation) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  prepare_formats(operation);
  auto* sidecar = new Sidecar;
  if (o->sidecar && *o->sidecar) sidecar->note = read_note(o->sidecar, &sidecar->error);
  delete static_cast<Sidecar*>(o->user_data);
  o->user_data = sidecar;
}

static const RescaleNote* note_of(const GeglProperties* o) {
  const auto* sidecar = static_cast<const Sidecar*>(o->user_data);
  return sidecar && sidecar->note ? &*sidecar->note : nullptr;
}

static int scale_of(const GeglProperties* o) {
  const RescaleNote* note = note_of(o);
  return note ? note->scale : static_cast<int>(o->scale);
}

static GeglRectangle get_bounding_box(GeglOperation* operation) {
  const GeglProperties* o = GEGL_PROPERTIES(operation);
  const GeglRectangle small = input_extent(operation);
  GeglRectangle box = enlarged(small, scale_of(o));
  const RescaleNote* note = note_of(o);
  const bool refused = gegl_rectangle_equal(&box, &small);
  if (!refused && note && fits(*note, small)) box.width = note->width, box.height = note->height;
  return box;
}

static std::string refusal(GeglOperation* operation, const WeightsFile& weights) {
  const GeglProperties* o = GEGL_PROPERTIES(operation);
  const auto* sidecar = static_cast<const Sidecar*>(o->user_data);
  if (sidecar && !sidecar->error.empty()) return sidecar->error;
  const std::string too_large = enlarging_refusal(input_extent(operation), scale_of(o));
  return too_large.empty() ? weights.error : too_large;
}

// The restoration does its best all the same.
static void add_doubts(Outcome* outcome, const RescaleNote* note, bool unchanged, bool same_weights) {
  if (!note)
    outcome->add_notice(
        _("This picture carries no note of how it was shrunk. Restoring helps only pictures that were "
          "shrunk for it: for all others use super-resolution."));
  if (note && !unchanged)
    outcome->add_notice(
        _("The small picture was changed after it was shrunk (edited, cropped, scaled or saved as "
          "JPEG), so what was hidden in it is partly lost: restore the unchanged one if you still have "
          "it."));
  if (note && !same_weights)
    outcome->add_notice(
        _("The picture was shrunk with other weights than these, so the result is poor: please choose "
          "the weights file that it was shrunk with."));
}

static Outcome enlarge(const Restoration& job, const WeightsFile& weights, GeglBuffer* input, GeglBuffer* output,
                       const GeglRectangle& area) {
  const GeglProperties* o = GEGL_PROPERTIES(job.operation);
  const GeglRectangle from = input_extent(job.operation), to = output_extent(job.operation);
  const Babl* space = babl_format_get_space(gegl_buffer_get_format(output));
  const int scale = scale_of(o);
  Outcome outcome;
  const PentimentoEngine* engine = engine_for_run(&outcome.error);
  if (!engine) return outcome;

  const Codes small = fetch_codes(input, from, space);
  const RescaleNote* note = note_of(o);
  const bool unchanged = note && fits(*note, from) && small_mark(small) == note->small;
  const bool same_weights = note && weights.mark == note->weights;
  std::optional<std::string> details = "";
  if (unchanged && same_weights) details = read_details(o->sidecar, *note, &outcome.error);
  if (!details) return outcome;

  // With details, exactly what they were made from, where they were made.
  const bool exact = !details->empty();
  outcome = restore_small(*engine, job, exact ? colors_of(small) : fetch_picture(input, from, space), small, scale,
                          weights, exact ? PENTIMENTO_DEVICE_CPU : o->device, to.width, to.height, space);
  if (!outcome.result.pixels) return outcome;
  add_doubts(&outcome, note, unchanged, same_weights);

  if (exact && !outcome.result.early) {
    Codes picture = foretold(*outcome.result.pixels, small, scale);
    const Unpacked unpacked = unpack_details(*details, &picture);
    if (unpacked == Unpacked::kDamaged) return {{}, bad_sidecar(o->sidecar)};
    if (unpacked == Unpacked::kOtherwise)
      outcome.add_notice(
          _("This machine restores the picture with slightly other rounding than the one that "
            "shrank it: with the details it is within about one level of the original, but not "
            "the same bit for bit."));
    write_codes(picture, output, to);
  } else {
    copy_through(input, from, output, to, area, job.magnification);
    write_over({*outcome.result.pixels, nullptr, to, {}}, output, area);
  }
  return outcome;
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                        gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const WeightsFile weights = rescaling_weights(o->weights, scale_of(o));
  const Restoration job = {.operation = operation,
                           .method = "rescale-up",
                           .options = {},
                           .error = &o->error,
                           .notice = &o->notice,
                           .refusal = refusal(operation, weights),
                           .magnification = static_cast<double>(scale_of(o))};
  run_guarded(job, input, output, result, [&] { return enlarge(job, weights, input, output, *result); });
  return TRUE;
}

static void finalize(GObject* object) {
  delete static_cast<Sidecar*>(GEGL_PROPERTIES(object)->user_data);
  GEGL_PROPERTIES(object)->user_data = nullptr;
  G_OBJECT_CLASS(gegl_op_parent_class)->finalize(object);
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  whole_picture_class_init(operation_class);
  operation_class->prepare = prepare;
  operation_class->get_bounding_box = get_bounding_box;
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;
  G_OBJECT_CLASS(klass)->finalize = finalize;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:rescale-up", "title", _("Restore a Shrunken Picture (Invertible Rescaling)"),
      "categories", "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Restore a picture that rescale-down has shrunk, almost as it was; with the details that were kept in its "
        "sidecar, bit for bit. This is not super-resolution: it sharpens no picture that was shrunk in another way. "
        "The output is larger than the input, at most 400 megapixels."),
      nullptr);
}

#endif
