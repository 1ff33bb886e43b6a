// The Tidemark node: flags in, one driver out.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "node/base/concat.h"
#include "node/base/last_words.h"
#include "node/base/limits.h"
#include "node/base/time.h"
#include "node/driver/auto_directory.h"
#include "node/driver/stdio.h"
#include "node/inspect/commands.h"
#include "node/log/log.h"
#include "node/process/program.h"
#include "node/process/standard_streams.h"
#include "node/raft/notice.h"
#include "node/raft/types.h"
#include "node/server/options.h"
#include "node/storage/file_system.h"
#include "node/storage/largest_entry.h"
#include "node/storage/node_storage.h"
#include "node/wire/version.h"

namespace tidemark {
namespace {

struct Flags {
  std::string clock = "real";
  uint64_t seed = 0;
  std::string data_dir;
  uint64_t segment_bytes = storage::Options().segment_bytes;
  uint64_t snapshot_log_bytes = uint64_t{16} << 20;
  std::string force_new_cluster;  // empty: it does not say of which
  std::string on_rollback = "stop";
  int64_t heartbeat_ms = 50;
  std::vector<int64_t> election_timeout_ms = {250, 500};
  int64_t bootstrap_delay_ms = 50;
  int64_t follower_wait_ms = 100;
  int64_t request_timeout_ms = 10'000;
  size_t max_open_bytes = server::Options().max_open_bytes;
  size_t max_waiting_reads = server::Options().max_waiting_reads;
  bool stock_replies = false;
  bool maelstrom = false;
  uint64_t max_line_bytes = Limits().line;
  // Absent: as much as a line of that length may bring, or twice that.
  std::optional<uint64_t> max_key_bytes;
  std::optional<uint64_t> max_value_bytes;
  std::optional<uint64_t> max_answer_bytes;
  log::Options log;
};

constexpr int64_t kDayMs = 86'400'000;

// Eight hexadecimal digits; nullopt: it is none.
std::optional<raft::ClusterId> ClusterIdOf(const std::string& text) {
  uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, number, 16);
  if (text.size() != 8 || read != end || error != std::errc() || number == 0) return std::nullopt;
  return raft::ClusterId(number);
}

// For CLI11: what is wrong with it; empty: nothing. Without an id the node says which to give.
std::string CheckClusterId(const std::string& text) {
  if (text.empty() || ClusterIdOf(text)) return "";
  return "\"" + text + "\" is no cluster's id: that has eight hexadecimal digits";
}

void DescribeStorage(CLI::App* app, Flags* flags) {
  app->add_option("--data-dir", flags->data_dir,
                  "keep this node's memory in DIR/<node id>, so that it survives a restart. auto: "
                  "a directory in $TMPDIR (or /tmp) that is shared by the nodes which one process "
                  "starts, and by no other run; a script between that process and the node must "
                  "`exec` the node. Default: none, the memory ends with the process and the next "
                  "start is a new incarnation")
      ->type_name("DIR|auto");
  app->add_option("--segment-bytes", flags->segment_bytes,
                  "the size of the files that the log in the data directory is made of; never less "
                  "than four times --max-line-bytes")
      ->check(CLI::Range(uint64_t{64} << 10, uint64_t{1} << 30))
      ->capture_default_str();
  app->add_option("--snapshot-log-bytes", flags->snapshot_log_bytes,
                  "write a snapshot of the state to the data directory whenever the log has grown "
                  "by so many bytes, and drop the log that it stands for")
      ->check(CLI::Range(uint64_t{64} << 10, uint64_t{1} << 40))
      ->capture_default_str();
  app->add_option("--force-new-cluster", flags->force_new_cluster,
                  "make a new cluster of this node alone from what its data directory holds, in "
                  "place of cluster CLUSTER_ID (as `node check` says it), where the majority of "
                  "that one is lost for good or a backup was restored. It is done once: a "
                  "directory that belongs to another cluster by then is left as it is")
      ->type_name("CLUSTER_ID")
      ->expected(0, 1)
      ->check(CheckClusterId);
}

CLI::Validator RangeOf(Limit limit) {
  return CLI::Range(kLeastLimits.Of(limit), kMostLimits.Of(limit));
}

// They are the cluster's: where there is one, it has its own.
void DescribeLimits(CLI::App* app, Flags* flags) {
  app->add_option("--max-line-bytes", flags->max_line_bytes,
                  "of a new cluster: the longest message that it takes from a client. A longer one "
                  "is refused without being kept. This and the next three are written down when "
                  "the cluster begins, and stay as they are: a node whose flags differ says so and "
                  "keeps to the cluster's")
      ->check(RangeOf(Limit::kLine))
      ->capture_default_str();
  app->add_option("--max-key-bytes", flags->max_key_bytes,
                  "of a new cluster: the largest key (default: 1 MiB, or --max-line-bytes if that "
                  "is more)")
      ->check(RangeOf(Limit::kKey));
  app->add_option("--max-value-bytes", flags->max_value_bytes,
                  "of a new cluster: the largest value, and so the longest list that appends make "
                  "(default: 1 MiB, or --max-line-bytes if that is more)")
      ->check(RangeOf(Limit::kValue));
  app->add_option("--max-answer-bytes", flags->max_answer_bytes,
                  "of a new cluster: the largest answer of a txn, all that it reads and writes "
                  "(default: 2 MiB, or twice --max-line-bytes if that is more)")
      ->check(RangeOf(Limit::kAnswer));
}

void DescribeRollback(CLI::App* app, Flags* flags) {
  app->add_option("--on-rollback", flags->on_rollback,
                  "what to do where an older copy has taken the place of the data directory, once "
                  "that is known. stop: exit with status 7, and start on it no more. rejoin: move "
                  "it aside and begin with an empty one, as a new incarnation")
      ->check(CLI::IsMember({"stop", "rejoin"}))
      ->capture_default_str();
}

void Describe(CLI::App* app, Flags* flags) {
  app->set_version_flag("--version", "tidemark " + std::string(wire::kVersion));
  app->add_option("--clock", flags->clock,
                  "where time comes from: real (the system's clock), or virtual (messages of type "
                  "advance, for golden transcripts)")
      ->check(CLI::IsMember({"real", "virtual"}))
      ->capture_default_str();
  app->add_option("--seed", flags->seed,
                  "seed of this node's chance. Default: fresh under the real clock, 1 under the "
                  "virtual one");
  DescribeStorage(app, flags);
  DescribeRollback(app, flags);
  app->add_option("--heartbeat-ms", flags->heartbeat_ms, "how often a leader shows that it lives")
      ->check(CLI::Range(int64_t{1}, kDayMs))
      ->capture_default_str();
  app->add_option("--election-timeout-ms", flags->election_timeout_ms,
                  "how long a leader may be silent before others stand: drawn anew each time from "
                  "MIN to MAX (default 250 500)")
      ->expected(2)
      ->type_name("MIN MAX")
      ->check(CLI::Range(int64_t{1}, kDayMs));
  app->add_option("--bootstrap-delay-ms", flags->bootstrap_delay_ms,
                  "how long the first request that needs a leader waits before a new cluster is "
                  "bootstrapped")
      ->check(CLI::Range(int64_t{0}, kDayMs))
      ->capture_default_str();
  app->add_option("--follower-wait-ms", flags->follower_wait_ms,
                  "how long a ryw_read waits at a follower that is behind before the leader is "
                  "asked to serve it")
      ->check(CLI::Range(int64_t{0}, kDayMs))
      ->capture_default_str();
  app->add_option("--request-timeout-ms", flags->request_timeout_ms,
                  "when a request that could not be served is answered with an error")
      ->check(CLI::Range(int64_t{1}, kDayMs))
      ->capture_default_str();
  app->add_option("--max-open-bytes", flags->max_open_bytes,
                  "what the requests that wait for their answers may hold of this node's memory; "
                  "one that would go beyond is answered with error 11 and a time to come back")
      ->check(CLI::Range(size_t{65'536}, size_t{1} << 40))
      ->capture_default_str();
  app->add_option("--max-waiting-reads", flags->max_waiting_reads,
                  "how many ryw_reads may wait at once for what this node does not have yet; one "
                  "more is answered with error 11 and a time to come back")
      ->check(CLI::Range(size_t{1}, size_t{1'000'000}))
      ->capture_default_str();
  app->add_flag("--maelstrom", flags->maelstrom,
                "what Maelstrom's tests need, in one flag: --stock-replies, --request-timeout-ms "
                "900, --data-dir auto; the cluster is bootstrapped without being asked, by the "
                "node with the smallest id, --bootstrap-delay-ms (250) after its init; and init is "
                "answered when the node can serve, after 2 s at the latest. Each of these flags "
                "still overrides it");
  app->add_flag("--stock-replies", flags->stock_replies,
                "leave out of replies what Maelstrom's stock workloads do not know (commit_index)");
  DescribeLimits(app, flags);
  const std::map<std::string, raft::Notice::Level> levels = {
      {"debug", raft::Notice::Level::kDebug},
      {"info", raft::Notice::Level::kInfo},
      {"warning", raft::Notice::Level::kWarning},
      {"error", raft::Notice::Level::kError}};
  app->add_option(
         "--log-level", flags->log.least,
         "the least that is logged on stderr: debug, info, warning or error (default info)")
      ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case).description(""))
      ->type_name("LEVEL");
  const std::map<std::string, log::Format> formats = {{"text", log::Format::kText},
                                                      {"json", log::Format::kJson}};
  app->add_option("--log-format", flags->log.format,
                  "how lines on stderr are spelled: text (time, level, what happened) or json, an "
                  "object a line (default text). Times are UTC; the virtual clock's count from "
                  "1970")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case).description(""))
      ->type_name("text|json");
}

