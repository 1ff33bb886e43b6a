#include "node/wire/json_scan.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "node/base/assert.h"
#include "node/wire/json_view.h"

namespace tidemark::wire {
namespace {

// Longer texts are left to others: sizes and orders of views have as many bits as these need.
constexpr size_t kMostBytes = size_t{1} << 30;

bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether a string may hold the byte as it is, without a look at its neighbours.
bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// How many of eight bytes there are before the first that is not plain.
size_t PlainOfEight(const char* bytes) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  constexpr uint64_t kEach = 0x0101010101010101;
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  // A byte that is not plain sets its highest bit in one of these. It may set those of bytes above
  // it, too, but of none below.
  const uint64_t control = word - kEach * 0x20;
  const uint64_t quote = (word ^ kEach * '"') - kEach;
  const uint64_t backslash = (word ^ kEach * '\\') - kEach;
  const uint64_t found = (word | control | quote | backslash) & kEach * 0x80;
  return static_cast<size_t>(std::countr_zero(found)) / 8;
}

// --- UTF-8 ---------------------------------------------------------------------------------------

// The second byte decides whether a character is spelled in as few bytes as it can be, is no
// surrogate and not beyond U+10FFFF (RFC 3629, section 4).
bool MayFollow(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return second >= 0x80 && second <= 0xBF;
  }
}

