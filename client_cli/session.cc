#include "client_cli/session.h"

#include <algorithm>

namespace tidemark::client {

void Session::Observe(const wire::Json& body) {
  const wire::Json* index = body.Find("commit_index");
  if (index == nullptr || !index->is_number()) return;
  last_write_index_ = std::max(last_write_index_, index->AsUint64().value_or(0));
}

}  // namespace tidemark::client