// What is wrong with the flags taken together; empty: nothing.
std::string Contradiction(const Flags& flags, bool data_dir_given, bool forced) {
  const int64_t min = flags.election_timeout_ms[0];
  if (min > flags.election_timeout_ms[1]) {
    return "--election-timeout-ms: MIN must not be greater than MAX";
  }
  if (flags.heartbeat_ms >= min) {
    return "--heartbeat-ms must be smaller than the MIN of --election-timeout-ms, or followers "
           "would stand for election between two heartbeats";
  }
  if (data_dir_given && flags.data_dir.empty()) {
    return "--data-dir is empty: say which directory, or leave the flag out for a node whose "
           "memory ends with its process";
  }
  if (forced && flags.data_dir.empty()) {
    return "--force-new-cluster needs the --data-dir that the new cluster is to be made from";
  }
  return "";
}

// What the nodes of one run share; see --data-dir auto.
absl::StatusOr<driver::AutoDirectory> MakeAutoDirectory() {
  const absl::StatusOr<driver::ParentRun> run = driver::ThisRun();
  if (!run.ok()) return run.status();
  const char* temp = std::getenv("TMPDIR");
  return driver::MakeAutoDirectory(temp != nullptr && *temp != 0 ? temp : "/tmp", *run);
}

// What --maelstrom stands for, but for what was given by itself.
void ApplyMaelstrom(const CLI::App& app, Flags* flags) {
  if (!flags->maelstrom) return;
  const auto given = [&app](const char* flag) { return app.count(flag) > 0; };
  if (!given("--stock-replies")) flags->stock_replies = true;
  if (!given("--request-timeout-ms")) flags->request_timeout_ms = 900;
  if (!given("--data-dir")) flags->data_dir = "auto";
  if (!given("--bootstrap-delay-ms")) flags->bootstrap_delay_ms = 250;
}

