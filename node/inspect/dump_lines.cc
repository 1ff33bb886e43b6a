#include "node/inspect/dump_lines.h"

#include <utility>

#include "node/wire/command_codec.h"
#include "node/wire/json.h"
#include "node/wire/object_writer.h"
#include "node/wire/record_text.h"

namespace tidemark::inspect {
namespace {

using wire::ObjectWriter;

// {"<kind>": {<fields>}}
template <typename Fields>
std::string Line(std::string_view kind, Fields write_fields) {
  std::string line;
  ObjectWriter object(&line);
  ObjectWriter fields(object.Begin(kind));
  write_fields(&fields);
  fields.Close();
  object.Close();
  return line;
}

void AppendTerm(const kv::TermRun& run, std::string* out) {
  ObjectWriter fields(out);
  fields.Integer("term", run.term);
  fields.Integer("first", run.first);
  fields.Hex("stamp", run.stamp, 8);
  fields.Close();
}

void AppendState(const kv::StateHead& head, std::string* out) {
  ObjectWriter fields(out);
  fields.Integer("last_applied", head.last_applied);
  fields.HexOrNull("cluster", head.cluster, 8);
  wire::AppendLimits(head.limits, fields.Begin("limits"));
  std::string* terms = fields.Begin("terms");
  std::string_view separator = "[";
  for (const kv::TermRun& run : head.terms) {
    terms->append(std::exchange(separator, ", "));
    AppendTerm(run, terms);
  }
  terms->append(head.terms.empty() ? "[]" : "]");
  fields.Integer("writers", head.writers);
  fields.Integer("outcomes", head.outcomes);
  fields.Integer("keys", head.keys);
  fields.Hex("hash", head.hash, 16);
  fields.Close();
}

}  // namespace

std::string IdentityLine(std::string_view directory, const storage::Identity& identity) {
  return Line("identity", [&](ObjectWriter* fields) {
    fields->String("directory", directory);
    fields->String("node_id", identity.owner.id);
    std::string* ids = fields->Begin("node_ids");
    std::string_view separator = "[";
    for (const raft::NodeId& id : identity.node_ids) {
      ids->append(std::exchange(separator, ", "));
      wire::AppendQuoted(id, ids);
    }
    ids->append(identity.node_ids.empty() ? "[]" : "]");
    fields->Hex("incarnation", identity.owner.incarnation.value(), 16);
    fields->HexOrNull("cluster", identity.cluster.value(), 8);
  });
}

std::string SnapshotLine(std::string_view file, const raft::Snapshot& snapshot,
                         const kv::StateHead& head) {
  return Line("snapshot", [&](ObjectWriter* fields) {
    fields->String("file", file);
    fields->Integer("term", snapshot.last_included.term.value());
    fields->Integer("index", snapshot.last_included.index.value());
    fields->Integer("bytes", snapshot.bytes);
    fields->Hex("checksum", snapshot.checksum, 16);
    ObjectWriter configuration(fields->Begin("configuration"));
    wire::AppendConfigurationText(snapshot.configuration, &configuration);
    configuration.Close();
    AppendState(head, fields->Begin("state"));
  });
}

std::string KeyLine(const kv::KeyPart& key) {
  std::string line;
  ObjectWriter object(&line);
  object.Value("key", key.key);
  object.Value("value", key.value);
  object.Close();
  return line;
}

std::string RecordLine(std::string_view file, uint64_t offset, const server::Record& record) {
  std::string line;
  ObjectWriter object(&line);
  object.String("file", file);
  object.Integer("offset", offset);
  wire::AppendRecordText(record, &object);
  object.Close();
  return line;
}

std::string ProblemLine(std::string_view problem) {
  std::string line;
  ObjectWriter object(&line);
  object.String("problem", problem);
  object.Close();
  return line;
}

std::string NoteLine(std::string_view note) {
  std::string line;
  ObjectWriter object(&line);
  object.String("note", note);
  object.Close();
  return line;
}

}  // namespace tidemark::inspect
