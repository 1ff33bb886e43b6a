#include "harness/simulation/transcript.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <variant>

#include "absl/strings/str_cat.h"
#include "harness/check/jsonl.h"
#include "harness/simulation/simulation.h"
#include "node/base/concat.h"
#include "node/wire/gateway.h"
#include "node/wire/json.h"

namespace tidemark::simulation {
namespace {

// The status of a process that could not write its transcript.
constexpr int kNotWritten = 1;

std::string Quoted(const std::string& text) {
  std::string out;
  wire::AppendQuoted(text, &out);
  return out;
}

std::string Hex16(uint64_t bits) {
  return absl::StrCat("\"", absl::Hex(bits, absl::kZeroPad16), "\"");
}

// Keys and values are canonical texts: they go in as they are.
std::string TxnText(const kv::Txn& txn) {
  constexpr const char* kOps[] = {"r", "w", "append"};
  std::string text;
  for (const kv::TxnOp& op : txn.ops) {
    ConcatTo(&text, text.empty() ? "" : ", ", "[\"", kOps[static_cast<int>(op.kind)], "\", ",
             op.key, ", ", op.value.empty() ? "null" : op.value, "]");
  }
  return Concat("[", text, "]");
}

std::string Fields(const kv::Operation& operation) {
  if (const auto* write = std::get_if<kv::Write>(&operation)) {
    return Concat(R"("type": "write", "key": )", write->key, R"(, "value": )", write->value);
  }
  if (const auto* cas = std::get_if<kv::Cas>(&operation)) {
    return Concat(R"("type": "cas", "key": )", cas->key, R"(, "from": )", cas->from, R"(, "to": )",
                  cas->to, cas->create_if_not_exists ? R"(, "create_if_not_exists": true)" : "");
  }
  if (const auto* deletion = std::get_if<kv::Delete>(&operation)) {
    return Concat(R"("type": "delete", "key": )", deletion->key);
  }
  if (const auto* fate = std::get_if<kv::Fate>(&operation)) {
    return Concat(R"("type": "fate", "write_id": {"writer": )", fate->of.writer, R"(, "seq": )",
                  fate->of.seq, R"(, "tag": )", Hex16(fate->of.tag), "}");
  }
  if (std::holds_alternative<kv::OpenClient>(operation)) return R"("type": "open")";
  return Concat(R"("type": "txn", "txn": )", TxnText(std::get<kv::Txn>(operation)));
}

std::string OnceText(const std::optional<kv::WriteId>& once) {
  if (!once) return "";
  return Concat(R"(, "once": {"client": )", once->writer, R"(, "seq": )", once->seq, R"(, "key": )",
                Hex16(once->key), R"(, "first_unanswered": )", once->first_unanswered, "}");
}

std::string SessionText(const server::ClientRequest& request) {
  if (!request.from.in_session) return "";
  if (!request.session) return R"(, "session": {})";
  const kv::Session& session = *request.session;
  return absl::StrCat(R"(, "session": {"cluster": ")", absl::Hex(session.cluster, absl::kZeroPad8),
                      R"(", "index": )", session.index, R"(, "term": )", session.term,
                      R"(, "stamp": ")", absl::Hex(session.stamp, absl::kZeroPad8), "\"}");
}

std::string Fields(const server::RequestBody& body) {
  if (const auto* write = std::get_if<server::WriteRequest>(&body)) {
    return Concat(Fields(write->operation), OnceText(write->once));
  }
  if (const auto* read = std::get_if<server::ReadRequest>(&body)) {
    return Concat(R"("type": "read", "key": )", read->key);
  }
  const auto& ryw = std::get<server::RywReadRequest>(body);
  return Concat(R"("type": "ryw_read", "key": )", ryw.key, R"(, "last_write_index": )",
                ryw.last_write_index.value(), R"(, "prefer_follower": )",
                ryw.prefer_follower ? "true" : "false", ryw.explain ? R"(, "explain": true)" : "");
}

}  // namespace

void TranscriptRecorder::Print(const std::string& line) {
  std::fprintf(out_, "%s\n", line.c_str());
}

void TranscriptRecorder::Advance(int64_t now_us) {
  const int64_t ms = now_us / 1000;
  if (ms == now_ms_) return;
  Print(Concat(R"({"advance_ms": )", ms - now_ms_, "}"));
  now_ms_ = ms;
}

void TranscriptRecorder::Started(int nodes) {
  std::string names;
  for (int i = 1; i <= nodes; ++i) ConcatTo(&names, i > 1 ? ", " : "", "\"n", i, "\"");
  Print(Concat(R"({"start": [)", names, "]}"));
}

void TranscriptRecorder::Note(const std::string& text) {
  Print(Concat(R"({"note": )", Quoted(text), "}"));
}

void TranscriptRecorder::Requested(int64_t now_us, int node, const server::ClientRequest& request) {
  Advance(now_us);
  Print(Concat(R"({"src": ")", request.from.client, R"(", "dest": "n)", node + 1,
               R"(", "body": {"msg_id": )", request.from.msg_id, ", ", Fields(request.body),
               SessionText(request), "}}"));
}

void TranscriptRecorder::Replied(int64_t now_us, int node, const server::Reply& reply) {
  Advance(now_us);
  std::string line;
  wire::AppendReply(Concat("n", node + 1), reply, /*stock=*/false, &line);
  Print(line);
}

void TranscriptRecorder::Delivered(int64_t now_us, const server::PeerMessage& message) {
  Advance(now_us);
  std::string line;
  wire::AppendPeerMessage(message, &line);
  Print(line);
}

void TranscriptRecorder::Noticed(int64_t now_us, int node, const raft::Notice& notice) {
  Advance(now_us);
  Note(Concat("n", node + 1, " tells its operator: ", notice.text));
}

void TranscriptRecorder::Happened(int64_t now_us, const std::string& text,
                                  const std::string& directive) {
  Advance(now_us);
  Note(Concat("at ", now_us / 1000, " ms: ", text));
  if (!directive.empty()) Print(directive);
}

absl::Status WriteTranscript(const Settings& settings, const std::string& title,
                             const std::string& path) {
  std::FILE* const out = std::fopen(path.c_str(), "w");
  if (out == nullptr) {
    return absl::InternalError(Concat("cannot write ", path, ": ", std::strerror(errno)));
  }
  std::setvbuf(out, nullptr, _IOLBF, 0);
  const pid_t pid = fork();
  if (pid == 0) {
    TranscriptRecorder recorder(out);
    recorder.Note(title);
    recorder.Started(DrawPlan(settings).nodes);
    const Result result = Simulation(settings, &recorder).Run();
    if (result.violation) {
      recorder.Note(Concat(result.violation->check, ": ", result.violation->text));
    }
    const bool written = std::ferror(out) == 0;
    _exit(std::fclose(out) == 0 && written ? 0 : kNotWritten);
  }
  std::fclose(out);
  if (pid < 0) return absl::InternalError("cannot start a process");
  int status = 0;
  waitpid(pid, &status, 0);
  // One that dies of an assertion has written down how it came to it.
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(Concat("cannot write all of ", path));
}

absl::Status WriteHistory(const Settings& settings, const std::string& path) {
  Simulation simulation(settings);
  simulation.Run();
  std::string text;
  check::AppendJsonl(simulation.history(), &text);
  std::ofstream file(path);
  file << text;
  file.close();
  if (file) return absl::OkStatus();
  return absl::InternalError(Concat("cannot write ", path, ": ", std::strerror(errno)));
}

}  // namespace tidemark::simulation
