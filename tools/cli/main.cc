
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>

#include "base/format.h"
#include "base/nearest.h"
#include "tools/cli/output.h"
#include "tools/cli/verbs.h"

namespace fp4jit::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 done; 1 some failed or are missing, or modules are unaligned, or the store "
    "cannot be used; 2 wrong flags, spec or input; 3 understood, but nothing can be done; "
    "130 interrupted.\n"
    "`fp4jit VERB --help` has examples.";

// Help goes to stdout and is a success; every other way to end parsing is a wrong flag.
ExitCode end_parsing(const CLI::App& program, const CLI::ParseError& error) {
  return program.exit(error, std::cout, std::cerr) == 0 ? ExitCode::kDone : ExitCode::kWrongInput;
}

// CLI11 would say that a verb is missing, which is not what a typing error is about.
bool has_unknown_verb(const CLI::App& program, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return false;
  std::vector<std::string_view> verbs;
  for (const CLI::App* verb : program.get_subcommands([](const CLI::App*) { return true; })) {
    verbs.push_back(verb->get_name());
    if (verbs.back() == argv[1]) return false;
  }
  complain(formatted("'{}' is no verb; verbs are {}{}", argv[1], fmt::join(verbs, ", "),
                     did_you_mean(argv[1], verbs)));
  return true;
}

ExitCode run(int argc, char** argv) {
  CLI::App program{
      "Compiles block-scaled FP4/FP8 quantisation kernels ahead of time and keeps them.", "fp4jit"};
  program.require_subcommand(1);
  program.footer(kExitCodes);
  ExitCode exit = ExitCode::kDone;
  for (auto add : {add_prewarm, add_explain, add_list, add_show, add_verify, add_stats,
                   add_quantize, add_doctor, add_version}) {
    add(program, &exit);
  }
  if (has_unknown_verb(program, argc, argv)) return ExitCode::kWrongInput;
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return end_parsing(program, error);
  } catch (const std::bad_alloc&) {
    complain("there is not enough memory");
    return ExitCode::kIncomplete;
  } catch (const std::exception& error) {
    complain(error.what());
    return ExitCode::kIncomplete;
  }
  return exit;
}

}  // namespace
}  // namespace fp4jit::cli

int main(int argc, char** argv) {
  fp4jit::cli::ExitCode exit = fp4jit::cli::run(argc, argv);
  if (std::cout.flush().fail() || std::fflush(stdout) != 0 || std::ferror(stdout)) {
    fp4jit::cli::complain("the result could not be written to stdout");
    exit = fp4jit::cli::ExitCode::kIncomplete;
  }
  return static_cast<int>(exit);
}
