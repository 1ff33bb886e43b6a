// What requests and answers take in memory, near enough to bound it.
#ifndef TIDEMARK_NODE_SERVER_SIZES_H_
#define TIDEMARK_NODE_SERVER_SIZES_H_

#include <cstddef>

#include "node/kv/command.h"
#include "node/server/peer_messages.h"
#include "node/server/requests.h"

namespace tidemark::server {

// What a request holds as long as it is open, in bytes: its texts and what they hang on.
size_t HeldBytes(const ClientRequest& request);
size_t HeldBytes(const kv::Operation& operation);

// What an answer holds until it has been written, in bytes.
size_t AnswerBytes(const ReplyBody& body);
size_t AnswerBytes(const kv::Applied& result);
size_t AnswerBytes(const ReadServed& result);
size_t AnswerBytes(const ReadRefused& result);
size_t AnswerBytes(const ReadConfirmed& result);
size_t AnswerBytes(const News& result);
size_t AnswerBytes(const NotLeader& result);
size_t AnswerBytes(const NoRoom& result);

}  // namespace tidemark::server

#endif  // TIDEMARK_NODE_SERVER_SIZES_H_
