// Who speaks to whom: the part of a message that the network reads. It reads no more than that, as
// a network should: a message is a few hundred bytes, and each of them would be read twice.
#ifndef TIDEMARK_HARNESS_CLUSTER_ENVELOPE_H_
#define TIDEMARK_HARNESS_CLUSTER_ENVELOPE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace tidemark::cluster {

// Views into the line; strings as they are spelled between their quotes.
struct Envelope {
  std::string_view src;
  std::string_view dest;
  std::string_view body;  // the object's text

  // Of the body; looked for at each call.
  std::string_view type() const;  // empty: none
  std::optional<int64_t> Integer(std::string_view member) const;
};

// nullopt: not a message. Of the body only the ends are found: it need not be JSON.
std::optional<Envelope> ParseEnvelope(std::string_view line);

}  // namespace tidemark::cluster

#endif  // TIDEMARK_HARNESS_CLUSTER_ENVELOPE_H_
