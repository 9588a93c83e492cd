#include "tools/cli/spec_file.h"

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "tools/model/text_file.h"

namespace fp4jit::cli {
namespace {

// Editors put a mark before UTF-8, which is no part of the text.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct InputFile {
  std::string name;  // for messages
  std::string text;
};

Result<InputFile> read_input(const std::string& path) {
  bool is_stdin = path == kStandardInput;
  InputFile input = {is_stdin ? "stdin" : path, ""};
  FP4JIT_ASSIGN_OR_RETURN(input.text, is_stdin
                                          ? model::read_text(stdin, input.name, kMostSpecFileBytes)
                                          : model::read_text_file(path, kMostSpecFileBytes));
  if (input.text.starts_with(kByteOrderMark)) input.text.erase(0, kByteOrderMark.size());
  return input;
}

std::string_view trim(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r";
  size_t first = line.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

Result<SpecFile> read_trace(const std::string& path) {
  FP4JIT_ASSIGN_OR_RETURN(InputFile input, read_input(path));
  auto place = [&input](size_t line) { return fmt::format("{}:{}", input.name, line); };
  SpecFile file;
  std::unordered_set<std::string_view> seen;
  std::string_view rest = input.text;
  for (size_t number = 1; !rest.empty(); ++number) {
    size_t end = rest.find('\n');
    std::string_view line = trim(rest.substr(0, end));
    bool says_something = !line.empty() && line.front() != '#';
    if (end == std::string_view::npos) {
      if (says_something)
        file.warning =
            place(number) + ": the last line has no newline, may be cut off, and is left out";
      break;
    }
    if (says_something && seen.insert(line).second)
      file.specs.push_back({std::string(line), place(number)});
    rest.remove_prefix(end + 1);
  }
  return file;
}

}  // namespace fp4jit::cli