// False: it cannot, and the log says why.
bool ResolveDataDir(Flags* flags, log::Log* log) {
  if (flags->data_dir != "auto") return true;
  const absl::StatusOr<driver::AutoDirectory> made = MakeAutoDirectory();
  if (!made.ok()) {
    log->Tell(Time(), {raft::Notice::Level::kError, std::string(made.status().message())});
    log->Finish(Time());
    return false;
  }
  for (const std::string& notice : made->notices) {
    log->Tell(Time(), {raft::Notice::Level::kInfo, notice});
  }
  flags->data_dir = made->path;
  return true;
}

// A snapshot is taken after `bytes` of log. What is kept behind it, for peers that are not far
// behind, is a part of that, unless they are slow: then it is as much again.
void LimitLog(uint64_t bytes, server::Options* options) {
  options->snapshot_log_bytes = bytes;
  options->raft.keep_log_bytes = std::min(options->raft.keep_log_bytes, bytes / 4);
  options->raft.max_log_bytes = 2 * bytes;
}

Limits LimitsOf(const Flags& flags) {
  const Limits usual;
  const uint64_t line = flags.max_line_bytes;
  return {.line = line,
          .key = flags.max_key_bytes.value_or(std::max(usual.key, line)),
          .value = flags.max_value_bytes.value_or(std::max(usual.value, line)),
          .answer = flags.max_answer_bytes.value_or(std::max(usual.answer, 2 * line))};
}

