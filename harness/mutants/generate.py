#!/usr/bin/env python3
"""Makes of the tables of mutants what is compiled; docs/mutants.md says what a row is.

  generate.py check TABLE...                            do all rows apply? (at the top of the tree, without a build)
  generate.py switch --source=PATH TABLE... >COPY       PATH with all its mutants in it, one of which is active, or none
  generate.py list --sources=PATH,... TABLE... >LIST    the rows for mutant.h, in C++; and of --checks (docs/simulation.md) and
                                                        --invariants (node/raft/invariants.cc), what may catch them

A row that does not apply, or is no row, is an error that names table, row, file and function.
"""
import argparse
import collections
import dataclasses
import json
import pathlib
import re
import sys
import tomllib
import zlib

sys.dont_write_bytecode = True  # neither among the sources nor among what Bazel makes
import functions  # noqa: E402

EDIT = ("file", "function", "old", "new")
CATCHERS = ("expect", "script", "search")
TEXTS = EDIT + ("name", "rule", "hurts", "script", "search")
NUMBERS = ("nodes", "seconds", "rate")
FLAGS = ("storm", "calm")
LISTS = ("expect", "faults")
SEEDS = NUMBERS + FLAGS + ("faults",)

LIST = """#include "harness/mutants/mutant.h"

namespace tidemark::mutants {

const std::vector<Mutant>& AllMutants() {
  static const auto* const all = new std::vector<Mutant>{
%s
  };
  return *all;
}

const std::vector<std::string>& AllChecks() {
  static const auto* const all = new std::vector<std::string>%s;
  return *all;
}

const std::vector<std::string>& AllInvariants() {
  static const auto* const all = new std::vector<std::string>%s;
  return *all;
}

}  // namespace tidemark::mutants"""


@dataclasses.dataclass(frozen=True)
class Edit:
    """One place that a mutant changes."""

    where: str  # table and row, for messages
    number: int
    name: str
    file: str
    function: str
    old: str
    new: str


class BadRow(Exception):
    """What is wrong, and where."""


def number_of(name):
    """Stays what it is when other mutants come and go, so that their files are not compiled again."""
    return zlib.crc32(name.encode()) or 1


def require(where, truth, what):
    if not truth:
        raise BadRow("%s: %s" % (where, what))


def check_types(where, row):
    kinds = {key: kind for keys, kind in ((TEXTS, str), (NUMBERS, int), (FLAGS, bool), (LISTS, list)) for key in keys}
    for key, value in row.items():
        if key == "edit":
            for edit in value:
                require(where, set(edit) <= set(EDIT), "an edit has %s and nothing else" % ", ".join(EDIT))
                check_types(where, edit)
            continue
        require(where, key in kinds, "there is no field `%s`" % key)
        require(where, type(value) is kinds[key], "`%s` is not of type %s" % (key, kinds[key].__name__))


def check_row(where, row):
    require(where, re.fullmatch(r"[a-z][a-z0-9_]*", row.get("name", "")), "a name is of small letters and _")
    require(where, row.get("rule"), "`rule` says which rule it breaks")
    require(where, len(set(CATCHERS) & set(row)) == 1,
            "either checks catch it (`expect`) or a test (`script`) or the explorer (`search`)")
    require(where, "expect" in row or not set(SEEDS) & set(row), "only seeds take %s" % ", ".join(SEEDS))


def edits_of(where, row):
    shared = {key: row[key] for key in EDIT if key in row}
    for edit in row.get("edit", [{}]):
        whole = {**shared, **edit}
        for key in EDIT:
            require(where, key in whole, "`%s` is missing" % key)
        require(where, whole["old"].strip(), "`old` is empty")
        yield Edit(where, number_of(row["name"]), row["name"], **whole)


def read(tables):
    """All rows, each with its `area` and `edits`."""
    rows = []
    by_number = {}
    for table in tables:
        path = pathlib.Path(table)
        with path.open("rb") as file:
            parsed = tomllib.load(file)
        require(path.name, set(parsed) == {"mutant"}, "a table holds [[mutant]] and nothing else")
        for row in parsed["mutant"]:
            where = "%s: %s" % (path.name, row.get("name", "a row without a name"))
            check_types(where, row)
            check_row(where, row)
            row["area"] = path.stem
            row["edits"] = list(edits_of(where, row))
            other = by_number.setdefault(number_of(row["name"]), row)
            require(where, other is row, "another row is called %s: choose another name" % other["name"])
            rows.append(row)
    return rows


def mutated(body, edit):
    """`body` with `edit` done to it."""
    where = "%s: %s, %s" % (edit.where, edit.file, edit.function)
    places = list(functions.pattern(edit.old).finditer(body))
    require(where, len(places) == 1, "its old text stands there %d times, not once:\n%s" % (len(places), edit.old))
    return body[:places[0].start()] + edit.new + body[places[0].end():]


