#include "node/base/siphash.h"

#include <bit>
#include <cstddef>

#include "node/base/assert.h"

namespace tidemark {
namespace {

constexpr size_t kWordBytes = 8;

uint64_t LittleEndian(std::string_view bytes) {
  TM_ASSERT(bytes.size() <= kWordBytes);
  uint64_t word = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    word |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

class State {
 public:
  explicit State(const SipKey& key)
      : v0_(key.k0 ^ 0x736f6d6570736575u),
        v1_(key.k1 ^ 0x646f72616e646f6du),
        v2_(key.k0 ^ 0x6c7967656e657261u),
        v3_(key.k1 ^ 0x7465646279746573u) {}

  void Take(uint64_t word) {
    v3_ ^= word;
    Rounds(2);
    v0_ ^= word;
  }

  uint64_t Finish() {
    v2_ ^= 0xff;
    Rounds(4);
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void Rounds(int count) {
    for (; count > 0; --count) {
      Mix(&v0_, &v1_, 13);
      v0_ = std::rotl(v0_, 32);
      Mix(&v2_, &v3_, 16);
      Mix(&v0_, &v3_, 21);
      Mix(&v2_, &v1_, 17);
      v2_ = std::rotl(v2_, 32);
    }
  }

  static void Mix(uint64_t* a, uint64_t* b, int bits) {
    *a += *b;
    *b = std::rotl(*b, bits) ^ *a;
  }

  uint64_t v0_;
  uint64_t v1_;
  uint64_t v2_;
  uint64_t v3_;
};

}  // namespace

uint64_t SipHash24(const SipKey& key, std::string_view message) {
  State state(key);
  const uint64_t length = uint64_t{message.size() & 0xff} << 56;
  for (; message.size() >= kWordBytes; message.remove_prefix(kWordBytes)) {
    state.Take(LittleEndian(message.substr(0, kWordBytes)));
  }
  state.Take(length | LittleEndian(message));
  return state.Finish();
}

uint64_t SipHash24(const SipKey& key, uint64_t word) {
  State state(key);
  state.Take(word);
  state.Take(uint64_t{kWordBytes} << 56);
  return state.Finish();
}

}  // namespace tidemark
