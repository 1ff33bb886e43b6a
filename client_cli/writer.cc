#include "client_cli/writer.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "node/base/assert.h"
#include "node/base/concat.h"
#include "node/kv/tag.h"

namespace tidemark::client {

namespace {

using wire::Json;

constexpr size_t kHexDigits = 16;

Json Hex16(uint64_t bits) {
  std::string text;
  AppendHex(bits, kHexDigits, &text);
  return Json::String(std::move(text));
}

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

Json ToJson(const WriteName& name, uint64_t tag) {
  return Json::Object({{"writer", Json::Number(name.writer)},
                       {"seq", Json::Number(name.seq)},
                       {"tag", Hex16(tag)}});
}

std::optional<uint64_t> ParseHex16(std::string_view text) {
  if (text.size() != kHexDigits || !std::all_of(text.begin(), text.end(), IsHexDigit)) {
    return std::nullopt;
  }
  uint64_t bits = 0;
  std::from_chars(text.data(), text.data() + text.size(), bits, 16);
  return bits;
}

void Writer::Open(uint64_t client, uint64_t key) {
  TM_ASSERT(client != 0);
  Close();
  client_ = client;
  keys_[client] = key;
}

void Writer::Close() {
  client_ = 0;
  last_seq_ = 0;
  unanswered_.clear();
}

WriteName Writer::Begin() {
  TM_ASSERT(is_open());
  unanswered_.insert(++last_seq_);
  return {client_, last_seq_};
}

void Writer::Settle(const WriteName& name) {
  if (name.writer == client_) unanswered_.erase(name.seq);
}

Json Writer::Once(const WriteName& name) const {
  TM_ASSERT(name.writer == client_);
  TM_ASSERT(unanswered_.contains(name.seq));
  return Json::Object({{"client", Json::Number(client_)},
                       {"seq", Json::Number(name.seq)},
                       {"key", Hex16(keys_.at(client_))},
                       {"first_unanswered", Json::Number(*unanswered_.begin())}});
}

std::optional<uint64_t> Writer::TagOf(const WriteName& name) const {
  const auto key = keys_.find(name.writer);
  if (key == keys_.end()) return std::nullopt;
  return kv::TagOf(key->second, name.writer, name.seq);
}

}  // namespace tidemark::client
