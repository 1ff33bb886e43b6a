// A person at a terminal: line editing, history and completion by libedit.
#ifndef TIDEMARK_CLIENT_CLI_TERMINAL_INPUT_H_
#define TIDEMARK_CLIENT_CLI_TERMINAL_INPUT_H_

#include <histedit.h>

#include <memory>
#include <string>

#include "client_cli/input.h"
#include "client_cli/pump.h"

namespace tidemark::client {

class TerminalInput final : public LineSource {
 public:
  // Reads the history from the file, if there is one, and writes it at the end. Empty: none kept.
  TerminalInput(Pump* pump, std::string history_file);
  ~TerminalInput() override;

  Input Next(Host* host) override;

 private:
  enum class Stopped { kNo, kInterrupted, kEnding };

  // libedit's hooks; they find their object by EL_CLIENTDATA.
  static TerminalInput* Self(EditLine* edit);
  static char* PromptHook(EditLine* edit);
  static int KeyHook(EditLine* edit, wchar_t* key);
  static unsigned char TabHook(EditLine* edit, int key);

  int NextKey(wchar_t* key);
  bool TakeKey(wchar_t* key);
  bool ReadKeys();
  void ShowNews();
  unsigned char Complete();
  Input TakeLine(const char* text, int length);
  void Remember(const std::string& line);

  Pump* const pump_;
  const std::string history_file_;
  Host* host_ = nullptr;  // during Next
  std::string prompt_;
  std::string keys_;  // read and not yet taken, in the locale's encoding
  Stopped stopped_ = Stopped::kNo;
  std::unique_ptr<History, void (*)(History*)> history_;
  std::unique_ptr<EditLine, void (*)(EditLine*)> edit_;
};

// Where a person's history is kept: $XDG_STATE_HOME/tidemark_history if that is set, else
// ~/.tidemark_history. Empty: nowhere.
std::string HistoryFile();

}  // namespace tidemark::client

#endif  // TIDEMARK_CLIENT_CLI_TERMINAL_INPUT_H_
