#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one-way rule: plugin -> ops -> models. Looks at every #include of the three folders."""
import re
import sys
import tempfile
from pathlib import Path

TORCH = r"torch/|ATen/|c10/|caffe2/"
GIMP = r"gimp|libgimp|gtk/|gdk|gegl-gtk"
GEGL = r"gegl|babl|operation/gegl|glib|gio/|gobject/"

# The trainer reads photographs with gdk-pixbuf where there is one; nothing that the engine is made of needs it.
EXCEPTIONS = {("models/train/pictures.cc", "gdk-pixbuf/gdk-pixbuf.h")}

# Folder: system headers that it must not see, and the headers of other folders that it may.
RULES = {
    "models": (f"{GIMP}|{GEGL}", set()),
    "ops": (f"{GIMP}|{TORCH}", {"models/engine.h"}),
    "plugin": (TORCH, set()),
}


def violations(root):
    sources = {folder: [p for p in sorted((root / folder).rglob("*")) if p.suffix in (".h", ".cc", ".hpp", ".cu", ".cuh")]
               for folder in RULES}
    homes = {}  # a header's possible spellings -> where it lives
    for folder, files in sources.items():
        for path in files:
            parts = path.relative_to(root / folder).parts
            for n in range(len(parts)):
                homes.setdefault("/".join(parts[n:]), set()).add(path.relative_to(root).as_posix())
            homes.setdefault(path.relative_to(root).as_posix(), set()).add(path.relative_to(root).as_posix())
    found = []
    for folder, files in sources.items():
        forbidden, allowed = RULES[folder]
        for path in files:
            text = path.read_text(encoding="utf-8")
            for header in re.findall(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)', text, re.M):
                name = re.sub(r"^(\.\./)+", "", header)
                live = homes.get(name, set())
                own = any(home.startswith(folder + "/") for home in live)
                if own or live & allowed or (path.relative_to(root).as_posix(), header) in EXCEPTIONS:
                    continue
                if live or re.match(forbidden, name):
                    found.append(f"{path.relative_to(root)} includes {header}")
    return found


def check_the_check():
    """It finds what it must find, and nothing else."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        files = {
            "models/engine.h": "#include <stdint.h>\n",
            "models/fit/loop.h": "#include <torch/torch.h>\n",
            "models/fit/loop.cc": '#include "fit/loop.h"\n#include <gegl.h>\n',
            "models/train/pictures.cc": "#include <gdk-pixbuf/gdk-pixbuf.h>\n",
            "models/train/log.cc": "#include <gdk-pixbuf/gdk-pixbuf.h>\n",
            "ops/good.cc": '#include "engine.h"\n#include <gegl-plugin.h>\n#include "good.h"\n',
            "ops/good.h": "",
            "ops/bad.cc": '#include "fit/loop.h"\n# include <ATen/ATen.h>\n#include <libgimp/gimp.h>\n',
            "plugin/good.cc": "#include <libgimp/gimp.h>\n#include <gegl.h>\n",
            "plugin/bad.cc": '#include "engine.h"\n#include "../ops/good.h"\n#include <c10/util/Half.h>\n',
        }
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        expected = ["models/fit/loop.cc includes gegl.h", "models/train/log.cc includes gdk-pixbuf/gdk-pixbuf.h",
                    "ops/bad.cc includes fit/loop.h", "ops/bad.cc includes ATen/ATen.h",
                    "ops/bad.cc includes libgimp/gimp.h", "plugin/bad.cc includes engine.h",
                    "plugin/bad.cc includes ../ops/good.h", "plugin/bad.cc includes c10/util/Half.h"]
        assert violations(root) == expected, violations(root)


check_the_check()
broken = violations(Path(__file__).resolve().parents[1])
print("\n".join(broken) or "plugin -> ops -> models: kept")
sys.exit(1 if broken else 0)
