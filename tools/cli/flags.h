// What: how verbs declare themselves and their flags, over CLI11: its header alone takes longer to
// compile than all the rest of a verb, so that only what needs more than this includes it.
// Threads: one, before the command line is parsed. What is pointed to outlives the parsing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace fp4jit::cli {

enum class Need { kOptional, kRequired };

// `footer` ends the verb's help.
CLI::App* add_verb(CLI::App& program, const char* name, const char* help, const char* footer);

// What the verb does when the command line names it.
void set_action(CLI::App* verb, std::function<void()> action);

void add_flag(CLI::App* verb, const char* flag, bool* value, const char* help);

// A flag that takes text, of which help names the type; what *value holds is shown as the default.
void add_text(CLI::App* verb, const char* flag, std::string* value, const std::string& help,
              const char* type = "TEXT", Need need = Need::kOptional);

// A flag that takes an integer from 1 to `most`.
void add_count(CLI::App* verb, const char* flag, int64_t* value, int64_t most, const char* help);

// Flags that several verbs have, declared once.
void add_json_flag(CLI::App* verb, bool* json);
void add_cache_dir_option(CLI::App* verb, std::string* cache_dir);
void add_artifact_option(CLI::App* verb, std::string* artifact);

}  // namespace fp4jit::cli
