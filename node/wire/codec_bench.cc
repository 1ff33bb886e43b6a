#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "benchmark/benchmark.h"
#include "node/base/concat.h"
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

// --- The longest lines that are taken, of the shapes that cost the most a byte -------------------

struct Shape {
  std::string_view name;
  std::string_view begin;
  std::string_view piece;  // '#' stands for a number that differs each time
  std::string_view end;
};

constexpr Shape kShapes[] = {
    {"zeros", "[0", ",0", "]"},
    {"spaced_zeros", "[0", " , 0", "]"},
    {"empty_arrays", "[0", ",[]", "]"},
    {"small_arrays", "[0", ",[0]", "]"},
    {"nested_arrays", "[0", ",[[[[[[[[[[0]]]]]]]]]]", "]"},
    {"small_objects", "[0", R"(,{"":0})", "]"},
    {"objects_of_16", "[0",
     R"(,{"p":0,"o":0,"n":0,"m":0,"l":0,"k":0,"j":0,"i":0,"h":0,"g":0,"f":0,"e":0,"d":0,"c":0,"b":0,"a":0})",
     "]"},
    {"many_keys", R"({"":0)", R"(,"#":0)", "}"},
    {"many_keys_alike", R"({"":0)", R"(,"aaaaaaaaaaaaaaaa#":0)", "}"},
    {"many_escaped_keys", R"({"":0)", R"(,"\n#":0)", "}"},
    {"small_strings", "[0", R"(,"")", "]"},
    {"long_string", "\"", "x", "\""},
    {"escapes", "\"", "\\n", "\""},
    {"hex_escapes", "\"", "\\u0001", "\""},
    {"surrogate_pairs", "\"", "\\ud83d\\ude00", "\""},
    {"utf8", "\"", "é", "\""},
    {"long_utf8", "\"", "😀", "\""},
    {"floats", "[0", ",1.5e7", "]"},
    {"literals", "[0", ",null", "]"},
    {"blanks", "[0", " ", "]"},
};
constexpr int kShapeCount = std::size(kShapes);

void AppendPiece(std::string_view piece, size_t number, std::string* out) {
  size_t mark = piece.find('#');
  if (mark == std::string_view::npos) {
    out->append(piece);
  } else {
    ConcatTo(out, piece.substr(0, mark), number * 7919 % 1000003, piece.substr(mark + 1));
  }
}

// A line of some `size` bytes that ends with `end`.
std::string LineOf(std::string_view begin, const Shape& shape, std::string_view end, size_t size) {
  std::string line = Concat(begin, shape.begin);
  for (size_t i = 0; line.size() + shape.end.size() + end.size() + 8 < size; ++i) {
    AppendPiece(shape.piece, i, &line);
  }
  return Concat(line, shape.end, end);
}

constexpr std::string_view kClients =
    R"({"src":"c1","dest":"n1","body":{"type":"write","msg_id":17,"key":5,"value":)";
constexpr std::string_view kPeers =
    R"({"src":"n2","dest":"n1","body":{"type":"append_entries","incarnation":"00000000000000a1",)"
    R"("cluster":"9f3a1c20","term":2,"life":"00000000000000f1","prev_term":0,"prev_index":0,)"
    R"("commit_index":0,"round":1,"entries":[{"term":2,"index":1,"command":{"writer":1,"seq":1,)"
    R"("first_unanswered":1,"writer_bits":"0123456789abcdef","op":"write","key":1,"value":)";
constexpr size_t kClientBytes = size_t{1} << 20;
constexpr size_t kPeerBytes = size_t{4} << 20;

void DecodedLine(benchmark::State& state, const std::string& line, bool taken) {
  GatewayOptions options;
  for (auto _ : state) {
    Incoming in = Decode(line, false, options);
    if (std::holds_alternative<Refused>(in.message) == taken) state.SkipWithError("not so");
  }
}

void BM_ClientLine(benchmark::State& state) {
  const Shape& shape = kShapes[state.range(0)];
  state.SetLabel(std::string(shape.name));
  DecodedLine(state, LineOf(kClients, shape, "}}", kClientBytes), true);
}
BENCHMARK(BM_ClientLine)->DenseRange(0, kShapeCount - 1)->Unit(benchmark::kMillisecond);

void BM_PeerLine(benchmark::State& state) {
  const Shape& shape = kShapes[state.range(0)];
  state.SetLabel(std::string(shape.name));
  DecodedLine(state, LineOf(kPeers, shape, "}}]}}", kPeerBytes), true);
}
BENCHMARK(BM_PeerLine)->DenseRange(0, kShapeCount - 1)->Unit(benchmark::kMillisecond);

void BM_RefusedClientLine(benchmark::State& state) {
  const Shape& shape = kShapes[state.range(0)];
  state.SetLabel(std::string(shape.name));
  DecodedLine(state, LineOf(kClients, shape, "}", kClientBytes), false);
}
BENCHMARK(BM_RefusedClientLine)->DenseRange(0, kShapeCount - 1)->Unit(benchmark::kMillisecond);

void BM_RefusedPeerLine(benchmark::State& state) {
  const Shape& shape = kShapes[state.range(0)];
  state.SetLabel(std::string(shape.name));
  DecodedLine(state, LineOf(kPeers, shape, "}}]}", kPeerBytes), false);
}
BENCHMARK(BM_RefusedPeerLine)->DenseRange(0, kShapeCount - 1)->Unit(benchmark::kMillisecond);

// Refused for what ends a list of zeros, each of which has a way of its own through the code.
constexpr std::string_view kEnds[] = {"1x", "01", "0,}", "\"\xff\""};

void BM_RefusedEnd(benchmark::State& state) {
  const std::string_view end = kEnds[state.range(0)];
  DecodedLine(state, LineOf(kClients, kShapes[0], Concat(",", end, "]}}"), kClientBytes), false);
}
BENCHMARK(BM_RefusedEnd)->DenseRange(0, std::size(kEnds) - 1)->Unit(benchmark::kMillisecond);

void BM_TooDeepClientLine(benchmark::State& state) {
  const std::string end = Concat(std::string(130, '['), std::string(130, ']'), "}}");
  std::string line =
      LineOf(kClients, {"", "[0", ",0", ","}, Concat(end.substr(0, 260), "]}}"), kClientBytes);
  DecodedLine(state, line, false);
}
BENCHMARK(BM_TooDeepClientLine)->Unit(benchmark::kMillisecond);

void BM_ManyEntries(benchmark::State& state) {
  std::string line(kPeers);
  for (size_t index = 2; line.size() + 200 < kPeerBytes; ++index) {
    ConcatTo(&line, R"(0}},{"term":2,"index":)", index,
             R"(,"command":{"writer":1,"seq":1,"first_unanswered":1,)"
             R"("writer_bits":"0123456789abcdef","op":"write","key":1,"value":)");
  }
  line.append("0}}]}}");
  DecodedLine(state, line, true);
}
BENCHMARK(BM_ManyEntries)->Unit(benchmark::kMillisecond);

void BM_SpaceText(benchmark::State& state) {
  const std::string text = LineOf("", kShapes[state.range(0)], "", kClientBytes);
  state.SetLabel(std::string(kShapes[state.range(0)].name));
  for (auto _ : state) {
    std::string out;
    AppendSpacedText(text, &out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_SpaceText)->DenseRange(0, kShapeCount - 1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidemark::wire
