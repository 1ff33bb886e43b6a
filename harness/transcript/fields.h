// A JSON object read member by member; the first thing that is wrong is kept, and members that
// nobody asked for are wrong too.
#ifndef TIDEMARK_HARNESS_TRANSCRIPT_FIELDS_H_
#define TIDEMARK_HARNESS_TRANSCRIPT_FIELDS_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "node/wire/json.h"

namespace tidemark::transcript {

class Fields {
 public:
  explicit Fields(const wire::Json& object) : object_(object) {}

  bool Has(std::string_view key) const { return object_.Find(key) != nullptr; }

  std::string String(std::string_view key);
  int64_t Natural(std::string_view key);  // 0 or more
  bool Bool(std::string_view key);
  std::vector<std::string> Strings(std::string_view key);
  std::vector<int64_t> Integers(std::string_view key);
  std::vector<std::vector<std::string>> Groups(std::string_view key);
  const wire::Json& Object(std::string_view key);
  void Anything(std::string_view key) { Take(key, "a value"); }

  // The first thing that was wrong, an unknown member included.
  absl::Status Finish();

 private:
  const wire::Json* Take(std::string_view key, std::string_view expected);
  void Wrong(std::string_view key, std::string_view expected, const wire::Json* came);
  bool TakeStrings(const wire::Json& array, std::vector<std::string>* out);

  const wire::Json& object_;
  std::set<std::string, std::less<>> taken_;
  absl::Status status_;
};

}  // namespace tidemark::transcript

#endif  // TIDEMARK_HARNESS_TRANSCRIPT_FIELDS_H_
