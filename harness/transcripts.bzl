"""Each transcript is a test of its own, so that `bazel test //testdata/...` names what failed."""

def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"

def _transcript_test_impl(ctx):
    words = ["exec", ctx.executable.harness.short_path, "replay", "--jobs=1", "--match=" + ctx.attr.match]
    words += ["--node=" + ctx.executable.node.short_path, ctx.file.src.short_path]
    ctx.actions.write(
        output = ctx.outputs.executable,
        content = "#!/bin/sh\n%s\n" % " ".join([_quoted(word) if word != "exec" else word for word in words]),
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = [ctx.file.src])
    for program in (ctx.attr.harness, ctx.attr.node):
        runfiles = runfiles.merge(program[DefaultInfo].default_runfiles)
    return [DefaultInfo(runfiles = runfiles)]

_transcript_test = rule(
    implementation = _transcript_test_impl,
    attrs = {
        "harness": attr.label(default = Label("//harness"), executable = True, cfg = "target"),
        "match": attr.string(default = "bytes", values = ["bytes", "json"]),
        "node": attr.label(default = Label("//node"), executable = True, cfg = "target"),
        "src": attr.label(allow_single_file = [".jsonl"], mandatory = True),
    },
    test = True,
)

def transcript_tests(srcs, name = "transcripts", size = "small", **kwargs):
    """One test for each of `srcs`, named like its file without .jsonl, and a suite of them all.

    Args:
      srcs: the transcripts, as a rule glob(["*.jsonl"]).
      name: of the suite.
      size: of each test.
      **kwargs: for each test; `node` is another node to play against, `match = "json"` lets key order and spacing differ.
    """
    tests = []
    for src in srcs:
        test = src[:-len(".jsonl")]
        _transcript_test(name = test, src = src, size = size, **kwargs)
        tests.append(test)
    native.test_suite(name = name, tests = tests)
