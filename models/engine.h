/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's whole public surface: a versioned C table that ops/ finds with dlopen.
 * No Torch type, no C++ and no exception crosses it, so that any C program may use it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes whenever a struct below changes; a table of another version is refused. */
#define PENTIMENTO_ENGINE_ABI 2

/* The one exported symbol, and the file that exports it. */
#define PENTIMENTO_ENGINE_SYMBOL "pentimento_engine"
#define PENTIMENTO_ENGINE_LIBRARY "libpentimento-engine.so"

/* Interleaved rows, `height` x `width` x `channels` floats, no padding between rows.
 * channels: 1 (grey or mask), 3 (R'G'B', non-linear, nominally 0..1 in the picture's own primaries). */
typedef struct {
  int32_t width, height, channels;
  float* data;
} PentimentoPicture;

/* A parameter of a method: a number, or a text where `text` is not NULL (enum values travel as their nicks). */
typedef struct {
  const char* name;
  double number;
  const char* text;
} PentimentoOption;

/* What the caller wants after having seen a report. Progress and cancellation are one thing. */
typedef enum {
  PENTIMENTO_CONTINUE = 0,
  PENTIMENTO_KEEP = 1,   /* stop now and hand back the best estimate so far */
  PENTIMENTO_CANCEL = 2, /* stop now and hand back nothing */
} PentimentoAnswer;

typedef struct {
  int64_t iteration;  /* done so far, over all stages and tiles */
  int64_t iterations; /* at most, over all stages and tiles; early stopping may end before */
  double elapsed;     /* seconds since the job left the queue */
  double remaining;   /* seconds, estimated for all `iterations`; negative while unknown */
  double loss;        /* the newest value of the objective; NaN before the first */
  /* The newest estimate of the whole picture, perhaps smaller than it (same aspect); NULL where only the numbers
   * are new. Valid during the call alone. */
  const PentimentoPicture* estimate;
} PentimentoReport;

/* Called on the thread that called run(), a few times a second. */
typedef PentimentoAnswer (*PentimentoProgress)(const PentimentoReport* report, void* user);

typedef enum {
  PENTIMENTO_OK = 0,
  PENTIMENTO_CANCELLED,     /* the caller answered so; the output is untouched */
  PENTIMENTO_BAD_INPUT,     /* a picture or an option that the method cannot work with */
  PENTIMENTO_NO_DEVICE,     /* device=cuda without a usable GPU */
  PENTIMENTO_OUT_OF_MEMORY, /* also after every smaller working size and the CPU were tried */
  PENTIMENTO_FAILED,        /* anything else */
} PentimentoStatus;

/* One restoration. Pictures belong to the caller and outlive the call. */
typedef struct {
  const char* method;              /* "denoise", ...: models/methods/catalogue.cc */
  const PentimentoPicture* inputs; /* the method says how many and which */
  size_t n_inputs;
  const PentimentoOption* options; /* absent ones take the method's default; unknown ones are BAD_INPUT */
  size_t n_options;
  PentimentoPicture* output;   /* allocated by the caller, of the size that the method states */
  PentimentoProgress progress; /* may be NULL */
  void* user;
} PentimentoJob;

/* A number that a method measured; its name says what of, level by level: "bands.0.retained". */
typedef struct {
  char name[56];
  double value;
} PentimentoFigure;

#define PENTIMENTO_MOST_FIGURES 128

/* The texts: one sentence each, in the user's language where the caller has bound the domain "pentimento", empty where
 * there is nothing to say. */
typedef struct {
  char error[512];  /* why the status is not OK, and what to do */
  char notice[512]; /* what the user should know of a result that is OK ("The graphics card's memory ran out; ...") */
  PentimentoFigure figures[PENTIMENTO_MOST_FIGURES]; /* what was measured of a result that is OK, in order */
  size_t n_figures;
} PentimentoMessages;

typedef struct {
  uint32_t abi;        /* PENTIMENTO_ENGINE_ABI */
  const char* version; /* of Pentimento, for humans */
  /* Runs `job` on the engine's one worker thread, after those that came before it, and returns when it is done.
   * May be called from several threads at once. */
  PentimentoStatus (*run)(const PentimentoJob* job, PentimentoMessages* messages);
} PentimentoEngine;

/* NULL if this engine is not of the version asked for. Never unload the library (Torch's registries do not survive it).
 */
const PentimentoEngine* pentimento_engine(uint32_t abi);

#ifdef __cplusplus
}
#endif
