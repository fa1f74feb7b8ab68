// SPDX-License-Identifier: GPL-3.0-or-later
// The properties that every operation has which runs the engine: shared_properties.h brings them to the fitted ones,
// the others include this file, likewise after their own.
// clang-format off

property_enum(device, _("Compute on"), PentimentoDevice, pentimento_device, PENTIMENTO_DEVICE_AUTO)
  description(_("Where to compute; automatic takes a graphics card where there is a usable one"))

property_string(error, _("Error"), "")
  description(_("Why the last run failed; empty if it did not (read-only)"))
  ui_meta("error", "true")

property_string(notice, _("Notice"), "")
  description(_("What to know about the last result; empty if there is nothing (read-only)"))
  ui_meta("visible", "0")
