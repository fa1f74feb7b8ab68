#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations from the gegl program, with the fake engine. gegl always exits with 0: look at pixels."""
import json
import re
import sys
import unittest
from pathlib import Path

from gegl_program import ProgramTest, inverted, noise, read_ppm, write_ppm

EXAMPLES = Path(__file__).resolve().parents[2] / "ops" / "examples"


class Program(ProgramTest):
    def denoise(self, *properties, **env):
        """Pixels in, pixels out, and what was said on stderr."""
        samples = noise(9, 7)
        write_ppm(self.folder / "in.ppm", 9, 7, samples)
        said = self.run_program("gegl", "in.ppm", "-o", "out.ppm", "--", "pentimento:denoise", *properties, **env).stderr
        width, height, out = read_ppm(self.folder / "out.ppm")
        self.assertEqual((width, height), (9, 7))
        return samples, out, said

    def test_denoises_a_file(self):
        before, after, said = self.denoise("quality=fast", "iterations=5")
        self.assertEqual(after, inverted(before))
        self.assertNotIn("pentimento", said)

    def test_shows_progress_on_one_line(self):
        said = self.denoise(PENTIMENTO_PROGRESS="1")[2]
        self.assertIn("\riteration 2 of 4, 0:01 elapsed, about 0:01 left, loss 0.5", said)
        self.assertIn("\riteration 1 of 4, 0:00 elapsed, loss 1", said)
        self.assertEqual(said.count("\n\r"), 0)

    def test_says_once_what_is_missing_and_changes_nothing(self):
        before, after, said = self.denoise(PENTIMENTO_ENGINE="/no/such/engine.so")
        self.assertEqual(after, before)
        self.assertEqual(len(re.findall("WARNING.*: pentimento:denoise: The restoration engine is missing: .*/no/such/"
                                        "engine.so", said)), 1)

    def test_needs_no_home(self):
        nowhere = {name: "/proc/no-such-folder" for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
        before, after, said = self.denoise(**nowhere)
        self.assertEqual(after, inverted(before))
        self.assertNotIn("pentimento", said)

    def write_photo_and_mask(self):
        """A picture and a mask with a hole of one pixel; the picture's samples, and where the hole's are."""
        write_ppm(self.folder / "photo.ppm", 9, 7, samples := noise(9, 7))
        mask = bytearray(3 * 9 * 7)
        hole = slice(3 * 31, 3 * 32)
        mask[hole] = b"\xff" * 3
        write_ppm(self.folder / "mask.ppm", 9, 7, mask)
        return samples, hole

    def expect_filled(self, name, samples, hole):
        """The fake engine sets holes to a quarter."""
        filled = bytearray(samples)
        filled[hole] = b"\x40" * 3
        self.assertEqual(read_ppm(self.folder / name)[2], bytes(filled))

    def test_inpaints_by_a_mask_on_aux(self):
        photo = self.write_photo_and_mask()
        self.run_program("gegl", "photo.ppm", "-o", "out.ppm", "--", "pentimento:inpaint", "kind=region", "aux=[",
                         "gegl:load", "path=mask.ppm", "]")
        self.expect_filled("out.ppm", *photo)

    def test_example_of_a_mask(self):
        photo = self.write_photo_and_mask()
        graph = (EXAMPLES / "inpaint-with-mask.xml").read_text().replace(".png</param>", ".ppm</param>")
        (self.folder / "graph.xml").write_text(graph)
        self.run_program("gegl", "graph.xml", "-o", "out.ppm")
        self.expect_filled("out.ppm", *photo)

    def test_a_missing_mask_fills_nothing(self):
        samples, _ = self.write_photo_and_mask()
        self.run_program("gegl", "photo.ppm", "-o", "out.ppm", "--", "pentimento:inpaint", "aux=[", "gegl:load",
                         "path=no-such-mask.ppm", "]")
        self.assertEqual(read_ppm(self.folder / "out.ppm")[2], samples)

    def test_merges_two_pictures(self):
        samples, _ = self.write_photo_and_mask()
        with_flash = ["aux=[", "gegl:load", "path=mask.ppm", "]"]
        for aux, expected, said in ((with_flash, "mask.ppm", 0), ([], "photo.ppm", 1)):
            done = self.run_program("gegl", "photo.ppm", "-o", "out.ppm", "--", "pentimento:flash-no-flash", *aux)
            self.assertEqual(read_ppm(self.folder / "out.ppm")[2], read_ppm(self.folder / expected)[2])
            self.assertEqual(done.stderr.count("The picture taken with flash is missing"), said)

    def test_enlarges(self):
        samples, _ = self.write_photo_and_mask()
        self.run_program("gegl", "photo.ppm", "-o", "out.ppm", "--", "pentimento:super-resolution", "scale=3")
        width, height, out = read_ppm(self.folder / "out.ppm")
        self.assertEqual((width, height), (27, 21))
        dark = inverted(samples)
        self.assertEqual(out, b"".join(dark[3 * (y // 3 * 9 + x // 3):][:3] for y in range(21) for x in range(27)))

    def pretended_weights(self):
        """The fake engine does not read them, but they are there."""
        for name in "irn-x2", "irn-x4", "restore-rain", "restore-haze", "restore-shadow":
            (self.folder / f"{name}.safetensors").write_text(f"weights called {name}")
        return {"PENTIMENTO_WEIGHTS": str(self.folder)}

    def test_restores_by_a_network(self):
        weights = self.pretended_weights()
        write_ppm(self.folder / "photo.ppm", 9, 7, samples := noise(9, 7))
        for properties, env, expected, said in (
                (["task=rain"], weights, inverted(samples), ""),
                (["task=shadow", "strength=0"], {"PENTIMENTO_WEIGHTS": "/no/such/folder"}, samples, ""),
                (["task=haze"], {"PENTIMENTO_WEIGHTS": "/no/such/folder"}, samples,
                 "The weights file /no/such/folder/restore-haze.safetensors is missing")):
            done = self.run_program("gegl", "photo.ppm", "-o", "out.ppm", "--", "pentimento:restore", *properties, **env)
            self.assertEqual(read_ppm(self.folder / "out.ppm")[2], expected)
            self.assertIn(said, done.stderr)
            self.assertEqual("pentimento:" in done.stderr, bool(said))

    def write_result_and_original(self):
        """All grey, but one pixel of the result is 102/255 redder, which the fake engine takes for its share invented."""
        (self.folder / "originals").mkdir()
        (self.folder / "results").mkdir()
        samples = bytearray([100]) * (3 * 9 * 7)
        write_ppm(self.folder / "originals" / "a b.ppm", 9, 7, samples)
        samples[3 * 31] += 102
        write_ppm(self.folder / "results" / "a b.ppm.ppm", 9, 7, samples)
        marked = bytearray(samples)
        for c, signal in enumerate((255, 0, 255)):
            marked[3 * 31 + c] = round(samples[3 * 31 + c] * 0.6 + signal * 0.4)
        return bytes(marked)

    def expect_report(self, path):
        report = json.loads(path.read_text())
        self.assertAlmostEqual(report["bands"][0]["invented"], 0.4 / 63, 6)
        self.assertEqual(len(report["bands"]), 5)
        self.assertEqual(report["verdict"], ["About 1 % of the finest detail was invented, and 0 % of all detail."])

    def test_marks_and_reports_what_was_invented(self):
        marked = self.write_result_and_original()
        done = self.run_program("gegl", "results/a b.ppm.ppm", "-o", "out.ppm", "--", "pentimento:provenance",
                                "report=report.json", "aux=[", "gegl:load", "path=originals/a b.ppm", "]")
        self.assertEqual(read_ppm(self.folder / "out.ppm")[2], marked)
        self.assertIn("pentimento:provenance: About 1 % of the finest detail was invented", done.stderr)
        self.expect_report(self.folder / "report.json")

    def test_example_folder_reports(self):
        marked = self.write_result_and_original()
        write_ppm(self.folder / "results" / "lonely.ppm.png", 9, 7, noise(9, 7))
        done = self.run_program(EXAMPLES / "report-folder.sh", "results", "originals", "reports", "seeds=0")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(re.findall("^Not restored: (.*)$", done.stderr, re.M), ["results/lonely.ppm.png"])
        self.assertEqual(sorted(p.name for p in (self.folder / "reports").iterdir()),
                         ["a b.ppm.ppm.json", "a b.ppm.ppm.png"])
        self.expect_report(self.folder / "reports" / "a b.ppm.ppm.json")
        self.run_program("gegl", "reports/a b.ppm.ppm.png", "-o", "back.ppm")
        self.assertEqual(read_ppm(self.folder / "back.ppm")[2], marked)

    def test_shrinks_and_restores_bit_for_bit(self):
        weights = self.pretended_weights()
        for scale, width, height in ((2, 9, 7), (4, 150, 131), (4, 1, 1), (2, 2, 3)):
            write_ppm(self.folder / "photo.ppm", width, height, samples := noise(width, height))
            said = self.run_program("gegl", "photo.ppm", "--", "pentimento:rescale-down", f"scale={scale}",
                                    "keep-details=true", "sidecar=small.sidecar", "gegl:png-save", "path=small.png",
                                    "bitdepth=8", **weights).stderr
            self.assertIn("The details take ", said)
            said = self.run_program("gegl", "small.png", "-o", "back.ppm", "--", "pentimento:rescale-up",
                                    "sidecar=small.sidecar", **weights).stderr
            self.assertNotIn("pentimento:", said)
            self.assertEqual(read_ppm(self.folder / "back.ppm"), (width, height, samples))

    def test_a_jpeg_of_the_small_picture_is_told(self):
        weights = self.pretended_weights()
        write_ppm(self.folder / "photo.ppm", 9, 7, noise(9, 7))
        self.run_program("gegl", "photo.ppm", "-o", "small.jpg", "--", "pentimento:rescale-down", "keep-details=true",
                         "sidecar=small.sidecar", **weights)
        for sidecar, sentence in (["sidecar=small.sidecar"], "was changed after it was shrunk"), ([], "carries no note"):
            said = self.run_program("gegl", "small.jpg", "-o", "back.ppm", "--", "pentimento:rescale-up", *sidecar,
                                    **weights).stderr
            self.assertIn(sentence, said)
            self.assertEqual(read_ppm(self.folder / "back.ppm")[:2], (9, 7) if sidecar else (10, 8))

    def test_example_folder_shrinks_and_restores(self):
        weights = self.pretended_weights()
        photos = self.folder / "my photos"
        photos.mkdir()
        names = ["a b.ppm", "-c 'd'.PPM", "é*&.ppm"]
        for n, name in enumerate(names):
            write_ppm(photos / name, 5 + n, 4, noise(5 + n, 4))
        for command in (["shrink-folder.sh", photos, "small ones", "keep-details=true"],
                        ["restore-shrunken-folder.sh", "small ones", "back"]):
            done = self.run_program(EXAMPLES / command[0], *command[1:], **weights)
            self.assertEqual(done.returncode, 0, done.stderr)
        small = self.folder / "small ones"
        self.assertEqual(sorted(p.name for p in small.iterdir()),
                         sorted(f"{name}.png{end}" for name in names for end in ("", ".sidecar")))
        for n, name in enumerate(names):
            self.assertEqual((small / f"{name}.png").read_bytes()[24], 8, "bits a channel")
            self.run_program("gegl", "-o", "back.ppm", "--", "gegl:load", f"path=back/{name}.png.png")
            self.assertEqual(read_ppm(self.folder / "back.ppm"), (5 + n, 4, noise(5 + n, 4)))

        (small / f"{names[0]}.png.sidecar").write_text("something else")
        done = self.run_program(EXAMPLES / "restore-shrunken-folder.sh", "small ones", "again", **weights)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(re.findall("^Not restored: (.*)$", done.stderr, re.M), [f"small ones/{names[0]}.png"])

    def test_example_graph(self):
        """The graph does what the same graph does with GEGL's own inversion in the engine's place."""
        graph = (EXAMPLES / "denoise-then-sharpen.xml").read_text().replace("noisy.png", "noisy.ppm")
        write_ppm(self.folder / "noisy.ppm", 256, 256, noise(256, 256))
        results = []
        for operation in ("pentimento:denoise", "gegl:invert-gamma"):
            (self.folder / "graph.xml").write_text(graph.replace("pentimento:denoise", operation))
            self.run_program("gegl", "graph.xml", "-o", "out.ppm")
            results.append(read_ppm(self.folder / "out.ppm"))
        ours, theirs = results
        self.assertEqual(ours[:2], (240, 240))
        self.assertEqual(ours[:2], theirs[:2])
        self.assertLessEqual(max(abs(a - b) for a, b in zip(ours[2], theirs[2])), 1)
        self.assertGreater(len(set(ours[2])), 100)

    def folder_script(self, *arguments, **env):
        return self.run_program(EXAMPLES / "denoise-folder.sh", *arguments, **env)

    def test_example_folder(self):
        photos = self.folder / "my photos"
        photos.mkdir()
        for name in ("a b.ppm", "-c 'd'.PPM", "é*.ppm"):
            write_ppm(photos / name, 5, 4, noise(5, 4))
        done = self.folder_script(photos, "clean ones", "quality=fast")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(p.name for p in (self.folder / "clean ones").iterdir()),
                         sorted(["a b.ppm.png", "-c 'd'.PPM.png", "é*.ppm.png"]))
        self.run_program("gegl", "clean ones/a b.ppm.png", "-o", "back.ppm")
        self.assertEqual(read_ppm(self.folder / "back.ppm")[2], inverted(noise(5, 4)))

    def test_example_folder_names_what_failed(self):
        photos = self.folder / "photos"
        photos.mkdir()
        write_ppm(photos / "good.ppm", 5, 4, noise(5, 4))
        (photos / "broken.png").write_bytes(b"this is no picture")
        done = self.folder_script(photos, "clean")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(re.findall("^Not restored: (.*)$", done.stderr, re.M), [str(photos / "broken.png")])
        self.assertEqual([p.name for p in (self.folder / "clean").iterdir()], ["good.ppm.png"])

        for properties, env in (["quality=fast"], {"FAKE_ENGINE": "fail"}), (["quality=wrong"], {}):
            done = self.folder_script(photos, "none", *properties, **env)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr.count("Not restored"), 2)
            self.assertEqual(list((self.folder / "none").iterdir()), [])

    def test_example_cleans_scans(self):
        """The fake engine takes white pixels for dust."""
        scans = self.folder / "scans"
        scans.mkdir()
        samples = bytearray(noise(9, 7))
        dust = slice(3 * 20, 3 * 21)
        samples[dust] = b"\xff" * 3
        write_ppm(scans / "a b.ppm", 9, 7, samples)
        for to, properties, speck in (("clean", [], 0x40), ("masks", ["output=mask"], 0xff)):
            done = self.run_program(EXAMPLES / "clean-scans.sh", scans, to, "sensitivity=0.7", *properties)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.run_program("gegl", f"{to}/a b.ppm.png", "-o", "back.ppm")
            expected = bytearray(3 * 9 * 7) if properties else bytearray(samples)
            expected[dust] = bytes([speck] * 3)
            self.assertEqual(read_ppm(self.folder / "back.ppm")[2], bytes(expected))

    def test_example_folders_tell_their_usage(self):
        for script in ("restore-folder.sh", "denoise-folder.sh", "clean-scans.sh", "shrink-folder.sh",
                       "restore-shrunken-folder.sh", "report-folder.sh"):
            done = self.run_program(EXAMPLES / script)
            self.assertEqual(done.returncode, 2, script)
            self.assertIn("restore-folder.sh OPERATION FROM TO", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2, argv=sys.argv)
