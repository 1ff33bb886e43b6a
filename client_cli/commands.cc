#include "client_cli/commands.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "client_cli/help.h"
#include "client_cli/token.h"
#include "client_cli/words.h"
#include "harness/base/status_text.h"
#include "node/base/concat.h"

namespace tidemark::client {
namespace {

using wire::Json;

constexpr uint64_t kMaxWaitMs = 86'400'000;  // a day: nodes take no more

// The words behind a command's name, taken one by one. The first thing that is wrong sticks, and
// Finish tells it: so a parser reads straight through.
class Arguments {
 public:
  Arguments(const CommandHelp& help, std::vector<Word> words)
      : help_(help), words_(std::move(words)) {}

  bool empty() const { return words_.empty(); }
  const Word* Peek() const { return words_.empty() ? nullptr : &words_.front(); }

  // Wherever it stands. Not what was quoted: that is a value.
  bool TakeFlag(std::string_view name) {
    auto flag = std::find(words_.begin(), words_.end(), Word{std::string(name)});
    if (flag == words_.end()) return false;
    words_.erase(flag);
    return true;
  }

  // `name` and the word behind it, which is a number up to `max`.
  std::optional<uint64_t> TakeNumberOption(std::string_view name, std::string_view what,
                                           uint64_t max) {
    auto option = std::find(words_.begin(), words_.end(), Word{std::string(name)});
    if (option == words_.end()) return std::nullopt;
    if (option + 1 == words_.end()) {
      Complain(Concat("a number is missing behind ", name));
      return std::nullopt;
    }
    const uint64_t number = ToNumber((option + 1)->text, what, max);
    words_.erase(option, option + 2);
    return number;
  }

  // What begins with -- and was not taken is a slip, not a value.
  void RefuseOtherOptions() {
    for (const Word& word : words_) {
      if (!word.single && word.text.substr(0, 2) == "--") {
        Complain(Concat("there is no ", word.text, " here"));
      }
    }
  }

  std::string Text(std::string_view what) {
    if (words_.empty()) {
      Complain(Concat(what, " is missing"));
      return "";
    }
    std::string text = std::move(words_.front().text);
    words_.erase(words_.begin());
    return text;
  }

  Json Value(std::string_view what) {
    absl::StatusOr<Json> json = Json();
    if (!words_.empty()) json = ToJson(words_.front());
    if (!json.ok()) Complain(MessageOf(json.status()));
    Text(what);
    return json.ok() ? *std::move(json) : Json();
  }

  uint64_t Number(std::string_view what, std::string_view kind) {
    return ToNumber(Text(what), kind, kMaxIndex);
  }

  void Complain(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
  }

  absl::StatusOr<Command> Finish(Command command) {
    if (!words_.empty()) {
      Complain(Concat("what is ", words_.front().text, " for? (a value with blanks needs quotes)"));
    }
    if (wrong_.empty()) return command;
    return absl::InvalidArgumentError(Concat(wrong_, "; usage: ", help_.usage));
  }

 private:
  uint64_t ToNumber(const std::string& text, std::string_view what, uint64_t max) {
    uint64_t number = 0;
    const char* end = text.data() + text.size();
    auto [read, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || read != end || number > max) {
      const std::string most = max == kMaxIndex ? "2^53-1" : Concat(max);
      Complain(Concat(what, " is a whole number from 0 to ", most, ", not ", text));
    }
    return number;
  }

