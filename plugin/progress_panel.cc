// SPDX-License-Identifier: GPL-3.0-or-later
#include "progress_panel.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>

#include <cmath>

namespace pentimento {
namespace {

Text clock_text(double seconds) {
  if (!(seconds >= 0)) return Text(g_strdup("–"));
  const long s = std::lround(seconds);
  if (s >= 3600) return Text(g_strdup_printf("%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60));
  return Text(g_strdup_printf("%ld:%02ld", s / 60, s % 60));
}

/// GIMP's themes make the bar a hairline; this one is watched for minutes.
void thicken(GtkWidget* bar) {
  const Handle<GtkCssProvider> css(gtk_css_provider_new());
  gtk_css_provider_load_from_data(css.get(), "progress, trough { min-height: 8px; }", -1, nullptr);
  gtk_style_context_add_provider(gtk_widget_get_style_context(bar), GTK_STYLE_PROVIDER(css.get()),
                                 GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

GtkWidget* add_time(GtkGrid* grid, int column, const char* name) {
  GtkWidget* label = gtk_label_new(name);
  GtkWidget* value = gtk_label_new(nullptr);
  gtk_label_set_xalign(GTK_LABEL(value), 0);
  gtk_grid_attach(grid, label, column, 1, 1, 1);
  gtk_grid_attach(grid, value, column + 1, 1, 1, 1);
  return value;
}

}  // namespace

ProgressPanel::ProgressPanel(bool fitted)
    : fitted_(fitted),
      frame_(gimp_frame_new(_("Progress"))),
      bar_(gtk_progress_bar_new()),
      notice_(new_text_row(GIMP_ICON_DIALOG_INFORMATION, GTK_ICON_SIZE_BUTTON, nullptr)) {
  GtkWidget* grid = gtk_grid_new();
  gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
  gtk_grid_set_column_spacing(GTK_GRID(grid), 6);
  thicken(bar_);
  gtk_progress_bar_set_show_text(GTK_PROGRESS_BAR(bar_), TRUE);
  gtk_grid_attach(GTK_GRID(grid), bar_, 0, 0, 4, 1);
  elapsed_ = add_time(GTK_GRID(grid), 0, _("Elapsed"));
  remaining_ = add_time(GTK_GRID(grid), 2, _("Remaining"));
  gtk_widget_set_hexpand(elapsed_, TRUE);
  gtk_widget_set_no_show_all(curve_.widget(), !fitted);
  gtk_grid_attach(GTK_GRID(grid), curve_.widget(), 0, 2, 4, 1);
  gtk_widget_set_no_show_all(notice_.row, TRUE);
  gtk_grid_attach(GTK_GRID(grid), notice_.row, 0, 3, 4, 1);
  gtk_container_add(GTK_CONTAINER(frame_), grid);
  gtk_widget_show_all(frame_);
  reset();
}

void ProgressPanel::set_bar(double fraction, const char* text) {
  gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(bar_), fraction);
  gtk_progress_bar_set_text(GTK_PROGRESS_BAR(bar_), text);
}

void ProgressPanel::set_times(double elapsed_s, double remaining_s) {
  gtk_label_set_text(GTK_LABEL(elapsed_), clock_text(elapsed_s).get());
  gtk_label_set_text(GTK_LABEL(remaining_), clock_text(remaining_s).get());
}

void ProgressPanel::set_notice(const std::string& notice) {
  gtk_label_set_text(GTK_LABEL(notice_.label), notice.c_str());
  gtk_widget_set_visible(notice_.row, !notice.empty());
}

void ProgressPanel::reset() {
  iteration_ = 0;
  curve_.clear();
  set_bar(0, _("Not started"));
  set_times(-1, -1);
  set_notice("");
}

void ProgressPanel::begin() {
  reset();
  set_bar(0, _("Starting…"));
}

void ProgressPanel::pulse() {
  if (iteration_ == 0) gtk_progress_bar_pulse(GTK_PROGRESS_BAR(bar_));
}

void ProgressPanel::show(const Update& update) {
  iteration_ = update.iteration;
  elapsed_s_ = update.elapsed_s;
  const bool known = update.iterations > 0;
  const Text text(known ? g_strdup_printf(_("Iteration %d of %d"), static_cast<int>(update.iteration),
                                          static_cast<int>(update.iterations))
                        : g_strdup_printf(_("Iteration %d"), static_cast<int>(update.iteration)));
  // Without a text the bar says how many per cent.
  set_bar(known ? static_cast<double>(update.iteration) / update.iterations : 0, fitted_ ? text.get() : nullptr);
  set_times(update.elapsed_s, update.remaining_s);
  curve_.add(update.losses);
}

void ProgressPanel::end(bool stopped_early, const std::string& notice) {
  const int iterations = static_cast<int>(iteration_);
  const Text text(iterations == 0 || !fitted_ ? g_strdup(_("Finished"))  // or the operation had the result already
                  : stopped_early ? g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "Stopped after %d iteration",
                                                                "Stopped after %d iterations", iterations),
                                                    iterations)
                                  : g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "Finished after %d iteration",
                                                                "Finished after %d iterations", iterations),
                                                    iterations));
  set_bar(stopped_early ? gtk_progress_bar_get_fraction(GTK_PROGRESS_BAR(bar_)) : 1, text.get());
  set_times(iteration_ ? elapsed_s_ : -1, -1);
  set_notice(notice);
}

}  // namespace pentimento
