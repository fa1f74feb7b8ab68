// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine_loader.h"

#include <dlfcn.h>
#include <glib.h>
#include <glib/gi18n-lib.h>

#include <mutex>
#include <string_view>

namespace pentimento {
namespace {

std::string sentence(const char* format, const char* one, const char* two = "") {
  g_autofree char* text = g_strdup_printf(format, one, two);
  return text;
}

// The dynamic linker's words are translated, but begin with the file that it could not find or use.
bool lacks_libtorch(std::string_view linker_error) {
  return linker_error.starts_with("libtorch") || linker_error.starts_with("libc10");
}

}  // namespace

const PentimentoEngine* open_engine(const char* path, std::string* error) {
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    *error =
        sentence(_("The restoration engine is missing: there is no file %s. Please install Pentimento again."), path);
    return nullptr;
  }
  // RTLD_LOCAL: LibTorch's many symbols must not reach the other plug-ins of GIMP. Never closed, and RTLD_NODELETE:
  // Torch's threads and registries do not survive being unloaded.
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    const char* detail = dlerror();
    *error = lacks_libtorch(detail)
                 ? sentence(_("LibTorch is not installed, or is not of the version that Pentimento was built "
                              "for (%s): please install it, on Debian as the package libtorch2.6."),
                            detail)
                 : sentence(_("The restoration engine %s cannot be loaded (%s)."), path, detail);
    return nullptr;
  }
  auto entry = reinterpret_cast<decltype(&pentimento_engine)>(dlsym(library, PENTIMENTO_ENGINE_SYMBOL));
  if (!entry) {
    *error = sentence(_("The file %s is not Pentimento's restoration engine. Please install Pentimento again."), path);
    return nullptr;
  }
  const PentimentoEngine* engine = entry(PENTIMENTO_ENGINE_ABI);
  if (!engine || engine->abi != PENTIMENTO_ENGINE_ABI) {
    *error = sentence(_("The restoration engine %s is of another version than the operations. "
                        "Please install Pentimento again."),
                      path);
    return nullptr;
  }
  return engine;
}

const PentimentoEngine* load_engine(std::string* error) {
  static std::mutex mutex;
  static const PentimentoEngine* engine = nullptr;

  std::lock_guard lock(mutex);
  if (!engine) {
    const char* path = g_getenv("PENTIMENTO_ENGINE");
    engine = open_engine(path && *path ? path : PENTIMENTO_ENGINE_DIR "/" PENTIMENTO_ENGINE_LIBRARY, error);
  }
  return engine;
}

}  // namespace pentimento
