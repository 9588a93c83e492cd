#include "compile/prewarm_command.h"

#include "base/format.h"
#include "compile/artifact_kind.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

// One word for a POSIX shell, whatever is in it.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace

std::string prewarm_command(const Spec& spec, const std::string& store_root, cache::Kind kind) {
  std::string command = "fp4jit prewarm --spec " + quoted(spec_text_or_open(spec));
  if (spec.target == Target{}) command += " --target native";
  if (!store_root.empty()) command += " --cache-dir " + quoted(store_root);
  if (kind != cache::Kind::kCubin) command += formatted(" --artifact {}", artifact_kind_name(kind));
  return command;
}

}  // namespace fp4jit
