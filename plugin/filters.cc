// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>

#include <cstring>

namespace pentimento {
namespace {

const Decomposition kDehaze = {
    .parts = {{{"picture", N_("Clear picture")}, {"transmission", N_("Transmission")}, {"airlight", N_("Airlight")}}},
    .top = 0,
    .mask = 1,
    .bottom = 2,
    .as_layers = false,
    .exact = {{{"strength", 1}, {"keep-some-haze", 0}}},
    .frames_nick = N_("All layers are frames"),
    .frames_blurb =
        N_("Take all visible, unlocked layers for the frames of one sequence, the lowest for the first, and "
           "restore them together, so that nothing flickers")};

const Decomposition kSeparateLayers = {
    .parts = {{{"layer-1", N_("Sharper layer")}, {"layer-2", N_("Other layer")}, {"mask", N_("Mask")}}},
    .top = 0,
    .mask = 2,
    .bottom = 1,
    .as_layers = true};

const Decomposition kRemoveWatermark = {
    .parts = {{{"picture", N_("Clean picture")}, {"watermark", N_("Watermark")}, {"mask", N_("Opacity")}}},
    .top = 1,
    .mask = 2,
    .bottom = 0,
    .as_layers = false,
    .frames_nick = N_("All layers carry the same mark"),
    .frames_blurb =
        N_("Take the mark off all visible, unlocked layers at once: pictures of one size that carry the same "
           "mark in the same place. Of three or more nobody needs to say where it is")};

const Decomposition kSegment = {
    .parts = {{{"mask", N_("Mask")}, {"foreground", N_("Foreground")}, {"background", N_("Background")}}},
    .top = 1,
    .mask = 0,
    .bottom = 2,
    .as_layers = true,
    .frames_nick = N_("All layers are frames"),
    .frames_blurb =
        N_("Take all visible, unlocked layers for the frames of one sequence, the lowest for the first, and "
           "segment them together, so that nothing flickers. The mask becomes the layer mask of each")};

const Filter kFilters[] = {
    {.operation = "pentimento:dehaze",
     .procedure = "plug-in-pentimento-dehaze",
     .menu_label = N_("De_haze (Double-DIP)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .decomposition = &kDehaze,
     .made_by = "dehaze"},
    {.operation = "pentimento:denoise",
     .procedure = "plug-in-pentimento-denoise",
     .menu_label = N_("_Denoise (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .made_by = "denoise"},
    {.operation = "pentimento:enhance-detail",
     .procedure = "plug-in-pentimento-enhance-detail",
     .menu_label = N_("_Enhance Detail (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .made_by = "enhance-detail"},
    {.operation = "pentimento:flash-no-flash",
     .procedure = "plug-in-pentimento-flash-no-flash",
     .menu_label = N_("_Flash and No-flash (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .aux = Aux::kLayer,
     .layer = {.name = "flash",
               .nick = N_("Flash layer"),
               .blurb = N_("The layer with the same scene taken with flash")},
     .missing = N_("Choose the layer that holds the same scene taken with flash."),
     .made_by = "anything"},
    {.operation = "pentimento:inpaint",
     .procedure = "plug-in-pentimento-inpaint",
     .menu_label = N_("_Inpaint (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .aux = Aux::kSelection,
     .destination = Destination::kLayer,
     .missing =
         N_("Nothing says what to fill. Select it, erase it to transparency, or let dust and scratches be found."),
     .finds_mask = "find-damage",
     .mask_output = "mask",
     .made_by = "inpaint"},
    {.operation = "pentimento:provenance",
     .procedure = "plug-in-pentimento-provenance",
     .menu_label = N_("Show What Was In_vented..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .aux = Aux::kLayer,
     .destination = Destination::kAbove,
     .layer = {.name = "original",
               .nick = N_("Original"),
               .blurb =
                   N_("The layer that this one was made of: as large and in the same place, or the smaller picture "
                      "that was enlarged by a whole factor from 2 to 8"),
               .smaller = true},
     .missing = N_("Choose the layer that holds the original, which this one was made of."),
     .action = N_("_Measure")},
    {.operation = "pentimento:remove-jpeg-artifacts",
     .procedure = "plug-in-pentimento-remove-jpeg-artifacts",
     .menu_label = N_("_Remove JPEG Artifacts (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .made_by = "remove-jpeg-artifacts"},
    {.operation = "pentimento:remove-watermark",
     .procedure = "plug-in-pentimento-remove-watermark",
     .menu_label = N_("Remove _Watermark (Double-DIP)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .aux = Aux::kSelection,
     .destination = Destination::kLayer,
     .missing = N_("Nothing says where the watermark is. Select it roughly, or open several pictures that carry it as "
                   "layers and let all of them carry the same mark."),
     .decomposition = &kRemoveWatermark,
     .made_by = "anything"},
    {.operation = "pentimento:rescale-down",
     .procedure = "plug-in-pentimento-rescale-down",
     .menu_label = N_("Shrin_k so it can be restored..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .destination = Destination::kImage,
     .image_wide = true,
     .note = Note::kWritten,
     .action = N_("Shrin_k"),
     // The figures are those of tests/bench/README.md.
     .hint =
         N_("Save the small image as XCF, which keeps everything, or as PNG or TIFF and tick there that the comment "
            "be saved: it holds the note for restoring. As JPEG the image loses most of what restoring needs: on "
            "average, 42 dB came back from a PNG, but 35 dB from a JPEG of quality 90.")},
    {.operation = "pentimento:rescale-up",
     .procedure = "plug-in-pentimento-rescale-up",
     .menu_label = N_("Res_tore shrunken image..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .destination = Destination::kImage,
     .image_wide = true,
     .note = Note::kRead,
     .made_by = "rescale-up",
     .hint =
         N_("This image carries no note of how it was shrunk. If it was merely saved without its comment, choose the "
            "factor and restore it. If it was shrunk in another way, use Super-resolution instead, or take the "
            "result anyway.")},
    {.operation = "pentimento:restore",
     .procedure = "plug-in-pentimento-restore",
     .menu_label = N_("Rain, Haze or Shad_ow (Network)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .made_by = "restore",
     .made_by_argument = "task",
     .stays = true},
    {.operation = "pentimento:segment",
     .procedure = "plug-in-pentimento-segment",
     .menu_label = N_("Se_gment (Double-DIP)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .aux = Aux::kLayer,
     .layer = {.name = "strokes",
               .nick = N_("Strokes"),
               .blurb = N_("A layer that says which is which: add a new transparent layer above the picture, and paint "
                           "on it white over the foreground and black over the background; a few strokes will do"),
               .strokes = true},
     .mask_output = "mask",
     .decomposition = &kSegment},
    {.operation = "pentimento:separate-layers",
     .procedure = "plug-in-pentimento-separate-layers",
     .menu_label = N_("_Separate Layers (Double-DIP)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .aux = Aux::kLayer,
     .layer = {.name = "second",
               .nick = N_("Second picture"),
               .blurb = N_("A layer with the same two layers in another mixture, such as the same window taken from "
                           "beside or in other light, aligned with this one")},
     .decomposition = &kSeparateLayers},
    {.operation = "pentimento:super-resolution",
     .procedure = "plug-in-pentimento-super-resolution",
     .menu_label = N_("_Super-resolution (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .destination = Destination::kImage,
     .made_by = "super-resolution"},
};

}  // namespace

std::span<const Filter> filters() { return kFilters; }

const Filter* find_filter(const char* procedure) {
  for (const Filter& filter : kFilters)
    if (!std::strcmp(filter.procedure, procedure)) return &filter;
  return nullptr;
}

}  // namespace pentimento
