#!/usr/bin/env python3
"""clang-tidy over the sources named, on all cores. A file that was clean is looked at again only when it, a header of ours that it includes,
.clang-tidy or clang-tidy itself has changed.

  tools/tidy.py FILE.cc...      paths from the top of the tree, where it must be run
"""
import concurrent.futures
import functools
import hashlib
import os
import pathlib
import re
import subprocess
import sys

FLAGS = ["-std=c++20", "-I."]
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


def look(source, tool):
    """What clang-tidy has against `source`, as text; empty if nothing."""
    clean = CACHE / key(source, tool)
    if clean.exists():
        clean.touch()
        return ""
    result = subprocess.run(
        ["clang-tidy", "--quiet", source, "--", *FLAGS],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace")
    found = "".join(line for line in result.stdout.splitlines(True) if not re.match(r"\d+ warnings? .*generated", line))
    if result.returncode == 0:
        clean.touch()
        return ""
    return found or "clang-tidy ended with %d on %s and said nothing\n" % (result.returncode, source)


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
        for found in pool.map(lambda source: look(source, tool), sources):
            if found:
                failed += 1
                print(found, end="", flush=True)
    if failed:
        print("clang-tidy: %d of %d files have findings" % (failed, len(sources)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