size_t SizeByLead(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

// The bytes of the character of several bytes that begins at `at`; 0: there is none.
size_t SizeOfCharacter(const char* at, const char* end) {
  TM_ASSERT(at != end);
  const auto lead = static_cast<unsigned char>(at[0]);
  const size_t size = SizeByLead(lead);
  if (size == 0 || static_cast<size_t>(end - at) < size) return 0;
  if (!MayFollow(lead, static_cast<unsigned char>(at[1]))) return 0;
  for (size_t i = 2; i < size; ++i) {
    if ((static_cast<unsigned char>(at[i]) & 0xC0) != 0x80) return 0;
  }
  return size;
}

const char* SkipPlain(const char* at, const char* end) {
  while (end - at >= 8) {
    const size_t plain = PlainOfEight(at);
    at += plain;
    if (plain < 8) return at;
  }
  while (at != end && IsPlain(*at)) ++at;
  return at;
}

// Behind all that a string may hold as it is: at a quote, at a backslash, at what is no text, or
// at the end.
const char* SkipText(const char* at, const char* end) {
  for (;;) {
    at = SkipPlain(at, end);
    if (at == end || static_cast<unsigned char>(*at) < 0x80) return at;
    do {
      const size_t size = SizeOfCharacter(at, end);
      if (size == 0) return at;
      at += size;
    } while (at != end && static_cast<unsigned char>(*at) >= 0x80);
  }
}

char* AppendUtf8(uint32_t code, char* out) {
  TM_ASSERT(code <= 0x10FFFF);
  const auto put = [&out](uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
  return out;
}

// --- Escapes -------------------------------------------------------------------------------------

// What the letter behind a backslash stands for; 0: nothing by itself.
char MeaningOf(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

constexpr uint32_t kNoCode = ~uint32_t{0};

// Of "\uXXXX" at `at`.
uint32_t UnitAt(const char* at, const char* end) {
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return kNoCode;
  uint32_t unit = 0;
  for (int i = 2; i < 6; ++i) {
    const int digit = HexDigit(at[i]);
    if (digit < 0) return kNoCode;
    unit = unit << 4 | static_cast<uint32_t>(digit);
  }
  return unit;
}

bool IsFirstSurrogate(uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool IsSecondSurrogate(uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// The character that one or two "\uXXXX" at `*at` stand for; moves `*at` behind them.
uint32_t TakeCode(const char** at, const char* end) {
  const uint32_t unit = UnitAt(*at, end);
  if (unit == kNoCode || IsSecondSurrogate(unit)) return kNoCode;
  *at += 6;
  if (!IsFirstSurrogate(unit)) return unit;
  const uint32_t second = UnitAt(*at, end);
  if (second == kNoCode || !IsSecondSurrogate(second)) return kNoCode;
  *at += 6;
  return 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
}

// --- The text ------------------------------------------------------------------------------------

class Scanner {
 public:
  // Each value is at least a byte, and another, a comma, a colon or a bracket, parts it from the
  // one before; an array or object has two of its own.
  Scanner(std::string_view text, int max_depth)
      : begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()),
        max_depth_(static_cast<size_t>(std::max(max_depth, 0))),
        views_(text.size() / 2 + 1) {
    levels_.reserve(16);
  }

  // Each of these: false if it is not certain.
  bool TakeAll();

  size_t number_end() const {
    return number_end_ == nullptr ? std::string_view::npos
                                  : static_cast<size_t>(number_end_ - begin_);
  }
  JsonScan Finish() {
    TM_ASSERT(at_ == end_ && levels_.empty());
    return {std::move(views_), std::move(unescaped_), static_cast<int>(depth_)};
  }

 private:
  struct Level {
    size_t begin;  // of what stands in it, among the views that wait
    bool is_object;
    bool is_empty = true;
  };

  // The next character that is not blank; a NUL, which is never right, at the end.
  char Next() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') return *at_;  // as a rule
    while (at_ != end_ && IsBlank(*at_)) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  bool TakePart();
  bool TakeKey();
  bool TakeValue();
  bool TakeLiteral(std::string_view literal, JsonView value);
  bool TakeDigits();
  bool TakeNumber();
  bool TakeString();
  bool TakeEscapes(const char* begin);
  char* TakeEscape(char* out);
  bool Open(bool is_object);
  bool Close();

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* number_end_ = nullptr;
  size_t max_depth_;
  size_t depth_ = 0;
  std::vector<Level> levels_;
  JsonViews views_;
  std::unique_ptr<char[]> unescaped_;
  char* unescaped_end_ = nullptr;
};

bool Scanner::TakeAll() {
  if (!TakeValue()) return false;
  while (!levels_.empty()) {
    if (!TakePart()) return false;
  }
  Next();
  return at_ == end_;
}

// Of the innermost array or object: an item, a member, or its end.
bool Scanner::TakePart() {
  TM_ASSERT(!levels_.empty());
  Level& level = levels_.back();
  const char next = Next();
  if (next == (level.is_object ? '}' : ']')) return Close();
  if (!level.is_empty) {
    if (next != ',') return false;
    ++at_;
  }
  level.is_empty = false;
  return (!level.is_object || TakeKey()) && TakeValue();
}

bool Scanner::TakeKey() {
  if (Next() != '"' || !TakeString() || Next() != ':') return false;
  ++at_;
  return true;
}

bool Scanner::TakeValue() {
  switch (Next()) {
    case '"':
      return TakeString();
    case '[':
      return Open(/*is_object=*/false);
    case '{':
      return Open(/*is_object=*/true);
    case 't':
      return TakeLiteral("true", JsonView::Bool(true));
    case 'f':
      return TakeLiteral("false", JsonView::Bool(false));
    case 'n':
      return TakeLiteral("null", JsonView::Null());
    default:
      return TakeNumber();
  }
}

bool Scanner::TakeLiteral(std::string_view literal, JsonView value) {
  if (static_cast<size_t>(end_ - at_) < literal.size()) return false;
  if (std::memcmp(at_, literal.data(), literal.size()) != 0) return false;
  at_ += literal.size();
  views_.Add(value);
  return true;
}

bool Scanner::TakeDigits() {
  if (at_ == end_ || !IsDigit(*at_)) return false;
  while (at_ != end_ && IsDigit(*at_)) ++at_;
  return true;
}

bool Scanner::TakeNumber() {
  const char* begin = at_;
  if (at_ != end_ && *at_ == '-') ++at_;
  if (at_ != end_ && *at_ == '0') {
    ++at_;
  } else if (!TakeDigits()) {
    return false;
  }
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!TakeDigits()) return false;
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!TakeDigits()) return false;
  }
  number_end_ = at_;
  views_.Add(JsonView::Number({begin, static_cast<size_t>(at_ - begin)}));
  return true;
}

bool Scanner::TakeString() {
  TM_ASSERT(at_ != end_ && *at_ == '"');
  const char* begin = ++at_;
  at_ = SkipText(at_, end_);
  if (at_ == end_) return false;
  if (*at_ == '\\') return TakeEscapes(begin);
  if (*at_ != '"') return false;
  views_.Add(
      JsonView::String({begin, static_cast<size_t>(at_ - begin)}, JsonView::Spelling::kPlain));
  ++at_;
  return true;
}

// The rest of a string that began at `begin`, from its first backslash on.
bool Scanner::TakeEscapes(const char* begin) {
  TM_ASSERT(at_ != end_ && *at_ == '\\');
  if (unescaped_ == nullptr) {
    // No escape is shorter than what it stands for.
    unescaped_ = std::make_unique_for_overwrite<char[]>(static_cast<size_t>(end_ - begin));
    unescaped_end_ = unescaped_.get();
  }
  char* const value = unescaped_end_;
  char* out = value;
  for (;;) {
    out = std::copy(begin, at_, out);
    if (at_ == end_) return false;
    if (*at_ == '"') break;
    if (*at_ != '\\' || (out = TakeEscape(out)) == nullptr) return false;
    begin = at_;
    at_ = SkipText(at_, end_);
  }
  ++at_;
  unescaped_end_ = out;
  views_.Add(JsonView::String({value, static_cast<size_t>(out - value)},
                              JsonView::Spelling::kWithEscapes));
  return true;
}

// Behind what the escape stands for, which is written to `out`; null: it is none.
char* Scanner::TakeEscape(char* out) {
  TM_ASSERT(at_ != end_ && *at_ == '\\');
  if (end_ - at_ < 2) return nullptr;
  if (at_[1] == 'u') {
    const uint32_t code = TakeCode(&at_, end_);
    return code == kNoCode ? nullptr : AppendUtf8(code, out);
  }
  const char meaning = MeaningOf(at_[1]);
  if (meaning == 0) return nullptr;
  at_ += 2;
  *out = meaning;
  return out + 1;
}

bool Scanner::Open(bool is_object) {
  if (levels_.size() >= max_depth_) return false;
  ++at_;
  levels_.push_back({views_.waiting(), is_object});
  depth_ = std::max(depth_, levels_.size());
  return true;
}

bool Scanner::Close() {
  TM_ASSERT(!levels_.empty());
  const Level level = levels_.back();
  levels_.pop_back();
  ++at_;
  if (level.is_object) return views_.CloseObject(level.begin);
  views_.CloseArray(level.begin);
  return true;
}

}  // namespace

std::optional<JsonScan> ScanJson(std::string_view text, int max_depth, size_t* number_end) {
  if (number_end != nullptr) *number_end = std::string_view::npos;
  if (text.size() > kMostBytes) return std::nullopt;
  Scanner scanner(text, max_depth);
  const bool certain = scanner.TakeAll();
  if (number_end != nullptr) *number_end = scanner.number_end();
  if (!certain) return std::nullopt;
  return scanner.Finish();
}

}  // namespace tidemark::wire
