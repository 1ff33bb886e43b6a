// nlohmann's lexer and grammar, and on top what they let pass or lose.
#include "node/wire/json_parse.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "node/base/concat.h"
#include "node/wire/excerpt.h"
#include "node/wire/json.h"
#include "node/wire/json_scan.h"
#include "node/wire/syntax_error.h"

namespace tidemark::wire {
namespace {

// Stands in for a floating point number, of which only the text is wanted. nlohmann refuses a
// number that is infinite as a double (1e999); this one never is.
class Unmeasured {
 public:
  Unmeasured() = default;
  Unmeasured(double) {}                    // NOLINT: as numbers convert
  operator double&() { return ignored_; }  // NOLINT: where strtod writes
  operator double() const { return 0; }    // NOLINT: what is asked whether it is finite

 private:
  double ignored_ = 0;
};

using Grammar =
    nlohmann::basic_json<std::map, std::vector, std::string, bool, int64_t, uint64_t, Unmeasured>;

// Builds the tree. What it refuses by itself (depth, duplicates) it notes down without a place:
// nlohmann tells none, so that is looked for afterwards.
class Builder {
 public:
  enum class Complaint { kNone, kSyntax, kDepth, kDuplicate };

  explicit Builder(int max_depth) : max_depth_(static_cast<size_t>(std::max(max_depth, 0))) {}

