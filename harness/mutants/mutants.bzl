"""Mutants: the product with one bug planted in one of its files.

A mutant is a patch. The patched file alone is compiled again, and stands in front of the product's own
archives when the program is linked, so that the archive member of the same symbols is not taken. A patch
that no longer applies fails the build.
"""

def _patched(name, source):
    """Applies <name>.patch to `source`; returns the label of what comes of it."""
    patched = "%s/%s" % (name, source.split(":")[1])
    native.genrule(
        name = name + "_source",
        testonly = True,
        srcs = [
            source,
            name + ".patch",
        ],
        outs = [patched],
        cmd = " && ".join([
            "cp $(location %s) $@" % source,
            "chmod u+w $@",
            "patch --quiet --forward --fuzz=0 --reject-file=- $@ $(location %s.patch)" % name,
        ]),
    )
    return patched

def mutant(name, source, expect, seeds = 1000, faults = None, nodes = None, sim_seconds = None, rate = None, calm = False, storm = False):
    """A mutant that the simulator catches.

    Args:
      name: the patch is <name>.patch
      source: the product's file that it changes
      expect: the checks that may catch it
      seeds: how many to try at most
      faults: kinds of faults, where not all
      nodes: how many, where not drawn
      sim_seconds: of each seed, where not the default of catch.cc
      rate: clients' operations a second, likewise
      calm: nothing fails at all, and all is answered
      storm: faults come as thick as elections in each seed, not in some
    """
    args = ["--name=" + name, "--seeds=%d" % seeds]
    args += ["'--expect=%s'" % check for check in expect]
    if faults:
        args.append("--faults=" + ",".join(faults))
    if nodes:
        args.append("--nodes=%d" % nodes)
    if sim_seconds:
        args.append("--sim-seconds=%d" % sim_seconds)
    if rate:
        args.append("--rate=%d" % rate)
    if calm:
        args.append("--calm")
    if storm:
        args.append("--storm")
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = [_patched(name, source)],
        args = args,
        copts = ["-w"],
        tags = ["mutant"],
        deps = [":catch"],
    )

def script(name, source, deps):
    """A product's own test, as a script for scripted_mutant(…): compiled once for all of them.

    Args:
      name: what the mutants call it
      source: the test's file
      deps: what it is linked with
    """
    native.cc_library(
        name = name,
        testonly = True,
        srcs = [source],
        deps = deps + ["//third_party:gtest_main"],
        alwayslink = True,
    )

def scripted_mutant(name, source, script = None, schedule = None):
    """A mutant that chance does not find in time: a script plays the schedule to it.

    The same script must pass with the product as it is, and fail with the mutant. It is
    scripted/<name>_test.cc, or one of the tests that the product has anyway.

    Args:
      name: the patch is <name>.patch
      source: the product's file that it changes
      script: a script(…) of this package, where not scripted/<name>_test.cc
      schedule: with `script`: which of its tests must fail, as gtest names it
    """
    srcs = [_patched(name, source)]
    if script:
        args = [schedule]
        deps = [script]
    else:
        own = "//harness/mutants/scripted:%s_test.cc" % name
        args = []
        srcs.append(own)
        deps = [
            "//node/raft/testing:played",
            "//node/server/testing:cluster",
            "//third_party:gtest_main",
        ]
        native.cc_test(
            name = name + "_script_test",
            size = "small",
            srcs = [own],
            deps = deps,
        )
    native.cc_binary(
        name = name + "_script",
        testonly = True,
        srcs = srcs,
        copts = ["-w"],
        deps = deps,
    )
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = ["script_fails.sh"],
        args = [
            name,
            "%s/%s_script" % (native.package_name(), name),
        ] + args,
        data = [":%s_script" % name],
        tags = ["mutant"],
    )

def report(name):
    """`bazel run` it: all mutants above, hunted one after the other, as a table.

    Args:
      name: of the command; <name>.sh is its script
    """
    tests = {
        rule["name"]: " ".join(rule["args"])
        for rule in native.existing_rules().values()
        if "mutant" in rule["tags"]
    }
    commands = ["%s/%s %s" % (native.package_name(), test, tests[test]) for test in sorted(tests)]
    native.genrule(
        name = name + "_commands",
        testonly = True,
        outs = [name + "_commands.txt"],
        cmd = "cat >$@ <<'END'\n%s\nEND" % "\n".join(commands),
    )
    native.sh_binary(
        name = name,
        testonly = True,
        srcs = [name + ".sh"],
        data = [name + "_commands.txt"] + [":" + test for test in sorted(tests)],
    )
