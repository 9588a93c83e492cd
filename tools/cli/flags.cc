#include "tools/cli/flags.h"

#include <CLI/CLI.hpp>
#include <utility>
#include <vector>

#include "compile/artifact_kind.h"

namespace fp4jit::cli {

CLI::App* add_verb(CLI::App& program, const char* name, const char* help, const char* footer) {
  return program.add_subcommand(name, help)->footer(footer);
}

void set_action(CLI::App* verb, std::function<void()> action) {
  verb->callback(std::move(action));
}

void add_flag(CLI::App* verb, const char* flag, bool* value, const char* help) {
  verb->add_flag(flag, *value, help);
}

void add_text(CLI::App* verb, const char* flag, std::string* value, const std::string& help,
              const char* type, Need need) {
  verb->add_option(flag, *value, help)
      ->required(need == Need::kRequired)
      ->type_name(type)
      ->capture_default_str();
}

void add_count(CLI::App* verb, const char* flag, int64_t* value, int64_t most, const char* help) {
  verb->add_option(flag, *value, help)->check(CLI::Range(int64_t{1}, most));
}

void add_json_flag(CLI::App* verb, bool* json) {
  verb->add_flag("--json", *json, "print one JSON object instead of lines");
}

void add_cache_dir_option(CLI::App* verb, std::string* cache_dir) {
  add_text(verb, "--cache-dir", cache_dir, "folder of the store, instead of FP4JIT_CACHE_DIR",
           "DIR");
}

void add_artifact_option(CLI::App* verb, std::string* artifact) {
  std::vector<std::string> names;
  for (const ArtifactKindRow& row : kArtifactKinds) names.emplace_back(row.name);
  verb->add_option("--artifact", *artifact, "what is compiled to, instead of FP4JIT_ARTIFACT")
      ->check(CLI::IsMember(names));
}

}  // namespace fp4jit::cli
