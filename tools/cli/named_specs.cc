#include "tools/cli/named_specs.h"

#include <CLI/CLI.hpp>

#include "tools/cli/output.h"
#include "tools/cli/spec_file.h"

namespace fp4jit::cli {

CLI::Option* add_list(CLI::App* verb, const char* flag, std::vector<std::string>* values,
                      const std::string& help) {
  return verb->add_option(flag, *values, help)->delimiter(',')->type_name("LIST");
}

NamedSpecFlags add_named_specs(CLI::App* verb, NamedSpecs* named) {
  CLI::Option* specs =
      verb->add_option("--spec", named->specs, "specs as canonical text")->type_name("TEXT");
  CLI::Option* trace = verb->add_option("--from-trace", named->trace,
                                        "specs that a runtime recorded, one a line; - reads stdin")
                           ->type_name("FILE");
  CLI::Option* manifest =
      verb->add_option("--manifest", named->manifest,
                       "specs that a JSON file lists, as prewarm --json does; - reads stdin")
          ->type_name("FILE");
  specs->excludes(trace)->excludes(manifest);
  trace->excludes(manifest);
  CLI::Option* targets = add_list(verb, "--target", &named->targets,
                                  "GPUs: sm_90, sm_100a, compute_90 and so on, or native; a file's "
                                  "specs are then for these and not for their own");
  return {{specs, trace, manifest}, targets};
}

Result<SpecList> read_named_specs(const NamedSpecs& named, const std::vector<Target>& targets) {
  SpecList list;
  if (!named.specs.empty()) {
    FP4JIT_ASSIGN_OR_RETURN(list.specs, parse_flags(named.specs, targets));
    return list;
  }
  FP4JIT_ASSIGN_OR_RETURN(SpecFile file,
                          named.trace ? read_trace(*named.trace) : read_manifest(*named.manifest));
  if (!file.warning.empty()) complain("warning: " + file.warning);
  return parse_listed(file.specs, targets);
}

}  // namespace fp4jit::cli