  const CommandHelp& help_;
  std::vector<Word> words_;
  std::string wrong_;
};

using Parser = absl::StatusOr<Command> (*)(Arguments& arguments);

absl::StatusOr<Command> ParseWrite(Arguments& arguments) {
  Write write;
  write.key = arguments.Value("the key");
  write.value = arguments.Value("the value");
  return arguments.Finish(Request(std::move(write)));
}

absl::StatusOr<Command> ParseRead(Arguments& arguments) {
  return arguments.Finish(Request(Read{arguments.Value("the key")}));
}

absl::StatusOr<Command> ParseRywRead(Arguments& arguments) {
  RywRead read;
  read.prefer_follower = !arguments.TakeFlag("--leader");
  read.explain = arguments.TakeFlag("--explain");
  read.index = arguments.TakeNumberOption("--index", "an index", kMaxIndex);
  read.max_wait_ms = arguments.TakeNumberOption("--max-wait", "a wait in ms", kMaxWaitMs);
  arguments.RefuseOtherOptions();
  read.key = arguments.Value("the key");
  return arguments.Finish(Request(std::move(read)));
}

absl::StatusOr<Command> ParseCas(Arguments& arguments) {
  Cas cas;
  cas.create = arguments.TakeFlag("--create");
  arguments.RefuseOtherOptions();
  cas.key = arguments.Value("the key");
  cas.from = arguments.Value("FROM");
  cas.to = arguments.Value("TO");
  return arguments.Finish(Request(std::move(cas)));
}

absl::StatusOr<Command> ParseDelete(Arguments& arguments) {
  return arguments.Finish(Request(Delete{arguments.Value("the key")}));
}

Json TakeOperation(Arguments* arguments) {
  const std::string f = arguments->Text("r, w or append");
  if (f != "r" && f != "w" && f != "append") {
    arguments->Complain(Concat("an operation is r, w or append, not ", f));
  }
  Json key = arguments->Value("the key");
  Json value = f == "r" ? Json() : arguments->Value("the value");
  return Json::Array({Json::String(f), std::move(key), std::move(value)});
}

absl::StatusOr<Command> ParseTxn(Arguments& arguments) {
  const Word* first = arguments.Peek();
  if (first != nullptr && first->text[0] == '[') {  // the node checks what is inside
    return arguments.Finish(Request(Txn{arguments.Value("the list")}));
  }
  std::vector<Json> operations;
  do {
    operations.push_back(TakeOperation(&arguments));
  } while (!arguments.empty());
  return arguments.Finish(Request(Txn{Json::Array(std::move(operations))}));
}

absl::StatusOr<Command> ParseUse(Arguments& arguments) {
  return arguments.Finish(Use{arguments.Text("the node")});
}

absl::StatusOr<Command> ParseStatus(Arguments& arguments) {
  ShowStatus status;
  if (!arguments.empty()) status.node = arguments.Text("the node");
  return arguments.Finish(std::move(status));
}

absl::StatusOr<Command> ParseFate(Arguments& arguments) {
  Fate fate;
  fate.of.writer = arguments.Number("the writer", "a writer");
  fate.of.seq = arguments.Number("the seq", "a seq");
  if (!arguments.empty()) {
    const std::string tag = arguments.Text("the tag");
    fate.tag = ParseHex16(tag);
    if (!fate.tag) arguments.Complain(Concat("a tag has 16 hexadecimal digits, not ", tag));
  }
  return arguments.Finish(Request(fate));
}

absl::StatusOr<Command> ParseSession(Arguments& arguments) {
  if (arguments.empty()) return arguments.Finish(ShowSession{});
  if (arguments.TakeFlag("reset")) return arguments.Finish(ResetSession{});
  if (arguments.Peek()->text.find(':') == std::string::npos) {
    return arguments.Finish(SetSession{arguments.Number("the index", "an index")});
  }
  absl::StatusOr<Token> token = ParseToken(arguments.Text("the token"));
  if (!token.ok()) arguments.Complain(MessageOf(token.status()));
  return arguments.Finish(SetSession{token.ok() ? *token : Token()});
}

absl::StatusOr<Command> ParseKill(Arguments& arguments) {
  return arguments.Finish(Kill{arguments.Text("the node")});
}

absl::StatusOr<Command> ParseRestart(Arguments& arguments) {
  Restart restart;
  restart.wipe = arguments.TakeFlag("--wipe");
  arguments.RefuseOtherOptions();
  restart.node = arguments.Text("the node");
  return arguments.Finish(std::move(restart));
}

// `n1|n2 n3` as well as `n1 | n2 n3`.
void AddToGroups(std::string_view text, std::vector<std::vector<std::string>>* groups) {
  while (true) {
    const size_t bar = text.find('|');
    if (bar != 0 && !text.empty()) groups->back().emplace_back(text.substr(0, bar));
    if (bar == std::string_view::npos) return;
    groups->emplace_back();
    text.remove_prefix(bar + 1);
  }
}

absl::StatusOr<Command> ParsePartition(Arguments& arguments) {
  Partition partition;
  partition.groups.emplace_back();
  do {
    AddToGroups(arguments.Text("a node"), &partition.groups);
  } while (!arguments.empty());
  std::set<std::string> named;
  for (const auto& group : partition.groups) {
    if (group.empty()) arguments.Complain("there is a group without a node");
    for (const std::string& node : group) {
      if (!named.insert(node).second) arguments.Complain(Concat(node, " is named twice"));
    }
  }
  return arguments.Finish(std::move(partition));
}

absl::StatusOr<Command> ParseHeal(Arguments& arguments) { return arguments.Finish(Heal{}); }

absl::StatusOr<Command> ParseHelp(Arguments& arguments) {
  Help help;
  if (!arguments.empty()) help.topic = arguments.Text("the command");
  if (!help.topic.empty() && FindCommand(help.topic) == nullptr) {
    arguments.Complain(Concat("there is no command ", help.topic));
  }
  return arguments.Finish(std::move(help));
}

absl::StatusOr<Command> ParseExit(Arguments& arguments) { return arguments.Finish(Exit{}); }

Parser ParserOf(std::string_view name) {
  static const auto& parsers = *new std::map<std::string_view, Parser>{
      {"write", ParseWrite},     {"read", ParseRead},       {"get", ParseRywRead},
      {"cas", ParseCas},         {"delete", ParseDelete},   {"txn", ParseTxn},
      {"fate", ParseFate},       {"use", ParseUse},         {"status", ParseStatus},
      {"kill", ParseKill},       {"restart", ParseRestart}, {"partition", ParsePartition},
      {"heal", ParseHeal},       {"help", ParseHelp},       {"exit", ParseExit},
      {"session", ParseSession},
  };
  return parsers.at(name);
}

}  // namespace

absl::StatusOr<Command> ParseCommand(std::string_view line) {
  absl::StatusOr<std::vector<Word>> words = SplitWords(line);
  if (!words.ok()) return words.status();
  if (words->empty()) return Nothing{};
  const CommandHelp* help = FindCommand(words->front().text);
  if (help == nullptr) {
    return absl::InvalidArgumentError(
        Concat("there is no command ", words->front().text, "; help lists them"));
  }
  words->erase(words->begin());
  Arguments arguments(*help, *std::move(words));
  return ParserOf(help->name)(arguments);
}

}  // namespace tidemark::client
