// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialog.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <chrono>

#include "arguments.h"
#include "new_job.h"
#include "settings_panel.h"

namespace pentimento {
namespace {

constexpr int kRestore = 100, kKeep = 101;  // responses of ours, answered here; the others by GIMP's dialog
constexpr guint kTickMilliseconds = 50;
constexpr int kSpacing = 12;
constexpr int kPanelWidth = 280;

std::string with_hint(const std::string& notice, const char* hint) {
  return notice.empty() ? hint : notice + " " + hint;
}

}  // namespace

Dialog::Dialog(const Filter& filter, GimpProcedure* procedure, GimpProcedureConfig* config, Target& target)
    : filter_(filter),
      config_(config),
      target_(target),
      view_(filter, target),
      progress_(is_fitted(filter)),
      dialog_(gimp_procedure_dialog_new(procedure, config, gegl_operation_get_key(filter.operation, "title"))) {
  build();
  g_signal_connect(config, (std::string("notify::") + kShowInvented).c_str(), G_CALLBACK(on_show_invented), this);
  reader_ = g_idle_add(on_read, this);
  ticker_ = g_timeout_add(kTickMilliseconds, on_tick, this);
}

Dialog::~Dialog() {
  if (reader_) g_source_remove(reader_);
  if (ticker_) g_source_remove(ticker_);
  g_signal_handlers_disconnect_by_data(config_, this);
  gtk_widget_destroy(dialog_);
}

void Dialog::build() {
  gimp_procedure_dialog_set_ok_label(GIMP_PROCEDURE_DIALOG(dialog_), _("_Apply"));
  if (is_fitted(filter_)) gimp_dialog_add_button(GIMP_DIALOG(dialog_), _("Stop and _Keep"), kKeep);
  gimp_dialog_add_button(GIMP_DIALOG(dialog_), filter_.action ? _(filter_.action) : _("Res_tore"), kRestore);
  GtkWidget* apply = gtk_dialog_get_widget_for_response(GTK_DIALOG(dialog_), GTK_RESPONSE_OK);
  gtk_box_reorder_child(GTK_BOX(gtk_widget_get_parent(apply)), apply, -1);
  g_signal_connect(dialog_, "response", G_CALLBACK(on_response), this);

  GtkWidget* panel = gtk_box_new(GTK_ORIENTATION_VERTICAL, kSpacing);
  gtk_widget_set_size_request(panel, kPanelWidth, -1);
  settings_ = new_settings_panel(GIMP_PROCEDURE_DIALOG(dialog_), config_, filter_, target_);
  gtk_box_pack_start(GTK_BOX(panel), settings_, FALSE, FALSE, 0);
  gtk_box_pack_start(GTK_BOX(panel), progress_.widget(), TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(panel), shares_.widget(), FALSE, FALSE, 0);

  GtkWidget* both = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, kSpacing);
  gtk_box_pack_start(GTK_BOX(both), view_.widget(), TRUE, TRUE, 0);
  gtk_box_pack_start(GTK_BOX(both), panel, FALSE, FALSE, 0);
  gtk_widget_show_all(both);

  GtkBox* content = GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(dialog_)));
  gtk_box_pack_start(content, message_.widget(), FALSE, FALSE, 6);
  gtk_box_pack_start(content, both, TRUE, TRUE, 0);
  update_buttons();
}

std::optional<Result> Dialog::run() {
  const bool apply = gimp_procedure_dialog_run(GIMP_PROCEDURE_DIALOG(dialog_));
  gtk_widget_hide(dialog_);
  if (run_) run_->answer(Answer::kCancel);
  while (run_) g_main_context_iteration(nullptr, TRUE);  // until finish(); it may take seconds while LibTorch loads
  if (!apply || !outcome_) return std::nullopt;
  if (destination_ != Destination::kGroup) std::swap(outcome_->results[0], outcome_->results[part_]);
  const bool marked = invention_ && is_on(config_, kShowInvented);
  return Result{std::move(*outcome_), destination_, std::move(used_),
                marked ? std::move(invention_->results[0]) : nullptr};
}

gboolean Dialog::on_read(gpointer self) {
  Dialog& d = *static_cast<Dialog*>(self);
  if (d.target_.read_some()) return G_SOURCE_CONTINUE;
  d.reader_ = 0;
  if (d.starting_) {
    d.launch();
    return G_SOURCE_REMOVE;
  }
  d.overviews_ = std::async(std::launch::async, [&target = d.target_] { return ResultView::render(target); });
  return G_SOURCE_REMOVE;
}

gboolean Dialog::on_tick(gpointer self) {
  Dialog& d = *static_cast<Dialog*>(self);
  if (d.overviews_.valid() && d.overviews_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    d.view_.show_picture(d.overviews_.get());
    const std::string sentence = d.target_.content_refusal();
    d.ready_ = sentence.empty();
    if (!d.ready_) d.message_.complain(sentence);
    d.update_buttons();
    gtk_widget_grab_focus(gtk_dialog_get_widget_for_response(GTK_DIALOG(d.dialog_), kRestore));
  }
  if (d.run_) d.poll_run();
  return G_SOURCE_CONTINUE;
}

