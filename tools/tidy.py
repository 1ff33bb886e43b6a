#!/usr/bin/env python3
"""clang-tidy over the sources named, on all cores. A file that was clean is looked at again only when it, a header of ours that it includes,
.clang-tidy or clang-tidy itself has changed.

  tools/tidy.py FILE.cc...      paths from the top of the tree, where it must be run

Most of what a file costs are the headers that it includes. So the files of a folder are looked at as one, which includes them all; where
something is found in that, each is looked at by itself, and only what is found then counts. Files that cannot stand together, since two of
them give one name to two things, are parted.
"""
import collections
import concurrent.futures
import functools
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FLAGS = ["-std=c++20", "-I."]
FOLDERS = ["node", "client_cli", "harness", "docs"]
OURS = r"(^|/)(%s)/[^/].*\.(h|cc)$" % "|".join(FOLDERS)
BUNDLE = 12  # files in one
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "tidemark" / "tidy"


@functools.lru_cache(maxsize=None)
def text_and_includes(path):
    """A file's bytes, and those of its includes that are files of ours."""
    text = pathlib.Path(path).read_bytes()
    names = [name.decode() for name in INCLUDE.findall(text)]
    return text, [name for name in names if os.path.isfile(name)]


def key(source, tool):
    """Names all that the verdict on `source` hangs on."""
    seen, to_do = {}, [source]
    while to_do:
        path = to_do.pop()
        if path not in seen:
            seen[path], includes = text_and_includes(path)
            to_do += includes
    digest = hashlib.sha256(tool)
    for path in sorted(seen):
        digest.update(b"\0%s\0%d\0%s" % (path.encode(), len(seen[path]), seen[path]))
    return digest.hexdigest()


def tidy(source):
    """What clang-tidy has against `source` and our headers in it, as text; empty if nothing."""
    result = subprocess.run(
        ["clang-tidy", "--quiet", "--config-file=.clang-tidy", "--header-filter=" + OURS, source, "--", *FLAGS],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace")
    found = "".join(line for line in result.stdout.splitlines(True) if not re.match(r"\d+ warnings? .*generated", line))
    if result.returncode == 0:
        return ""
    return found or "clang-tidy ended with %d on %s and said nothing\n" % (result.returncode, source)


def parted(sources, found):
    """Two parts of `sources`: those that do not compile behind the others, and the others; or the halves."""
    guilty = set(re.findall(r"^(?:\S*/)?((?:%s)/\S+\.cc):\d+:\d+: error: .*clang-diagnostic" % "|".join(FOLDERS), found, re.MULTILINE))
    apart = [source for source in sources if source in guilty]
    rest = [source for source in sources if source not in guilty]
    return (rest, apart) if apart and rest else (sources[: len(sources) // 2], sources[len(sources) // 2 :])


def look(sources, tool):
    """[what is found] in those of `sources` in which something is."""
    if len(sources) == 1:
        found = tidy(sources[0])
    else:
        with tempfile.NamedTemporaryFile("w", suffix=".cc") as together:
            together.write("".join('#include "%s"\n' % source for source in sources))
            together.flush()
            found = tidy(together.name)
    if not found:
        for source in sources:
            (CACHE / key(source, tool)).touch()
        return []
    if len(sources) == 1:
        return [found]
    return [found for part in parted(sources, found) for found in look(part, tool)]


def bundles(sources, tool):
    """Those of `sources` that are not known to be clean, in lists of which each is looked at as one. The longest first."""
    folders = collections.defaultdict(list)
    for source in sources:
        clean = CACHE / key(source, tool)
        if clean.exists():
            clean.touch()
        else:
            folders[os.path.dirname(source), source.endswith("_test.cc")].append(source)
    made = [files[at : at + BUNDLE] for files in folders.values() for at in range(0, len(files), BUNDLE)]
    return sorted(made, key=len, reverse=True)


def main(sources):
    CACHE.mkdir(parents=True, exist_ok=True)
    kept = sorted(CACHE.iterdir(), key=lambda file: file.stat().st_mtime)
    for old in kept[:-5000]:
        old.unlink(missing_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], stdout=subprocess.PIPE, check=True).stdout
    tool = version + pathlib.Path(".clang-tidy").read_bytes() + " ".join(FLAGS).encode()
    tool = re.sub(rb"Host CPU: .*", b"", tool)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for found in pool.map(lambda bundle: look(bundle, tool), bundles(sources, tool)):
            failed += len(found)
            print("".join(found), end="", flush=True)
    if failed:
        print("clang-tidy: %d of %d files have findings" % (failed, len(sources)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
