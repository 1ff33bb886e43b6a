"""Mutants: the product with bugs planted in its files, of which one at a time is active.

The rows of the tables say what they are. Each file that some of them change is compiled once more, with all
of them in it, and stands in front of the product's own archives when the program is linked, so that the
archive member of the same symbols is not taken.
"""

_GENERATOR = [
    "functions.py",
    "generate.py",
]

def _path(label):
    return label[2:].replace(":", "/")

def _generate(name, command, srcs, tables, out):
    native.genrule(
        name = name,
        testonly = True,
        srcs = srcs + tables + _GENERATOR,
        outs = [out],
        cmd = "python3 $(location generate.py) %s %s >$@" % (
            command,
            " ".join(["$(location %s)" % table for table in tables]),
        ),
    )

def switched_sources(name, sources, tables, checks, invariants, deps):
    """The product's files with their mutants in them, and the list of mutants.

    Args:
      name: of the library; <name>_list is the target that makes list.cc
      sources: the product's files that rows of the tables change, all of them
      tables: the tables
      checks: the page that names what may catch them
      invariants: the file with the assertions that each step ends with
      deps: what the files are compiled with
    """
    for source in sources:
        _generate(
            name = "%s/%s_source" % (name, _path(source)),
            command = "switch --source=" + _path(source),
            srcs = [source],
            tables = tables,
            out = "%s/%s" % (name, _path(source)),
        )
    _generate(
        name = name + "_list",
        command = "list --sources=%s --checks=$(location %s) --invariants=$(location %s)" % (
            ",".join([_path(source) for source in sources]),
            checks,
            invariants,
        ),
        srcs = [
            checks,
            invariants,
        ],
        tables = tables,
        out = "list.cc",
    )
    native.cc_library(
        name = name,
        testonly = True,
        srcs = ["%s/%s" % (name, _path(source)) for source in sources],
        copts = ["-w"],
        deps = deps + [":active"],
        alwayslink = True,
    )

def mutant_tests(name, program, tables, shards):
    """A test a table, <table>_test: each of its mutants is caught, and by what its row says.

    Args:
      name: of the suite of them all
      program: that hunts
      tables: the tables
      shards: in how many parts each is divided
    """
    for table in tables:
        area = table[:-len(".toml")]
        native.sh_test(
            name = area + "_test",
            size = "medium",
            srcs = [program],
            args = ["--area=" + area],
            shard_count = shards,
            tags = ["mutant"],
        )
    native.test_suite(
        name = name,
        tests = [":%s_test" % table[:-len(".toml")] for table in tables],
    )
