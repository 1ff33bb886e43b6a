#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "benchmark/benchmark.h"
#include "node/server/requests.h"
#include "node/wire/gateway.h"
#include "node/wire/json.h"

namespace tidemark::wire {
namespace {

constexpr std::string_view kWrite =
    R"({"src":"c1","dest":"n1","body":{"type":"write","msg_id":17,"key":5,"value":12345}})";
constexpr std::string_view kRywRead =
    R"({"src":"c1","dest":"n1","body":{"type":"ryw_read","msg_id":18,"key":5,"last_write_index":4711,"prefer_follower":true}})";

void BM_ParseWrite(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ParseJson(kWrite));
}
BENCHMARK(BM_ParseWrite);

void Decoded(benchmark::State& state, std::string_view line) {
  GatewayOptions options;
  for (auto _ : state) benchmark::DoNotOptimize(Decode(line, false, options));
}
void BM_DecodeWrite(benchmark::State& state) { Decoded(state, kWrite); }
BENCHMARK(BM_DecodeWrite);
void BM_DecodeRywRead(benchmark::State& state) { Decoded(state, kRywRead); }
BENCHMARK(BM_DecodeRywRead);

void BM_AppendReply(benchmark::State& state) {
  server::Reply reply{{"c1", 17}, 42, server::WriteOk{raft::Index(4711)}};
  std::string out;
  for (auto _ : state) {
    out.clear();
    AppendReply("n1", reply, false, &out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_AppendReply);

// What a write costs here altogether.
void BM_DecodeWriteAndReply(benchmark::State& state) {
  GatewayOptions options;
  std::string out;
  for (auto _ : state) {
    Incoming in = Decode(kWrite, false, options);
    auto& request = *std::get_if<server::ClientRequest>(&in.message);
    server::Reply reply{std::move(request.from), 42, server::WriteOk{raft::Index(4711)}};
    out.clear();
    AppendReply("n1", reply, false, &out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_DecodeWriteAndReply);

}  // namespace
}  // namespace tidemark::wire
