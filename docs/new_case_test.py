"""CONTRIBUTING.md says that the compiler leads you when a message is added. Here cases are added to a copy of the sources, one to each variant
of requests, replies, questions, messages, operations, results and records, and the compiler must stop in each file that has to know of it.

  new_case_test.py COMPILER      from the top of the tree
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# The header, what the new case is to stand behind, the case.
ADDED = [
    ("node/server/requests.h", "using RequestBody =\n    std::variant<", "ProbeRequest"),
    ("node/server/requests.h", "using ReplyBody = std::variant<", "ProbeReply"),
    ("node/server/peer_messages.h", "  std::variant<HandIn, ServeRead,", "ProbeAsk"),
    ("node/server/peer_messages.h", "  std::variant<kv::Applied, ReadServed,", "ProbeAnswer"),
    ("node/raft/messages.h", "using Body = std::variant<", "ProbeMessage"),
    ("node/kv/command.h", "using Operation = std::variant<", "ProbeOperation"),
    ("node/kv/command.h", "using Result = std::variant<", "ProbeResult"),
    ("node/server/io.h", "using Record = std::variant<", "ProbeRecord"),
]

# Who has to know of which.
MUST_STOP = {
    "node/kv/result_hash.cc": ["ProbeResult"],
    "node/raft/terms.cc": ["ProbeMessage"],
    "node/server/peer_desk.cc": ["ProbeAsk"],
    "node/server/replies.cc": ["ProbeOperation", "ProbeResult"],
    "node/server/server.cc": ["ProbeAnswer", "ProbeRequest"],
    "node/storage/segmented_log.cc": ["ProbeRecord"],
    "node/wire/peer_encode.cc": ["ProbeAnswer", "ProbeAsk", "ProbeMessage"],
    "node/wire/reply_codec.cc": ["ProbeReply"],
}


def add(tree, header, behind, name):
    path = tree / header
    text = path.read_text(encoding="utf-8")
    if text.count(behind) != 1:
        raise SystemExit(f"{header}: {behind!r} stands there {text.count(behind)} times, not once")
    first = behind.index("std::variant<") + len("std::variant<")
    text = text.replace(behind, behind[:first] + name + ", " + behind[first:])
    opening = "namespace tidemark::%s {" % os.path.basename(os.path.dirname(header))
    text = text.replace(opening, f"{opening}\nstruct {name} {{\n  bool operator==(const {name}&) const = default;\n}};", 1)
    path.write_text(text, encoding="utf-8")


def errors(compiler, tree, source):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-fmax-errors=0", "-I.", source]
    result = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return result.returncode, result.stdout


def main(compiler):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR")) as scratch:
        tree = pathlib.Path(scratch)
        shutil.copytree("node", tree / "node", symlinks=False)
        status, said = errors(compiler, tree, "node/raft/terms.cc")
        if status != 0:
            raise SystemExit("as it is it does not compile:\n" + said)
        for added in ADDED:
            add(tree, *added)
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for source, (status, said) in zip(MUST_STOP, pool.map(lambda source: errors(compiler, tree, source), MUST_STOP)):
                wrong += [f"{source} compiles though it does not know {name}" for name in MUST_STOP[source] if status == 0 or name not in said]
        if wrong:
            raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1])
