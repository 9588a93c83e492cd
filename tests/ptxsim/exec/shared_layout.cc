#include "tests/ptxsim/exec/shared_layout.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/ptxsim/exec/decode.h"

namespace ptxsim {
namespace {

// The functions that the entry reaches, and every name in them.
class Reach {
 public:
  Reach(const ptx::Module& module, const ptx::Function& entry) : module_(module) { visit(entry); }

  const std::vector<const ptx::Function*>& functions() const { return functions_; }
  bool names(const std::string& name) const { return names_.contains(name); }

 private:
  void visit(const ptx::Function& function);
  void add_names(const ptx::Operand& operand);

  const ptx::Module& module_;
  std::vector<const ptx::Function*> functions_;
  std::set<std::string> names_;
};

void Reach::add_names(const ptx::Operand& operand) {
  if (!operand.name.empty()) names_.insert(operand.name);
  for (const ptx::Operand& element : operand.elements) add_names(element);
}

void Reach::visit(const ptx::Function& function) {
  if (std::ranges::find(functions_, &function) != functions_.end()) return;
  functions_.push_back(&function);
  for (const ptx::Instruction& instruction : function.instructions) {
    for (const ptx::Operand& operand : instruction.operands) add_names(operand);
  }
  for (const ptx::Function& other : module_.functions) {
    if (!other.is_entry && names_.contains(other.name)) visit(other);
  }
}

}  // namespace

SharedLayout lay_out_shared(const ptx::Module& module, const ptx::Function& entry) {
  const Reach reach(module, entry);
  std::vector<const ptx::Variable*> variables;
  for (const ptx::Variable& variable : module.variables) {
    if (reach.names(variable.name)) variables.push_back(&variable);
  }
  for (const ptx::Function* function : reach.functions()) {
    for (const ptx::Variable& variable : function->variables) variables.push_back(&variable);
  }
  std::erase_if(variables, [](const auto* one) { return one->space != ptx::Space::kShared; });
  SharedLayout layout;
  SpaceLayout space;
  for (const ptx::Variable* variable : variables) {
    if (variable->bytes != 0) layout.offsets[variable] = space.add(*variable);
  }
  for (const ptx::Variable* variable : variables) {
    if (variable->bytes == 0) layout.offsets[variable] = space.add(*variable);
  }
  layout.static_bytes = space.bytes();
  return layout;
}

}  // namespace ptxsim
