"""A repository with one target for each library that this machine's packages provide.

pkg-config says what to link, since that differs between Debian's releases (abseil above all: other archives, another order). Headers are
found where the compiler looks anyway, and being system headers they raise no warnings.
"""

# Target: pkg-config's modules; further linker flags before theirs; whether to link the archives rather than the shared objects (a node
# starts in a third of the time without forty shared objects to find).
_LIBRARIES = {
    "absl": struct(
        modules = [
            "absl_btree",
            "absl_failure_signal_handler",
            "absl_flat_hash_map",
            "absl_flat_hash_set",
            "absl_hash",
            "absl_int128",
            "absl_random_random",
            "absl_status",
            "absl_statusor",
            "absl_str_format",
            "absl_strings",
            "absl_symbolize",
            "absl_synchronization",
            "absl_time",
        ],
        static = True,
    ),
    "benchmark": struct(modules = ["benchmark"]),
    "benchmark_main": struct(modules = ["benchmark"], linkopts = ["-lbenchmark_main"]),
    "cli11": struct(modules = ["CLI11"]),
    "gtest_main": struct(modules = ["gmock_main", "gmock", "gtest"], static = True, testonly = True),
    "json": struct(modules = ["nlohmann_json"]),
    "libedit": struct(modules = ["libedit"]),
    "xxhash": struct(modules = ["libxxhash"], static = True),
    "zstd": struct(modules = ["libzstd"], static = True),
}

# The define makes what was compiled against one version unfit for another: Bazel does not watch system headers.
_TARGET = """
cc_library(
    name = "{name}",
    testonly = {testonly},
    defines = {defines},
    linkopts = {linkopts},
    visibility = ["@tidemark//third_party:__pkg__"],
)
"""

def _missing(what):
    fail("\n\n    %s.\n    Run tools/setup: it installs what is missing (apt-cache and pkg-config have to know it).\n" % what)

def _pkg_config(repository_ctx, flag, modules):
    result = repository_ctx.execute(["pkg-config", flag] + modules)
    if result.return_code != 0:
        _missing("A library is not installed: %s" % result.stderr.strip())
    return [word for word in result.stdout.replace("\n", " ").split(" ") if word]

def _system_libraries_impl(repository_ctx):
    if not repository_ctx.which("pkg-config"):
        _missing("pkg-config is not installed")
    build = ""
    for name, library in _LIBRARIES.items():
        version = _pkg_config(repository_ctx, "--modversion", library.modules[:1])[0]
        defines = [
            flag[len("-D"):]
            for flag in _pkg_config(repository_ctx, "--cflags-only-other", library.modules)
            if flag.startswith("-D")
        ]
        linkopts = getattr(library, "linkopts", []) + _pkg_config(repository_ctx, "--libs", library.modules)
        if getattr(library, "static", False):
            linkopts = ["-Wl,--push-state,-Bstatic"] + linkopts + ["-Wl,--pop-state"]
        build += _TARGET.format(
            name = name,
            testonly = getattr(library, "testonly", False),
            defines = defines + ["SYSTEM_%s=%s" % (name.upper(), version)],
            linkopts = linkopts,
        )
    repository_ctx.file("BUILD", build)

system_libraries = repository_rule(
    implementation = _system_libraries_impl,
    local = True,  # asked anew when Bazel's server starts, so that an upgraded package is noticed
)
