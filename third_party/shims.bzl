"""Stand-ins for the repositories that Bazel 4.2 would otherwise download for itself.

Its own tools load `rules_cc`, `rules_java` and `rules_proto`, and each test depends on `remote_coverage_tools`, whether coverage is asked for
or not. Debian's `bazel-rules-cc` is newer than Debian's Bazel and does not load there, so `rules_cc` hands on the rules that are built in.
"""

_RULES_CC = """
cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
fdo_prefetch_hints = native.fdo_prefetch_hints
fdo_profile = native.fdo_profile
objc_library = native.objc_library
"""

_COVERAGE_TOOLS = """
package(default_visibility = ["//visibility:public"])

filegroup(name = "coverage_report_generator")

filegroup(name = "lcov_merger")
"""

def _written_repository_impl(repository_ctx):
    for path, content in repository_ctx.attr.files.items():
        repository_ctx.file(path, content)

_written_repository = repository_rule(
    implementation = _written_repository_impl,
    attrs = {"files": attr.string_dict(mandatory = True, doc = "Path to content.")},
    doc = "A repository whose files are given word for word.",
)

# buildifier: disable=unnamed-macro
def bazel_shims():
    _written_repository(
        name = "rules_cc",
        files = {"BUILD": "", "cc/BUILD": "", "cc/defs.bzl": _RULES_CC},
    )
    _written_repository(
        name = "remote_coverage_tools",
        files = {"BUILD": _COVERAGE_TOOLS},
    )
    native.local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
    native.local_repository(name = "rules_proto", path = "/usr/share/bazel/rules/proto")
