#include "node/wire/record_text.h"

#include <variant>

#include "node/wire/command_codec.h"

namespace tidemark::wire {
namespace {

void Append(const raft::HardState& hard_state, ObjectWriter* object) {
  ObjectWriter fields(object->Begin("hard_state"));
  fields.Integer("term", hard_state.term.value());
  std::string* voted_for = fields.Begin("voted_for");
  if (hard_state.voted_for.id.empty()) {
    voted_for->append("null");
  } else {
    AppendMember(hard_state.voted_for, voted_for);
  }
  fields.Close();
}

void Append(const raft::EntryRef& entry, ObjectWriter* object) {
  AppendEntry(*entry, object->Begin("entry"));
}

void Append(const server::WriterNumber& number, ObjectWriter* object) {
  object->Integer("writer_number", number.number);
  object->Hex("bits", number.bits, 16);
}

void Append(const raft::LogBase& base, ObjectWriter* object) {
  ObjectWriter fields(object->Begin("log_base"));
  fields.Integer("term", base.position.term.value());
  fields.Integer("index", base.position.index.value());
  fields.HexOrNull("cluster", base.cluster.value(), 8);
  fields.Close();
}

void Append(const server::Quarantine& quarantine, ObjectWriter* object) {
  ObjectWriter fields(object->Begin("quarantine"));
  fields.Integer("index", quarantine.index.value());
  fields.Close();
}

void Append(const raft::Rebirth& rebirth, ObjectWriter* object) {
  ObjectWriter fields(object->Begin("rebirth"));
  fields.Hex("incarnation", rebirth.incarnation.value(), 16);
  fields.Close();
}

void Append(const server::CommitHint& hint, ObjectWriter* object) {
  object->Integer("committed_up_to", hint.index.value());
}

void Append(const server::GoneBack& gone_back, ObjectWriter* object) {
  ObjectWriter fields(object->Begin("gone_back"));
  fields.Integer("lost_term", gone_back.lost.term.value());
  fields.Integer("lost_index", gone_back.lost.index.value());
  fields.Close();
}

}  // namespace

void AppendRecordText(const server::Record& record, ObjectWriter* object) {
  std::visit([object](const auto& one) { Append(one, object); }, record);
}

void AppendConfigurationText(const raft::Configuration& configuration, ObjectWriter* object) {
  object->HexOrNull("cluster", configuration.cluster.value(), 8);
  AppendMembers(configuration.members, object->Begin("members"));
  AppendLimits(configuration.limits, object->Begin("limits"));
}

}  // namespace tidemark::wire
