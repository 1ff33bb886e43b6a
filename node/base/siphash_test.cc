#include "node/base/siphash.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace tidemark {
namespace {

// The key 00 01 02 … 0f of the reference implementation's test vectors.
constexpr SipKey kKey{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

std::string CountingBytes(size_t length) {
  std::string bytes;
  for (size_t i = 0; i < length; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

// What the reference (vectors.h) has for the messages 00 01 02 … of each length.
TEST(SipHash, GivesTheReferencesVectors) {
  const uint64_t vectors[] = {
      0x726fdb47dd0e0e31u, 0x74f839c593dc67fdu, 0x0d6c8009d9a94f5au, 0x85676696d7fb7e2du,
      0xcf2794e0277187b7u, 0x18765564cd99a68du, 0xcbc9466e58fee3ceu, 0xab0200f58b01d137u,
      0x93f5f5799a932462u, 0x9e0082df0ba9e4b0u, 0x7a5dbbc594ddb9f3u, 0xf4b32f46226bada7u,
      0x751e8fbc860ee5fbu, 0x14ea5627c0843d90u, 0xf723ca908e7af2eeu, 0xa129ca6149be45e5u,
  };
  size_t length = 0;
  for (const uint64_t expected : vectors) {
    EXPECT_EQ(SipHash24(kKey, CountingBytes(length)), expected) << length;
    ++length;
  }
  EXPECT_EQ(SipHash24(kKey, CountingBytes(63)), 0x958a324ceb064572u);
}

TEST(SipHash, OfAWordIsThatOfItsBytes) {
  EXPECT_EQ(SipHash24(kKey, uint64_t{0x0706050403020100u}), SipHash24(kKey, CountingBytes(8)));
}

TEST(SipHash, TellsKeysApart) {
  const uint64_t hash = SipHash24(kKey, uint64_t{1});
  EXPECT_NE(SipHash24({kKey.k0 ^ 1, kKey.k1}, uint64_t{1}), hash);
  EXPECT_NE(SipHash24({kKey.k0, kKey.k1 ^ 1}, uint64_t{1}), hash);
}

}  // namespace
}  // namespace tidemark
