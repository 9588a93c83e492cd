#include "tools/cli/spec_file.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>

#include "base/format.h"
#include "tools/model/json_reader.h"
#include "tools/model/text_file.h"

namespace fp4jit::cli {
namespace {

// Editors put a mark before UTF-8, which is no part of the text.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// A manifest's own keys, then what prewarm, list and stats print beside them.
constexpr std::string_view kManifestKeys[] = {
    "specs",   "records",     "comment", "compiled", "cached",   "failed",  "unaligned",
    "seconds", "interrupted", "model",   "store",    "counters", "resumed",
};
constexpr std::string_view kEntryKeys[] = {
    "spec", "comment", "status",    "ms",   "bytes", "error",
    "key",  "kind",    "toolchain", "path", "layer",
};

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

Result<std::string> entry_text(const std::variant<std::string, model::JsonObject>& entry) {
  if (const auto* text = std::get_if<std::string>(&entry)) return *text;
  const auto& object = std::get<model::JsonObject>(entry);
  FP4JIT_RETURN_IF_ERROR(object.only(kEntryKeys));
  return object.text("spec");
}

// Why a line of a trace is left out, or "": one whose writer was cut short has no newline while it
// is the last, and '#' at its end once another has written after it.
std::string_view cut_off(std::string_view line, bool has_newline) {
  if (!has_newline) return "the last line has no newline, may be cut off, and is left out";
  return line.back() == '#' ? "the line ends in '#', was cut off, and is left out" : "";
}

}  // namespace

Result<SpecFile> read_trace(const std::string& path) {
  FP4JIT_ASSIGN_OR_RETURN(InputFile input, read_input(path));
  auto place = [&input](size_t line) { return formatted("{}:{}", input.name, line); };
  SpecFile file;
  std::unordered_set<std::string_view> seen;
  std::string_view rest = input.text;
  size_t left_out = 0;
  for (size_t number = 1; !rest.empty(); ++number) {
    size_t end = rest.find('\n');
    std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end == std::string_view::npos ? end : end + 1));
    if (line.empty() || line.front() == '#') continue;
    std::string_view why = cut_off(line, end != std::string_view::npos);
    if (!why.empty()) {
      if (left_out++ == 0) file.warning = place(number) + ": " + std::string(why);
    } else if (seen.insert(line).second) {
      file.specs.push_back({std::string(line), place(number)});
    }
  }
  if (left_out > 1) file.warning += formatted(", as are {} more", left_out - 1);
  return file;
}

Result<SpecFile> read_manifest(const std::string& path) {
  FP4JIT_ASSIGN_OR_RETURN(InputFile input, read_input(path));
  FP4JIT_ASSIGN_OR_RETURN(model::JsonObject manifest,
                          model::parse_json_object(input.text, input.name));
  FP4JIT_RETURN_IF_ERROR(manifest.only(kManifestKeys));
  bool is_listing = manifest.has("records");
  if (is_listing && manifest.has("specs")) return manifest.error("has both 'specs' and 'records'");
  const char* key = is_listing ? "records" : "specs";
  FP4JIT_ASSIGN_OR_RETURN(auto entries, manifest.texts_and_objects(key));
  SpecFile file;
  std::unordered_set<std::string> seen;
  for (size_t i = 0; i < entries.size(); ++i) {
    FP4JIT_ASSIGN_OR_RETURN(std::string text, entry_text(entries[i]));
    if (!seen.insert(text).second) continue;
    file.specs.push_back({std::move(text), formatted("{}: {}[{}]", input.name, key, i)});
  }
  return file;
}

}  // namespace fp4jit::cli