def body_of(text, edit):
    try:
        function = functions.named(text, edit.function)
    except ValueError as error:
        raise BadRow("%s: %s: %s" % (edit.where, edit.file, error)) from error
    return function.begin, function.end


def bodies(text, edits):
    """{(begin, end) of a body in `text`: {name of a mutant: its body}}."""
    found = collections.defaultdict(dict)
    for edit in edits:
        begin, end = body_of(text, edit)
        of_mutants = found[begin, end]
        of_mutants[edit.name] = mutated(of_mutants.get(edit.name, text[begin:end]), edit)
    return found


def switched(path, text, edits):
    """`text`, in which each function that a mutant changes has its body once for each of them and as it is."""
    said = '#include "harness/mutants/active.h"\n#line 1 "%s"\n' % path
    done = 0
    for (begin, end), of_mutants in sorted(bodies(text, edits).items()):
        line = '\n#line %d "%s"\n' % (text.count("\n", 0, begin) + 1, path)
        said += text[done:begin]
        for name, body in of_mutants.items():
            said += " if (::tidemark::mutants::IsActive(%du)) {  // %s%s%s\n} else" % (number_of(name), name, line, body)
        said += " {%s%s}" % (line, text[begin:end])
        done = end
    return said + text[done:]


def literal(value):
    """As C++ writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "{%s}" % ", ".join(literal(item) for item in value)
    return json.dumps(value, ensure_ascii=False)


def initialiser(row):
    fields = ["name", "area", "number", "script", "search", "expect", "faults", "nodes", "seconds", "rate", "calm", "storm"]
    values = {**row, "number": number_of(row["name"]), "faults": ",".join(row.get("faults", []))}
    return "{%s}," % ", ".join(".%s = %s" % (field, literal(values[field])) for field in fields if values.get(field))


def checks(page):
    """The names that docs/simulation.md says a failing run prints."""
    section = page.split("\n## What is checked\n")[1].split("\n## ")[0]
    names = []
    for line in section.splitlines():
        cells = line.split("|")
        if len(cells) == 4 and re.search(r"\w", cells[1]):
            names += cells[1].strip().split(", ")
        elif line.startswith("And `"):
            names += re.findall(r"`([^`]+)`", line)
    return names


def invariants(text):
    """The conditions that each step of a node asserts of itself."""
    return re.findall(r"TM_ASSERT\((.*)\);", text)


def check(options):
    of_file = collections.defaultdict(list)
    rows = read(options.tables)
    for row in rows:
        for edit in row["edits"]:
            of_file[edit.file].append(edit)
    wrong = []
    for file, edits in of_file.items():
        text = pathlib.Path(file).read_text(encoding="utf-8") if pathlib.Path(file).is_file() else None
        for edit in edits:
            try:
                require(edit.where, text is not None, "there is no file %s" % file)
                bodies(text, [other for other in edits if other.name == edit.name])
            except BadRow as error:
                wrong += [str(error)] if str(error) not in wrong else []
    require("mutants", not wrong, "rows that do not apply:\n" + "\n".join(wrong))
    print("%d mutants in %d files: all rows apply" % (len(rows), len(of_file)))


def switch(options):
    edits = [edit for row in read(options.tables) for edit in row["edits"] if edit.file == options.source]
    require(options.source, edits, "no row changes it: take it out of harness/mutants/BUILD")
    text = pathlib.Path(options.source).read_text(encoding="utf-8")
    sys.stdout.write(switched(options.source, text, edits))


def list_rows(options):
    rows = read(options.tables)
    for row in rows:
        for edit in row["edits"]:
            require(edit.where, edit.file in options.sources.split(","), "harness/mutants/BUILD does not name " + edit.file)
    known = [checks(pathlib.Path(options.checks).read_text(encoding="utf-8")),
             invariants(pathlib.Path(options.invariants).read_text(encoding="utf-8"))]
    print(LIST % ("\n".join(initialiser(row) for row in rows), *(literal(names) for names in known)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, command in (("check", check), ("switch", switch), ("list", list_rows)):
        one = commands.add_parser(name)
        one.set_defaults(command=command)
        one.add_argument("tables", nargs="+")
        if command is switch:
            one.add_argument("--source", required=True)
        if command is list_rows:
            for option in ("--sources", "--checks", "--invariants"):
                one.add_argument(option, required=True)
    options = parser.parse_args()
    try:
        options.command(options)
    except (BadRow, tomllib.TOMLDecodeError) as error:
        sys.exit("%s" % error)


if __name__ == "__main__":
    main()
