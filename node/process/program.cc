#include "node/process/program.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <system_error>

#include "node/base/assert.h"
#include "node/base/last_words.h"
#include "node/process/standard_streams.h"

namespace tidemark {
namespace {

const char* name = "tidemark";

// Allocates nothing.
void Say(const char* what, const char* detail, const char* advice) {
  char text[1024];
  const int length =
      std::snprintf(text, sizeof text, "%s: %s%s; it stops%s\n", name, what, detail, advice);
  TM_ASSERT(length > 0);
  SayLast({text, std::min(static_cast<size_t>(length), sizeof text - 1)});
}

[[noreturn]] void NoMemory() {
  Say("the system gives no more memory", "",
      ". Nothing that was under way has been acknowledged; give it more (ulimit -v, a container's "
      "limit), then start it again");
  _exit(kNoResources);
}

// `code`: an errno.
const char* Advice(int code) {
  const bool limit = code == EAGAIN || code == EMFILE || code == ENFILE || code == ENOMEM;
  return limit ? " (threads and descriptors have limits: ulimit -u, ulimit -n, a container's)" : "";
}

[[noreturn]] void EndUncaught() {
  const std::exception_ptr thrown = std::current_exception();
  if (!thrown) std::abort();
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    NoMemory();
  } catch (const std::system_error& refused) {
    Say("the system refuses what it needs: ", refused.what(), Advice(refused.code().value()));
    _exit(kNoResources);
  } catch (const std::exception& other) {
    Say("something happened that should not: ", other.what(),
        ". Please report this line together with what it was doing");
  } catch (...) {
    Say("something happened that should not", "", ". Please report what it was doing");
  }
  std::abort();
}

}  // namespace

void BeginProgram(const char* program) {
  name = program;
  OccupyStandardDescriptors();
  std::signal(SIGXFSZ, SIG_IGN);
  std::set_new_handler(NoMemory);
  std::set_terminate(EndUncaught);
}

}  // namespace tidemark
