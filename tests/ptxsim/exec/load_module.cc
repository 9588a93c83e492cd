#include <cstring>

#include "tests/ptxsim/exec/decode.h"
#include "tests/ptxsim/exec/engine.h"

namespace ptxsim {
namespace {

constexpr uint64_t kMostVariableBytes = uint64_t{1} << 32;

bool is_global(const ptx::Variable& variable) {
  return variable.space == ptx::Space::kGlobal || variable.space == ptx::Space::kConst;
}

// The module's variables stand in one piece of memory, as a driver lays them out.
Result<Symbols> place_variables(const ptx::Module& module, Allocations& allocations, int device,
                                LoadedModule* loaded) {
  SpaceLayout layout;
  Symbols symbols;
  for (const ptx::Variable& variable : module.variables) {
    if (is_global(variable)) symbols[variable.name] = {variable.space, layout.add(variable)};
  }
  if (layout.bytes() == 0) return symbols;
  if (layout.bytes() > kMostVariableBytes) {
    return Error{CUDA_ERROR_OUT_OF_MEMORY,
                 "its variables have " + std::to_string(layout.bytes()) + " bytes"};
  }
  const Allocation* memory = allocations.allocate(layout.bytes(), device, "variables of a module");
  if (memory == nullptr) return Error{CUDA_ERROR_OUT_OF_MEMORY, "no memory for its variables"};
  loaded->variables = memory->address;
  const uint8_t zero = 0;
  fill_device(allocations, memory->address, layout.bytes(), &zero, 1);
  for (const ptx::Variable& variable : module.variables) {
    if (!is_global(variable)) continue;
    Symbol& symbol = symbols[variable.name];
    symbol.address += memory->address;
    loaded->globals.push_back({variable.name, symbol.address, variable.bytes});
  }
  return symbols;
}

// Initial values; those that are addresses of other variables need all of these placed.
std::string initialise(const ptx::Module& module, const Symbols& symbols,
                       Allocations& allocations) {
  for (const ptx::Variable& variable : module.variables) {
    if (!is_global(variable) || variable.initial.empty()) continue;
    std::vector<uint8_t> bytes = variable.initial;
    for (const ptx::Variable::Reference& reference : variable.references) {
      const auto found = symbols.find(reference.name);
      if (found == symbols.end() || reference.at + 8 > bytes.size()) {
        return "line " + std::to_string(variable.line) + ": " + variable.name +
               " begins with the address of " + reference.name + ", which has none";
      }
      const uint64_t address = found->second.address + reference.addend;
      std::memcpy(bytes.data() + reference.at, &address, sizeof address);
    }
    copy_to_device(allocations, symbols.find(variable.name)->second.address, bytes.data(),
                   bytes.size());
  }
  return {};
}

uint64_t const_bytes(const ptx::Module& module) {
  SpaceLayout layout;
  for (const ptx::Variable& variable : module.variables) {
    if (variable.space == ptx::Space::kConst) layout.add(variable);
  }
  return layout.bytes();
}

Kernel describe(const ptx::Function& entry, Program program) {
  Kernel kernel;
  kernel.name = entry.name;
  SpaceLayout layout;
  for (const ptx::Variable& parameter : entry.parameters) {
    kernel.parameter_offsets.push_back(static_cast<uint32_t>(layout.add(parameter)));
    kernel.parameter_bytes.push_back(static_cast<uint32_t>(parameter.bytes));
  }
  kernel.parameter_total = static_cast<uint32_t>(layout.bytes());
  kernel.static_shared_bytes = program.static_shared_bytes;
  kernel.local_bytes = program.local_bytes;
  if (entry.max_threads != 0) kernel.max_threads = entry.max_threads;
  for (int axis = 0; axis < 3; ++axis) kernel.required_threads[axis] = entry.required_threads[axis];
  kernel.program = std::make_shared<const Program>(std::move(program));
  return kernel;
}

}  // namespace

Result<LoadedModule> load_module(const ptx::Module& module, Allocations& allocations, int device) {
  LoadedModule loaded;
  Result<Symbols> symbols = place_variables(module, allocations, device, &loaded);
  if (!symbols.ok()) return symbols.error();
  std::string wrong = initialise(module, *symbols, allocations);
  for (const ptx::Function& function : module.functions) {
    if (!function.is_entry || !wrong.empty()) continue;
    Result<Program> program = decode(module, function, *symbols);
    if (!program.ok()) {
      wrong = program.error().message;
      continue;
    }
    Kernel kernel = describe(function, std::move(*program));
    kernel.const_bytes = static_cast<uint32_t>(const_bytes(module));
    loaded.kernels.push_back(std::make_shared<const Kernel>(std::move(kernel)));
  }
  if (wrong.empty()) return loaded;
  if (loaded.variables != 0) allocations.release(loaded.variables);
  return Error{CUDA_ERROR_INVALID_PTX, wrong};
}

}  // namespace ptxsim