  // The interface that nlohmann calls. False stops the parse.
  bool null() { return Add(Json()); }
  bool boolean(bool value) { return Add(Json::Bool(value)); }
  bool number_integer(int64_t value) {
    // A zero that came as a negative number was spelled -0.
    return Add(value == 0 ? Json::NumberText("-0") : Json::Number(value));
  }
  bool number_unsigned(uint64_t value) { return Add(Json::Number(value)); }
  bool number_float(const Unmeasured&, const std::string& spelled) {
    return Add(Json::NumberText(spelled));
  }
  bool string(std::string& value) {
    ++strings_;
    return Add(Json::String(std::move(value)));
  }
  bool binary(std::vector<uint8_t>&) { return false; }  // never in a text
  bool start_object(size_t) { return Open(Json::Object()); }
  bool start_array(size_t) { return Open(Json::Array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool key(std::string& name);
  bool parse_error(size_t chars_read, const std::string& token,
                   const nlohmann::detail::exception& e) {
    complaint_ = Complaint::kSyntax;
    syntax_ = ExplainSyntaxError(e.what(), chars_read, token.size());
    return false;
  }

  Complaint complaint() const { return complaint_; }
  const SyntaxError& syntax() const { return syntax_; }
  const std::string& duplicate() const { return duplicate_; }
  size_t strings() const { return strings_; }
  size_t openings() const { return openings_; }
  // Where the parse stands; with `in_value`, where the next value would.
  std::string Path(bool in_value) const;
  Json TakeRoot() { return std::move(root_); }

 private:
  // Objects with more members than this are searched by hash: a linear search of each would let a
  // line of many keys take minutes.
  static constexpr size_t kLinearMembers = 16;

  struct Level {
    Json* container;  // stays where it is: its parent does not grow while it is open
    std::unique_ptr<absl::flat_hash_set<std::string>> keys;  // null: few enough to look through
  };

  Json* Place(Json&& value);
  bool Add(Json&& value) {
    Place(std::move(value));
    return true;
  }
  bool Open(Json&& container);
  bool Close() {
    levels_.pop_back();
    return true;
  }
  static bool IsNew(Level* level, const std::string& name);
  static void AppendStep(const Json& container, bool inside, std::string* path);

  size_t max_depth_;
  Json root_;
  absl::InlinedVector<Level, 8> levels_;
  bool key_waits_ = false;  // the innermost object's last member has no value yet
  size_t strings_ = 0;
  size_t openings_ = 0;
  Complaint complaint_ = Complaint::kNone;
  SyntaxError syntax_;
  std::string duplicate_;
};

Json* Builder::Place(Json&& value) {
  key_waits_ = false;
  if (levels_.empty()) {
    root_ = std::move(value);
    return &root_;
  }
  Json* container = levels_.back().container;
  if (container->is_object()) {
    Json* place = &container->mutable_members().back().second;
    *place = std::move(value);
    return place;
  }
  return &container->mutable_items().emplace_back(std::move(value));
}

bool Builder::Open(Json&& container) {
  ++openings_;
  if (levels_.size() >= max_depth_) {
    complaint_ = Complaint::kDepth;
    return false;
  }
  Json* place = Place(std::move(container));
  levels_.push_back({place, nullptr});
  return true;
}

bool Builder::IsNew(Level* level, const std::string& name) {
  const std::vector<Json::Member>& members = level->container->members();
  if (members.size() < kLinearMembers) return level->container->Find(name) == nullptr;
  if (level->keys == nullptr) {
    level->keys = std::make_unique<absl::flat_hash_set<std::string>>();
    for (const Json::Member& member : members) level->keys->insert(member.first);
  }
  return level->keys->insert(name).second;
}

bool Builder::key(std::string& name) {
  ++strings_;
  Level& level = levels_.back();
  if (!IsNew(&level, name)) {
    complaint_ = Complaint::kDuplicate;
    duplicate_ = std::move(name);
    return false;
  }
  std::vector<Json::Member>& members = level.container->mutable_members();
  if (members.empty()) members.reserve(4);
  members.emplace_back(std::move(name), Json());
  key_waits_ = true;
  return true;
}

void Builder::AppendStep(const Json& container, bool inside, std::string* path) {
  if (container.is_array()) {
    ConcatTo(path, "[", container.items().size() - (inside ? 1 : 0), "]");
  } else {
    AppendPathKey(container.members().back().first, path);
  }
}

std::string Builder::Path(bool in_value) const {
  std::string path;
  for (const Level& level : levels_) {
    bool innermost = &level == &levels_.back();
    if (!innermost) {
      AppendStep(*level.container, true, &path);
    } else if (level.container->is_array() ? in_value : key_waits_) {
      AppendStep(*level.container, false, &path);
    }
  }
  return path;
}

// The offset of the n-th (from 1) string or, with `opening`, of the n-th bracket that opens an
// array or object. The text is well formed up to there.
size_t FindNth(std::string_view text, bool opening, size_t n) {
  for (size_t i = 0; i < text.size(); ++i) {
    bool is_string = text[i] == '"';
    bool is_opening = text[i] == '[' || text[i] == '{';
    if ((opening ? is_opening : is_string) && --n == 0) return i;
    if (!is_string) continue;
    for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\' ? 1 : 0;
  }
  return text.size();
}

void Describe(const Builder& builder, std::string_view text, int max_depth, ParseError* error) {
  switch (builder.complaint()) {
    case Builder::Complaint::kDepth:
      error->what = Concat("arrays and objects are nested deeper than ", max_depth);
      error->path = builder.Path(/*in_value=*/true);
      error->offset = FindNth(text, /*opening=*/true, builder.openings());
      return;
    case Builder::Complaint::kDuplicate:
      error->what = Concat("duplicate key ", QuotedShort(builder.duplicate()));
      error->path = builder.Path(/*in_value=*/false);
      AppendPathKey(builder.duplicate(), &error->path);
      error->offset = FindNth(text, /*opening=*/false, builder.strings());
      return;
    default:
      error->what = builder.syntax().what;
      error->path = builder.Path(builder.syntax().in_value);
      error->offset = std::min(builder.syntax().offset, text.size());
  }
}

// The value, or nullopt and `error`.
std::optional<Json> Parse(std::string_view text, const ParseLimits& limits, ParseError* error) {
  if (text.empty()) {  // nlohmann's word for this differs between its versions
    *error = {"expected a value, got the end of the text", "", 0, Json()};
    return std::nullopt;
  }
  Builder builder(limits.max_depth);
  if (Grammar::sax_parse(text.data(), text.data() + text.size(), &builder)) {
    return builder.TakeRoot();
  }
  Describe(builder, text, limits.max_depth, error);
  error->partial = builder.TakeRoot();
  return std::nullopt;
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// nlohmann takes a byte-order mark for nothing at all and a NUL for the end of the text.
std::optional<Json> ParseStrictly(std::string_view text, const ParseLimits& limits,
                                  ParseError* error) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    std::optional<Json> rest = Parse(text.substr(kByteOrderMark.size()), limits, error);
    *error = {"the text begins with a byte-order mark (EF BB BF)", "", 0,
              rest ? *std::move(rest) : std::move(error->partial)};
    return std::nullopt;
  }
  size_t nul = text.find('\0');
  std::optional<Json> value = Parse(text.substr(0, nul), limits, error);
  if (nul == std::string_view::npos) return value;
  bool met = value || error->offset >= nul;
  if (value) error->partial = *std::move(value);
  if (met) {
    error->what = "a NUL byte";
    error->offset = nul;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Json> ParseInWords(std::string_view text, const ParseLimits& limits,
                                  ParseError* error) {
  ParseError unwanted;
  if (error == nullptr) error = &unwanted;
  *error = {};
  std::optional<Json> value = ParseStrictly(text, limits, error);
  if (value) return *std::move(value);
  error->path = Shortened(error->path, 80);
  std::string place = error->path.empty() ? "" : Concat(" in ", error->path);
  return absl::InvalidArgumentError(Concat(error->what, " at byte ", error->offset, place));
}

absl::StatusOr<Json> ParseJson(std::string_view text, const ParseLimits& limits,
                               ParseError* error) {
  const std::optional<JsonScan> scan = ScanJson(text, limits.max_depth);
  if (!scan) return ParseInWords(text, limits, error);
  if (error != nullptr) *error = {};
  return scan->root().Tree();
}

}  // namespace tidemark::wire
