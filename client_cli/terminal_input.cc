#include "client_cli/terminal_input.h"

#include <langinfo.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <string_view>
#include <utility>
#include <vector>

#include "client_cli/completion.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

constexpr int kHistoryLines = 1000;

// Keys and values are UTF-8 whatever the locale says, or does not say.
void UseUtf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

bool HungUp() {
  pollfd terminal = {STDIN_FILENO, 0, 0};
  return poll(&terminal, 1, 0) > 0 && (terminal.revents & POLLHUP) != 0;
}

}  // namespace

TerminalInput::TerminalInput(Pump* pump, std::string history_file)
    : pump_(pump),
      history_file_(std::move(history_file)),
      history_(history_init(), history_end),
      edit_(nullptr, el_end) {
  UseUtf8();
  edit_.reset(el_init("tidemark", stdin, stdout, stderr));
  EditLine* edit = edit_.get();
  el_set(edit, EL_CLIENTDATA, this);
  el_set(edit, EL_PROMPT, PromptHook);
  el_set(edit, EL_GETCFN, KeyHook);
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_SIGNAL, 1);  // the terminal is put in order at Ctrl-Z and when it is resized
  // el_set would copy these two texts and never free the copies.
  el_wset(edit, EL_ADDFN, L"tidemark-complete", L"Complete a command or a node", TabHook);
  el_set(edit, EL_BIND, "^I", "tidemark-complete", nullptr);
  el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  HistEvent event;
  history(history_.get(), &event, H_SETSIZE, kHistoryLines);
  history(history_.get(), &event, H_SETUNIQUE, 1);
  if (!history_file_.empty()) history(history_.get(), &event, H_LOAD, history_file_.c_str());
  el_set(edit, EL_HIST, history, history_.get());
  el_source(edit, nullptr);  // ~/.editrc
}

TerminalInput::~TerminalInput() {
  HistEvent event;
  if (!history_file_.empty()) history(history_.get(), &event, H_SAVE, history_file_.c_str());
}

Input TerminalInput::Next(Host* host) {
  host_ = host;
  stopped_ = Stopped::kNo;
  // el_gets does so only after it has shown the prompt: a Ctrl-D in between would be lost.
  el_set(edit_.get(), EL_PREP_TERM, 1);
  int length = 0;
  const char* text = el_gets(edit_.get(), &length);
  Input input = TakeLine(text, length);
  host_ = nullptr;
  return input;
}

Input TerminalInput::TakeLine(const char* text, int length) {
  if (stopped_ == Stopped::kInterrupted) {
    std::fputs("^C\n", stdout);
    return {Input::Kind::kDropped, ""};
  }
  if (text == nullptr || length <= 0) {  // Ctrl-D, a hang-up, a signal
    std::fputs("\n", stdout);
    return {};
  }
  std::string line(text, static_cast<size_t>(length));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  Remember(line);
  return {Input::Kind::kLine, std::move(line)};
}

void TerminalInput::Remember(const std::string& line) {
  if (line.find_first_not_of(" \t") == std::string::npos) return;
  HistEvent event;
  history(history_.get(), &event, H_ENTER, line.c_str());
}

TerminalInput* TerminalInput::Self(EditLine* edit) {
  void* self = nullptr;
  el_get(edit, EL_CLIENTDATA, &self);
  return static_cast<TerminalInput*>(self);
}

char* TerminalInput::PromptHook(EditLine* edit) {
  TerminalInput* self = Self(edit);
  if (self->host_ != nullptr) self->prompt_ = self->host_->Prompt();
  return self->prompt_.data();
}

int TerminalInput::KeyHook(EditLine* edit, wchar_t* key) { return Self(edit)->NextKey(key); }

unsigned char TerminalInput::TabHook(EditLine* edit, int /*key*/) { return Self(edit)->Complete(); }

// 1: a key; 0: there will be none; -1: the line is given up.
int TerminalInput::NextKey(wchar_t* key) {
  while (!TakeKey(key)) {
    switch (pump_->Wait(STDIN_FILENO, Time::Never())) {
      case Pump::Woken::kReadable:
        if (ReadKeys()) break;
        if (!HungUp()) return 0;  // a Ctrl-D from before there was a prompt
        pump_->HangUp();
        break;
      case Pump::Woken::kWorld:
        ShowNews();
        break;
      case Pump::Woken::kResumed:  // the shell has used the terminal meanwhile
        el_set(edit_.get(), EL_PREP_TERM, 1);
        el_set(edit_.get(), EL_REFRESH);
        break;
      case Pump::Woken::kInterrupted:
        stopped_ = Stopped::kInterrupted;
        errno = EINTR;
        return -1;
      case Pump::Woken::kEnding:
        stopped_ = Stopped::kEnding;
        errno = EINTR;
        return -1;
      case Pump::Woken::kDeadline:
        break;
    }
  }
  return 1;
}

// The next character of what was read; false: it is not all there yet.
bool TerminalInput::TakeKey(wchar_t* key) {
  while (!keys_.empty()) {
    std::mbstate_t state = {};
    const size_t length = std::mbrtowc(key, keys_.data(), keys_.size(), &state);
    if (length == static_cast<size_t>(-2)) return false;
    const bool valid = length != static_cast<size_t>(-1);
    keys_.erase(0, valid && length > 0 ? length : 1);  // 0: a NUL, Ctrl-Space
    if (valid) return true;
  }
  return false;
}

bool TerminalInput::ReadKeys() {
  char bytes[4096];
  const ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
  if (got > 0) keys_.append(bytes, static_cast<size_t>(got));
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

void TerminalInput::ShowNews() {
  const std::vector<std::string> news = host_->TakeNews();
  if (news.empty()) return;
  for (const std::string& line : news) std::printf("\r\033[K%s\n", line.c_str());
  std::fflush(stdout);
  el_set(edit_.get(), EL_REFRESH);
}

unsigned char TerminalInput::Complete() {
  const LineInfo* info = el_line(edit_.get());
  const std::string_view before(info->buffer, static_cast<size_t>(info->cursor - info->buffer));
  const std::vector<std::string> found = Completions(before, host_->nodes());
  if (found.empty()) return CC_ERROR;
  const size_t typed = WordBefore(before).size();
  std::string rest = CommonBeginning(found).substr(typed);
  if (found.size() == 1) rest += ' ';
  if (rest.empty()) {
    std::string line = "\n";
    for (const std::string& one : found) ConcatTo(&line, one, "  ");
    std::printf("%s\n", line.c_str());
    return CC_REDISPLAY;
  }
  return el_insertstr(edit_.get(), rest.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
}

std::string HistoryFile() {
  constexpr char kName[] = "tidemark_history";
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    return Concat(state, "/", kName);
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return Concat(home, "/.", kName);
  }
  return "";
}

}  // namespace tidemark::client
