// What: the program's verbs. Each add_ function declares one, with its flags and help; when the
// command line names it, it runs while the line is parsed and leaves its outcome in *exit.
// Threads: called once each, from main.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tools/cli/exit_codes.h"

namespace fp4jit::cli {

void add_prewarm(CLI::App& program, ExitCode* exit);
void add_list(CLI::App& program, ExitCode* exit);
void add_show(CLI::App& program, ExitCode* exit);
void add_verify(CLI::App& program, ExitCode* exit);
void add_explain(CLI::App& program, ExitCode* exit);
void add_stats(CLI::App& program, ExitCode* exit);
void add_quantize(CLI::App& program, ExitCode* exit);
void add_doctor(CLI::App& program, ExitCode* exit);
void add_version(CLI::App& program, ExitCode* exit);

// Flags that several verbs have, declared once.
void add_json_flag(CLI::App* verb, bool* json);
void add_cache_dir_option(CLI::App* verb, std::string* cache_dir);
void add_artifact_option(CLI::App* verb, std::string* artifact);

}  // namespace fp4jit::cli
