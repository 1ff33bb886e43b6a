"""The commands in README and in these pages, as they stand: programs are run or asked for the flags that a command gives them."""
import os
import re
import shlex
import subprocess
import sys
import unittest

PROGRAMS = {"//harness": "harness/harness", "//harness/fuzz_peers": "harness/fuzz_peers/fuzz_peers"}


def commands():
    for page in PAGES:
        with open(page, encoding="utf-8") as file:
            text = file.read()
        for language, block in re.findall(r"^```([^\n]*)\n(.*?)^```", text, re.M | re.S):
            for line in block.splitlines() if not language else []:
                line = re.sub(r"\s+#\s.*", "", line).strip()
                if re.match(r"(bazel|bazel-bin/\S+|tools/\S+|echo|printf|maelstrom|node)(\s|$)", line):
                    yield page, line


def help_of(program, words):
    """The help of a program, and of the subcommand that `words` begin with."""
    subcommand = [word for word in words[:1] if re.fullmatch(r"[a-z-]+", word)]
    done = subprocess.run([program, *subcommand, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def flags(words):
    return {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)}


class Commands(unittest.TestCase):
    def check(self, program, words):
        known = help_of(program, words)
        for flag in flags(words):
            self.assertRegex(known, re.escape(flag) + r"\b")

    def test_there_are_some(self):
        self.assertGreater(len(list(commands())), 30)

    def test_bazel_runs_programs_with_flags_that_they_know(self):
        checked = 0
        for page, line in commands():
            for part in line.split("&&"):
                words = shlex.split(part)
                if words[:2] != ["bazel", "run"] or "--" not in words:
                    continue
                label = words[words.index("--") - 1]
                if label not in PROGRAMS:
                    continue
                with self.subTest(page=page, line=line):
                    self.check(PROGRAMS[label], words[words.index("--") + 1:])
                    checked += 1
        self.assertGreater(checked, 10)

    def test_a_line_with_the_node_runs(self):
        ran = 0
        for page, line in commands():
            if re.match(r"(echo|printf) .*bazel-bin/node/node$", line):
                with self.subTest(page=page, line=line):
                    done = subprocess.run(["bash", "-c", line.replace("bazel-bin/", "")], capture_output=True, text=True, timeout=60)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertIn("init_ok", done.stdout)
                    ran += 1
        self.assertGreater(ran, 0)

    def test_maelstroms_node_takes_its_flags_and_it_gets_enough_clients(self):
        found = 0
        for page, line in commands():
            if line.startswith("maelstrom test"):
                with self.subTest(page=page, line=line):
                    words = shlex.split(line)
                    self.assertIn("2n", words, "lin-kv needs --concurrency 2n at least")
                    own = words[words.index("--") + 1:]
                    self.assertIn("--maelstrom", own)
                    done = subprocess.run(["node/node", *own], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    found += 1
        self.assertGreater(found, 0)

    def test_the_nodes_subcommands(self):
        for page, line in commands():
            words = shlex.split(line)
            if words[0] == "node":
                with self.subTest(page=page, line=line):
                    self.check("node/node", words[1:])

    def test_tools_are_there(self):
        for page, line in commands():
            words = shlex.split(line)
            if words[0].startswith("tools/"):
                with self.subTest(page=page, line=line):
                    self.assertTrue(os.access(words[0], os.X_OK), words[0])


PAGES = sys.argv[1:]
if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
