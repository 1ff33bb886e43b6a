"""Finds the functions that a C++ source of this repository defines, without a compiler.

It knows as much of C++ as clang-formatted sources need: comments, literals, namespaces, classes, constructors' initialisers.
"""
import dataclasses
import re

_TOKEN = re.compile(
    r"""
    //[^\n]*                              # comments
  | /\*.*?\*/
  | R"(?P<delimiter>[^(\s]*)\(.*?\)(?P=delimiter)"
  | "(?:\\.|[^"\\\n])*"                   # literals
  | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'   # not the ' in 1'000
  | ^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*        # preprocessor lines
  | [A-Za-z_]\w*
  | [0-9](?:[\w.]|'(?=\w))*
  | ::
  | \S
""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(r"[A-Za-z_]\w*$")
_OPEN, _CLOSE = "([{", ")]}"


def tokens(text):
    """(token, where it begins) of all but comments and preprocessor lines."""
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not token.startswith(("//", "/*")) and not token.lstrip().startswith("#"):
            yield token, match.start()


@dataclasses.dataclass
class Function:
    """A definition; `begin` and `end` are the places in the text behind its { and before its }."""

    name: str  # with its classes, without namespaces
    signature: str  # as written, white space apart
    begin: int
    end: int


class _Scanner:
    def __init__(self, text):
        self.tokens = list(tokens(text))
        self.functions = []

    def closing(self, at):
        """The index of the bracket that closes the one at `at`."""
        depth = 0
        for i in range(at, len(self.tokens)):
            depth += (self.tokens[i][0] in _OPEN) - (self.tokens[i][0] in _CLOSE)
            if depth == 0:
                return i
        raise ValueError("a bracket is never closed")

    def scope(self, at, end, classes):
        """Declarations from token `at` up to `end`, within `classes`."""
        while at < end:
            at = self.declaration(at, end, classes)

    def declaration(self, begin, end, classes):
        """The one that begins at `begin`; returns where the next begins."""
        at = begin
        while at < end and self.tokens[at][0] != ";":
            token = self.tokens[at][0]
            if token == ":" and self.words(begin, at) in (["public"], ["private"], ["protected"]):
                return at + 1
            if token == "{" and not self.initialises(begin, at):
                return self.block(begin, at, classes)
            at = self.closing(at) + 1 if token in _OPEN else at + 1
        return at + 1

    def words(self, begin, end):
        return [token for token, _ in self.tokens[begin:end]]

    def top_level(self, begin, end):
        """The words outside all brackets; each pair of parentheses as "()"."""
        found = []
        while begin < end:
            token = self.tokens[begin][0]
            found.append("()" if token == "(" else token)
            begin = self.closing(begin) + 1 if token in _OPEN else begin + 1
        return found

    def initialises(self, begin, at):
        """Whether the { at `at` begins a value rather than a body."""
        head = self.top_level(begin, at)
        if head[:1] == ["namespace"] or not head:
            return False
        if "=" in head and "operator" not in head:
            return True
        if "()" not in head:
            return not {"class", "struct", "union", "enum"} & set(head)
        # Within a constructor's initialisers a body follows a value, and a value follows a name.
        in_initialisers = ":" in head[head.index("()"):]
        return in_initialisers and (_WORD.match(head[-1]) is not None or head[-1] == ">")

    def block(self, begin, at, classes):
        """The one whose { is at `at`; returns where the next declaration begins."""
        end = self.closing(at)
        head = self.top_level(begin, at)
        if head[:1] == ["namespace"]:
            self.scope(at + 1, end, classes)
        elif "()" in head:
            self.function(begin, at, end, classes)
        elif "enum" not in head:
            kind = next(i for i, word in enumerate(head) if word in ("class", "struct", "union"))
            name = [word for word in head[kind + 1:] if _WORD.match(word)][:1]
            self.scope(at + 1, end, classes + name)
        return end + 1

    def function(self, begin, at, end, classes):
        parameters = begin
        while self.tokens[parameters][0] != "(":
            parameters += 1
        words = self.words(begin, parameters)
        first = len(words) - 1
        while first >= 2 and words[first - 1] == "::":
            first -= 2
        name = "".join(words[first:])
        if first > 0 and words[first - 1] == "~":
            name = "~" + name
        close = self.closing(parameters)
        signature = normal("".join(classes and ["::".join(classes), "::"]) + name +
                           " ".join(self.words(parameters, close + 1)))
        self.functions.append(Function("::".join(classes + [name]), signature,
                                       self.tokens[at][1] + 1, self.tokens[end][1]))


def normal(text):
    """`text` without comments and the white space that means nothing."""
    said = ""
    for token, _ in tokens(text):
        said += " " + token if said and re.search(r"\w$", said) and re.match(r"\w", token) else token
    return said


def functions(text):
    """All functions that `text` defines, in order."""
    scanner = _Scanner(text)
    scanner.scope(0, len(scanner.tokens), [])
    return scanner.functions


def named(text, name):
    """The one function of `text` that `name` names, alone or with the beginning of its parameters. Errors: ValueError."""
    wanted = normal(name)
    found = [
        function for function in functions(text)
        if (function.signature.startswith(wanted) if "(" in name else function.name == wanted)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValueError("there is no function %s" % name)
    raise ValueError("%s is there more than once; say which: %s" %
                     (name, "; ".join(function.signature for function in found)))


def pattern(code):
    """What finds `code` whatever its white space is."""
    words = [match.group() for match in _TOKEN.finditer(code)]
    found = re.escape(words[0])
    for before, after in zip(words, words[1:]):
        between = r"\s+" if re.search(r"\w$", before) and re.match(r"\w", after) else r"\s*"
        found += between + re.escape(after)
    if re.match(r"\w", words[0]):
        found = r"(?<!\w)" + found
    if re.search(r"\w$", words[-1]):
        found += r"(?!\w)"
    return re.compile(found)
