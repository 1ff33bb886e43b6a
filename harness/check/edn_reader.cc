#include "harness/check/edn_reader.h"

#include <cctype>
#include <utility>

#include "node/base/concat.h"
#include "node/wire/json.h"

namespace tidemark::check {
namespace {

bool IsSpace(char c) { return c == ',' || std::isspace(static_cast<unsigned char>(c)) != 0; }

// What an atom cannot contain.
bool EndsAtom(char c) {
  return IsSpace(c) || std::string_view("()[]{}\";").find(c) != std::string_view::npos;
}

char Unescaped(char c) {
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  if (c == 'r') return '\r';
  return c;
}

Edn::Kind KindOf(std::string_view atom) {
  if (atom == "nil") return Edn::Kind::kNil;
  if (atom == "true" || atom == "false") return Edn::Kind::kBool;
  if (atom.front() == ':') return Edn::Kind::kKeyword;
  const bool sign = atom.size() > 1 && (atom.front() == '-' || atom.front() == '+');
  const char first = atom[sign ? 1 : 0];
  const bool digit = std::isdigit(static_cast<unsigned char>(first)) != 0;
  return digit ? Edn::Kind::kNumber : Edn::Kind::kSymbol;
}

std::string Quoted(std::string_view text) {
  std::string out;
  wire::AppendQuoted(text, &out);
  return out;
}

std::string ListAsJson(const std::vector<Edn>& items) {
  std::string json = "[";
  for (const Edn& item : items) ConcatTo(&json, json.size() == 1 ? "" : ",", item.AsJson());
  return json + "]";
}

std::string MapAsJson(const std::vector<Edn>& items) {
  std::string json = "{";
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    ConcatTo(&json, i == 0 ? "" : ",", Quoted(items[i].AsJson()), ":", items[i + 1].AsJson());
  }
  return json + "}";
}

}  // namespace

const Edn* Edn::Find(std::string_view keyword) const {
  if (kind != Kind::kMap) return nullptr;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].is_keyword(keyword)) return &items[i + 1];
  }
  return nullptr;
}

std::string Edn::AsJson() const {
  switch (kind) {
    case Kind::kNil:
      return "null";
    case Kind::kBool:
    case Kind::kNumber:
      return text;
    case Kind::kKeyword:
      return Quoted(Concat(":", text));
    case Kind::kString:
    case Kind::kSymbol:
      return Quoted(text);
    case Kind::kList:
      return ListAsJson(items);
    case Kind::kMap:
      return MapAsJson(items);
  }
  return "null";
}

std::string Edn::Place() const { return Concat("line ", line, ", column ", column); }

absl::StatusOr<std::optional<Edn>> EdnReader::Next() {
  for (;;) {
    if (absl::Status status = Skip(0); !status.ok()) return status;
    if (AtEnd()) {
      if (close_ != 0) return Error(Concat("expected '", std::string(1, close_), "', got the end"));
      return std::optional<Edn>();
    }
    const char c = Peek();
    if (close_ == 0 && (c == '(' || c == '[')) {
      close_ = c == '(' ? ')' : ']';
    } else if (close_ != 0 && c == close_) {
      close_ = 0;
    } else {
      absl::StatusOr<Edn> form = Form(0);
      if (!form.ok()) return form.status();
      return std::optional<Edn>(*std::move(form));
    }
    Advance();
  }
}

// White space, comments, discarded forms and tags.
absl::Status EdnReader::Skip(int depth) {
  while (!AtEnd()) {
    const std::string_view rest = text_.substr(at_);
    if (IsSpace(rest[0])) {
      Advance();
    } else if (rest[0] == ';') {
      while (!AtEnd() && Peek() != '\n') Advance();
    } else if (rest.substr(0, 2) == "#_") {
      Advance();
      Advance();
      if (absl::Status status = Form(depth + 1).status(); !status.ok()) return status;
    } else if (rest[0] == '#' && rest.substr(1, 1) != "{" && rest.substr(1, 1) != "#") {
      if (absl::Status status = Tag(); !status.ok()) return status;
    } else {
      break;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Edn> EdnReader::Form(int depth) {
  if (depth > kDeepest) return Error(Concat("more than ", kDeepest, " levels"));
  if (absl::Status status = Skip(depth); !status.ok()) return status;
  if (AtEnd()) return Error("expected a form, got the end");
  Edn edn;
  edn.line = line_;
  edn.column = column_;
  absl::Status status;
  const bool set = Peek() == '#' && text_.substr(at_, 2) == "#{";
  if (set) Advance();
  const char c = Peek();
  if (c == '(' || c == '[' || c == '{') {
    edn.kind = c == '{' && !set ? Edn::Kind::kMap : Edn::Kind::kList;
    status = Items(c == '(' ? ')' : c == '[' ? ']' : '}', depth, &edn);
  } else if (c == '"') {
    status = String(&edn);
  } else if (c == ')' || c == ']' || c == '}') {
    return Error(Concat("expected a form, got '", std::string(1, c), "'"));
  } else {
    Atom(&edn);
  }
  if (!status.ok()) return status;
  return edn;
}

absl::Status EdnReader::Items(char close, int depth, Edn* edn) {
  for (Advance();;) {
    if (absl::Status status = Skip(depth); !status.ok()) return status;
    if (AtEnd()) return Error(Concat("expected '", std::string(1, close), "', got the end"));
    if (Peek() == close) break;
    absl::StatusOr<Edn> item = Form(depth + 1);
    if (!item.ok()) return item.status();
    edn->items.push_back(*std::move(item));
  }
  if (edn->kind == Edn::Kind::kMap && edn->items.size() % 2 != 0) {
    return Error("the map's last key has no value");
  }
  Advance();
  return absl::OkStatus();
}

absl::Status EdnReader::Tag() {
  Advance();
  if (AtEnd() || EndsAtom(Peek())) return Error("expected a tag's name behind '#'");
  while (!AtEnd() && !EndsAtom(Peek())) Advance();
  return absl::OkStatus();
}

absl::Status EdnReader::String(Edn* edn) {
  edn->kind = Edn::Kind::kString;
  for (Advance(); !AtEnd() && Peek() != '"'; Advance()) {
    const bool escape = Peek() == '\\';
    if (escape) Advance();
    if (AtEnd()) break;
    edn->text.push_back(escape ? Unescaped(Peek()) : Peek());
  }
  if (AtEnd()) return Error("expected '\"', got the end");
  Advance();
  return absl::OkStatus();
}

// Also what is spelled like none of the others: symbols, characters, ##Inf.
void EdnReader::Atom(Edn* edn) {
  // A character may be one that ends atoms: `\(`.
  const size_t begin = at_;
  const bool character = Peek() == '\\';
  Advance();
  if (character && !AtEnd()) Advance();
  while (!AtEnd() && !EndsAtom(Peek())) Advance();
  edn->text = std::string(text_.substr(begin, at_ - begin));
  edn->kind = KindOf(edn->text);
  if (edn->kind == Edn::Kind::kKeyword) edn->text.erase(0, 1);
}

void EdnReader::Advance() {
  const bool newline = text_[at_++] == '\n';
  line_ += newline ? 1 : 0;
  column_ = newline ? 1 : column_ + 1;
}

absl::Status EdnReader::Error(std::string_view what) const {
  return absl::InvalidArgumentError(Concat("line ", line_, ", column ", column_, ": ", what));
}

}  // namespace tidemark::check
