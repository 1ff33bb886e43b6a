// Memory in many small blocks, for one owner. The common allocators join what is given back with
// its neighbours, and now and then look through tens of thousands of such pieces at once, for
// milliseconds. Here nothing is ever looked for, and all of it is freed without a look at any.
#ifndef TIDEMARK_NODE_KV_BLOCKS_H_
#define TIDEMARK_NODE_KV_BLOCKS_H_

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace tidemark::kv {

class Blocks {
 public:
  Blocks() = default;
  Blocks(Blocks&& other) noexcept { *this = std::move(other); }
  Blocks& operator=(Blocks&& other) noexcept;
  // Frees all blocks, those in use as well.
  ~Blocks();

  // What a block of `bytes` bytes is made of in fact: not less, and at most a quarter more.
  static size_t RoundUp(size_t bytes);
  // Aligned to 8. `bytes` is what RoundUp says.
  void* Take(size_t bytes);
  // `block` is of Take(bytes).
  void Give(void* block, size_t bytes);

 private:
  struct Free {
    Free* next;
  };
  struct Large {  // in front of a block
    Large* previous;
    Large* next;
  };
  static constexpr size_t kFine = 256;  // up to there sizes are apart by kFineStep
  static constexpr size_t kFineStep = 8;
  static constexpr size_t kCoarse = 1024;
  static constexpr size_t kCoarseStep = 64;
  static constexpr size_t kSizes = kFine / kFineStep + (kCoarse - kFine) / kCoarseStep + 1;

  static size_t SizeClass(size_t bytes);
  void* TakeFresh(size_t bytes);
  void* TakeLarge(size_t bytes);
  void GiveLarge(void* block);

  std::array<Free*, kSizes> free_{};  // given back, by size
  // Where the last of the chunks has not been cut into blocks yet.
  char* fresh_ = nullptr;
  size_t fresh_bytes_ = 0;
  std::vector<char*> chunks_;
  Large* large_ = nullptr;
};

}  // namespace tidemark::kv

#endif  // TIDEMARK_NODE_KV_BLOCKS_H_
