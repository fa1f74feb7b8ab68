#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogues: complete for the sources as they are, well-formed, and what an operation shows is theirs."""
import gettext
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "po"
MESSAGE_BYTES = 512  # of the engine's table, models/engine.h, the zero at the end included

# What the dialog of a procedure brings along.
GIMPS_BUTTONS = ["_Help", "_Reset", "_Cancel", "_Load Saved Settings", "_Save Settings"]

OPERATION_TEXTS = """
import locale
import gi
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl
locale.setlocale(locale.LC_ALL, "")
Gegl.config().set_property("application-license", "GPL3")
Gegl.init(None)
print(Gegl.Operation.get_key("pentimento:denoise", "title"))
for spec in Gegl.Operation.list_properties("pentimento:denoise"):
    print(spec.nick)
"""
IN_ENGLISH = ["Denoise (Deep Image Prior)", "Strength", "Color noise", "Quality", "Iterations", "Random seed", "Compute on", "Error",
              "Notice"]


def tool(*words, **options):
    done = subprocess.run([str(w) for w in words], capture_output=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, words))}\n{done.stderr.decode()}"
    return done.stdout.decode()


def listed(name):
    return [line for line in (PO / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def extract(sources, pot):
    keywords = [f"--keyword={k}" for k in ("_", "N_", "C_:1c,2", "NC_:1c,2", "g_dngettext:2,3")]
    tool("xgettext", *keywords, "--from-code=UTF-8", "--add-location=file", "--force-po", "--directory", ROOT,
         "--output", pot, *sources)


def texts_of(catalogue, *sources):
    """Every translation of what stands in the sources, patterns for file names."""
    part = tool("msggrep", *(f"--location={source}" for source in sources), catalogue)
    return tool("msgexec", "0", input=part.encode()).split("\0")[1:-1]  # the first one is the header


def mnemonics(texts):
    return [text[text.index("_") + 1].casefold() for text in texts if "_" in text]


class Catalogues(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.pot = cls.folder / "fresh.pot"
        extract(listed("POTFILES.in"), cls.pot)
        cls.languages = listed("LINGUAS")

    def for_each_language(self, check):
        for language in self.languages:
            with self.subTest(language=language):
                check(language, PO / f"{language}.po")

    def test_every_source_with_texts_is_listed(self):
        every = [str(path.relative_to(ROOT)) for folder in ("models", "ops", "plugin")
                 for path in sorted((ROOT / folder).rglob("*")) if path.suffix in (".cc", ".h")]
        pot = self.folder / "every.pot"
        extract(every, pot)
        with_texts = {name for line in pot.read_text(encoding="utf-8").splitlines() if line.startswith("#: ")
                      for name in line[3:].split()}
        self.assertEqual(listed("POTFILES.in"), sorted(with_texts))

    def test_every_catalogue_is_listed(self):
        self.assertEqual(self.languages, sorted(path.stem for path in PO.glob("*.po")))

    def test_every_text_is_translated_and_none_is_left_over(self):
        def check(language, catalogue):
            merged = self.folder / f"{language}.po"
            tool("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", merged, catalogue, self.pot)
            for state in ("--untranslated", "--only-fuzzy"):
                self.assertEqual(tool("msgattrib", state, merged), "", "see po/README.md")
            self.assertNotIn("#~ msgid", merged.read_text(encoding="utf-8"), "left over: see po/README.md")

        self.for_each_language(check)

    def test_formats_plurals_and_mnemonics_are_those_of_the_source(self):
        self.for_each_language(lambda _, catalogue: tool("msgfmt", "--check", "--check-accelerators=_", "--output-file",
                                                         os.devnull, catalogue))

    @unittest.skipUnless(shutil.which("i18nspector"), "i18nspector is not installed")
    def test_i18nspector_finds_no_error(self):
        def check(_, catalogue):
            said = tool("i18nspector", catalogue).splitlines()
            self.assertEqual([line for line in said if line.startswith("E:")], [])

        self.for_each_language(check)

    def test_the_buttons_of_the_dialog_have_mnemonics_of_their_own(self):
        def check(language, catalogue):
            gimp = gettext.translation("gimp30-libgimp", languages=[language], fallback=True)
            taken = set(mnemonics(map(gimp.gettext, GIMPS_BUTTONS)))
            ours = mnemonics(texts_of(catalogue, "plugin/dialog.cc", "plugin/zoom_buttons.cc"))
            self.assertGreater(len(ours), 3)
            self.assertEqual(sorted(ours), sorted(set(ours) - taken))

        self.for_each_language(check)

    def test_the_sentences_of_the_engine_fit_its_table(self):
        def check(_, catalogue):
            sentences = texts_of(catalogue, "models/*", "models/*/*")
            self.assertGreater(len(sentences), 10)
            self.assertLess(max(len(sentence.encode()) for sentence in sentences), MESSAGE_BYTES)

        self.for_each_language(check)

    def test_an_operation_speaks_the_language(self):
        try:
            import gi
            gi.require_version("Gegl", "0.4")
        except (ImportError, ValueError):
            self.skipTest("GEGL's introspection data or python3-gi is not installed")
        # gettext obeys LANGUAGE in no locale whose name begins with C. The same one under another name will do.
        (self.folder / "en_US.UTF-8").symlink_to("/usr/lib/locale/C.utf8")

        def check(language, _):
            environment = {**os.environ, "LOCPATH": str(self.folder), "LC_ALL": "en_US.UTF-8", "LANGUAGE": language}
            shown = tool(sys.executable, "-c", OPERATION_TEXTS, env=environment).splitlines()
            catalogue = gettext.translation("pentimento", os.environ["PENTIMENTO_LOCALE_DIR"], [language])
            self.assertEqual(shown, [catalogue.gettext(text) for text in IN_ENGLISH])
            self.assertNotEqual(shown[0], IN_ENGLISH[0])

        self.for_each_language(check)


if __name__ == "__main__":
    unittest.main()
