"""Sources that are compiled together, since most of what one costs are the headers that it includes.

A unit is a generated file that includes some sources of a folder. So they must be able to stand together: what two of
them have in their anonymous namespaces has two names, and a macro ends where its use ends.
"""

# Twice as many cost little more to compile, but half of them would be compiled again for an edit in one.
_UNIT = 10

def _unit_impl(ctx):
    ctx.actions.write(
        ctx.outputs.out,
        "".join(['#include "%s"\n' % source.short_path for source in ctx.files.srcs]),
    )

_unit = rule(
    implementation = _unit_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".cc"]),
        "out": attr.output(mandatory = True),
    },
)

def bundled_library(name, srcs, **kwargs):
    """A cc_library whose sources are compiled some ten at a time.

    Args:
      name: of the library
      srcs: its sources, and the headers that are its own
      **kwargs: what cc_library takes
    """
    sources = sorted([source for source in srcs if source.endswith(".cc")])
    count = (len(sources) + _UNIT - 1) // _UNIT
    units = ["%s_unit_%d.cc" % (name, number + 1) for number in range(count)]
    for number, unit in enumerate(units):
        _unit(
            name = unit[:-len(".cc")],
            testonly = kwargs.get("testonly"),
            srcs = sources[number * len(sources) // count:(number + 1) * len(sources) // count],
            out = unit,
            visibility = ["//visibility:private"],
        )
    native.cc_library(
        name = name,
        srcs = units + [source for source in srcs if not source.endswith(".cc")],
        textual_hdrs = sources,
        **kwargs
    )

def _tests_of_no_target():
    found = {}
    for rule in native.existing_rules().values():
        if rule["kind"] == "_unit" or rule["kind"].startswith("cc_"):
            for source in rule.get("srcs") or []:
                found[source.lstrip(":")] = True
    return [source for source in native.glob(["*_test.cc"]) if source not in found]

def no_other_tests():
    """Fails where the folder has a *_test.cc that no target above is made of. For folders whose tests stand alone."""
    forgotten = _tests_of_no_target()
    if forgotten:
        fail("No target is made of %s." % ", ".join(forgotten))

def bundled_tests(name, deps, visibility = None, **kwargs):
    """A cc_test of all *_test.cc of the folder that no target above is made of; so it stands last, and misses none.

    Args:
      name: of the test; <name>_lib is the library that has all its cases
      deps: of them all
      visibility: of the library
      **kwargs: what cc_test takes
    """
    srcs = _tests_of_no_target()
    if not srcs:
        fail("All tests of this folder are in targets above: no_other_tests() holds them to it.")
    bundled_library(
        name = name + "_lib",
        testonly = True,
        srcs = srcs,
        visibility = visibility,
        deps = deps,
        alwayslink = True,
    )
    native.cc_test(
        name = name,
        deps = [":%s_lib" % name],
        **kwargs
    )
