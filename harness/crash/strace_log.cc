#include "harness/crash/strace_log.h"

#include <map>
#include <sstream>

namespace tidemark::crash {
namespace {

bool Has(const std::string& line, const char* part) { return line.find(part) != std::string::npos; }

}  // namespace

std::string SpokenAfterFailedSync(const std::string& log) {
  std::map<std::string, std::string> begun;  // calls that others have interrupted, by thread
  bool failed = false;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (failed && Has(line, "write(1<")) return line;
    const std::string thread = line.substr(0, line.find(' '));
    if (Has(line, "<unfinished ...>")) begun[thread] = line;
    const std::string call = Has(line, " resumed>") ? begun[thread] + line : line;
    failed = failed || (Has(call, "fdatasync(") && Has(call, "/log-") && Has(call, "INJECTED"));
  }
  return "";
}

}  // namespace tidemark::crash