void Dialog::on_response(GtkDialog* dialog, int response, gpointer self) {
  if (response != kRestore && response != kKeep) return;
  Dialog& d = *static_cast<Dialog*>(self);
  g_signal_stop_emission_by_name(dialog, "response");  // or GIMP would take it for the end of the dialog
  if (response == kRestore)
    d.start();
  else
    d.stop();
}

void Dialog::on_show_invented(GObject*, GParamSpec*, gpointer self) { static_cast<Dialog*>(self)->look_at_invention(); }

void Dialog::start() {
  message_.hide();
  outcome_.reset();
  invention_.reset();
  const std::string sentence = target_.prepare(config_);
  if (sentence.empty()) {
    starting_ = true;
    stopped_ = false;
    progress_.begin();
    reader_ = g_idle_add(on_read, this);
  } else {
    forget_result();
    message_.complain(sentence);
  }
  update_buttons();
}

void Dialog::launch() {
  starting_ = false;
  destination_ = destination(filter_, config_);
  part_ = chosen_part(filter_, config_);
  used_.reset(GIMP_PROCEDURE_CONFIG(gimp_config_duplicate(GIMP_CONFIG(config_))));
  shares_.show({});
  run_ = std::make_unique<Run>(new_job(filter_, used_.get(), target_, true), true);
  view_.expect(*run_, destination_, part_);
  update_buttons();
}

void Dialog::stop() {
  stopped_ = true;
  run_->answer(Answer::kKeep);
  update_buttons();
}

void Dialog::poll_run() {
  const bool finished = run_->finished();  // asked first: no update can follow the ones taken after it
  auto update = run_->take();
  if (update && !measuring_) {
    progress_.show(*update);
    if (!update->estimate.empty()) view_.show(std::move(update->estimate), {});
  } else {
    progress_.pulse();
  }
  if (finished) finish();
}

void Dialog::finish() {
  Outcome outcome = run_->outcome();
  run_.reset();
  if (measuring_) {
    show_invention(outcome);
  } else if (outcome.error.empty()) {
    show_result(outcome);
    outcome_ = std::move(outcome);
    look_at_invention();
  } else {
    forget_result();
    message_.complain(outcome.error);
  }
  update_buttons();
}

void Dialog::show_result(Outcome& outcome) {
  std::string notice = outcome.notice;
  if (destination_ == Destination::kAbove) {
    view_.mark(&outcome);
    shares_.show(parse_shares(outcome.file));
  } else if (destination_ == Destination::kSelection && !filter_.decomposition) {
    view_.show_found(outcome.results[0].get());
    notice = with_hint(notice, _("What was found is red. Apply makes it the selection."));
  } else {
    view_.show(std::move(outcome.overviews), outcome.results);
    if (destination_ == Destination::kSelection) notice = with_hint(notice, _("Apply makes the mask the selection."));
    if (destination_ == Destination::kFilter) notice = with_hint(notice, _("Apply adds the filter to the layer."));
  }
  progress_.end(stopped_, notice);
}

void Dialog::look_at_invention() {
  if (!filter_.made_by || !outcome_ || run_ || !gtk_widget_get_visible(dialog_)) return;
  const bool wanted = is_on(config_, kShowInvented) && is_comparable(filter_, used_.get(), target_);
  if (wanted && !invention_) {
    measuring_ = true;
    shares_.wait();
    GeglBuffer* result = outcome_->results[part_].get();
    run_ = std::make_unique<Run>(new_invention_job(filter_, used_.get(), target_, result), true);
    update_buttons();
    return;
  }
  shares_.show(wanted ? parse_shares(invention_->file) : std::nullopt);
  view_.mark(wanted ? &*invention_ : nullptr);
}

void Dialog::show_invention(Outcome& outcome) {
  measuring_ = false;
  if (outcome.error.empty()) {
    progress_.end(stopped_, with_hint(outcome_->notice, outcome.notice.c_str()));
    invention_ = std::move(outcome);
    look_at_invention();
  } else {
    shares_.show({});
    message_.complain(outcome.error);
  }
}

void Dialog::forget_result() {
  shares_.show({});
  progress_.reset();
  view_.forget();
}

void Dialog::update_buttons() {
  GtkDialog* dialog = GTK_DIALOG(dialog_);
  const bool busy = starting_ || run_;
  gtk_dialog_set_response_sensitive(dialog, kRestore, ready_ && !busy);
  gtk_dialog_set_response_sensitive(dialog, kKeep, run_ && !stopped_ && !measuring_);
  gtk_dialog_set_response_sensitive(dialog, GTK_RESPONSE_OK, outcome_ && !measuring_);
  gtk_dialog_set_default_response(dialog, outcome_ ? GTK_RESPONSE_OK : kRestore);
  gtk_widget_set_sensitive(settings_, !busy);
  // A button that is greyed out under the focus hands it to the preview: Return means Apply there, the arrows the line.
  if (busy) view_.grab_focus();
}

}  // namespace pentimento