driver::StdioOptions ToOptions(const Flags& flags, bool seed_given, bool forced) {
  driver::StdioOptions options;
  options.server.raft.heartbeat = Duration::Millis(flags.heartbeat_ms);
  options.server.raft.election_timeout_min = Duration::Millis(flags.election_timeout_ms[0]);
  options.server.raft.election_timeout_max = Duration::Millis(flags.election_timeout_ms[1]);
  options.server.bootstrap_delay = Duration::Millis(flags.bootstrap_delay_ms);
  if (flags.maelstrom) {
    options.server.bootstrap_after = options.server.bootstrap_delay;
    options.server.raft.reticent = true;
    options.init_held = Duration::Millis(2'000);
  }
  options.server.follower_wait = Duration::Millis(flags.follower_wait_ms);
  options.server.request_timeout = Duration::Millis(flags.request_timeout_ms);
  options.server.max_open_bytes = flags.max_open_bytes;
  options.server.max_waiting_reads = flags.max_waiting_reads;
  options.server.raft.limits = LimitsOf(flags);
  options.gateway.max_line_bytes = flags.max_line_bytes;
  options.gateway.virtual_clock = flags.clock == "virtual";
  options.stock_replies = flags.stock_replies;
  if (seed_given) options.seed = flags.seed;
  options.data_dir = flags.data_dir;
  // No record may be larger than half a segment, and a record holds a line.
  options.storage.segment_bytes =
      std::max(flags.segment_bytes, storage::LeastSegmentBytes(options.server.raft.limits));
  if (forced) {
    options.force_new_cluster = ClusterIdOf(flags.force_new_cluster).value_or(raft::ClusterId());
  }
  options.rejoin_on_rollback = flags.on_rollback == "rejoin";
  LimitLog(flags.snapshot_log_bytes, &options.server);
  return options;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Tidemark: a Raft key-value node whose followers answer reads that a client can trust.\n"
      "It speaks Maelstrom's protocol, one JSON message a line, on stdin and stdout.");
  Flags flags;
  Describe(&app, &flags);
  const inspect::Commands commands(&app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;  // --help, --version
    app.exit(error);
    return FinishStdout("tidemark", asked ? driver::kExitOk : driver::kExitUsage);
  }
  if (const std::optional<int> done = commands.Run(storage::PosixFileSystem())) {
    return FinishStdout("tidemark", *done);
  }
  const bool data_dir_given = app.count("--data-dir") > 0;
  ApplyMaelstrom(app, &flags);
  const bool forced = app.count("--force-new-cluster") > 0;
  if (const std::string wrong = Contradiction(flags, data_dir_given, forced); !wrong.empty()) {
    SayLast(Concat("tidemark error: ", wrong, "\n"));
    return driver::kExitUsage;
  }
  // A closed stdout is told by write, with a message, not by a signal.
  std::signal(SIGPIPE, SIG_IGN);
  flags.log.virtual_time = flags.clock == "virtual";
  log::Log log(STDERR_FILENO, flags.log);
  const bool auto_data_dir = flags.data_dir == "auto";
  if (!ResolveDataDir(&flags, &log)) return driver::kExitStorage;
  driver::StdioOptions options = ToOptions(flags, app.count("--seed") > 0, forced);
  options.auto_data_dir = auto_data_dir;
  return driver::StdioDriver(options, STDIN_FILENO, STDOUT_FILENO, &log).Run();
}

}  // namespace
}  // namespace tidemark

int main(int argc, char** argv) {
  tidemark::BeginProgram("tidemark error");
  return tidemark::Main(argc, argv);
}
