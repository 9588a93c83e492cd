// What: the program's verbs. Each add_ function declares one, with its flags and help; when the
// command line names it, it runs while the line is parsed and leaves its outcome in *exit.
// Threads: called once each, from main.
#pragma once

#include "tools/cli/exit_codes.h"
#include "tools/cli/flags.h"

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

}  // namespace fp4jit::cli
