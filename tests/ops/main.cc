// SPDX-License-Identifier: GPL-3.0-or-later
#include <gegl.h>
#include <gtest/gtest.h>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  // GEGL hides operations under the GPL from programs that do not say that they are too; after gegl_init() it would
  // load every module a second time for it.
  g_object_set(gegl_config(), "application-license", "GPL3", nullptr);
  gegl_init(nullptr, nullptr);
  return RUN_ALL_TESTS();
}
