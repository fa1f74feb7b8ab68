// SPDX-License-Identifier: GPL-3.0-or-later
#include <gegl.h>
#include <gtest/gtest.h>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  gegl_init(nullptr, nullptr);
  // GEGL hides operations under the GPL from programs that do not say that they are too.
  g_object_set(gegl_config(), "application-license", "GPL3", nullptr);
  const int failed = RUN_ALL_TESTS();
  gegl_exit();
  return failed;
}
