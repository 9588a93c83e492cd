#include "tests/ptxsim/ptx/scopes.h"

#include <utility>

namespace ptxsim::ptx {

Operand& LabelUse::in(std::vector<Instruction>& instructions) const {
  Operand& whole = instructions[instruction].operands[operand];
  return element == kWhole ? whole : whole.elements[element];
}

bool Scopes::open() {
  if (scopes_.size() > kMostNested) return false;
  scopes_.emplace_back();
  return true;
}

void Scopes::close(std::vector<Instruction>& instructions) {
  const Scope closed = std::move(scopes_.back());
  scopes_.pop_back();
  for (const LabelUse& use : closed.uses) {
    Operand& operand = use.in(instructions);
    const auto found = closed.symbols.find(std::string_view(operand.name));
    if (found != closed.symbols.end() && found->second.kind == Symbol::Kind::kLabel) {
      operand.index = found->second.index;
      operand.name.clear();
    } else {
      scopes_.back().uses.push_back(use);
    }
  }
}

bool Scopes::declare(std::string_view name, Symbol symbol) {
  return scopes_.back().symbols.emplace(name, symbol).second;
}

Symbol* Scopes::find(std::string_view name) {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (scope->symbols.empty()) continue;
    const auto found = scope->symbols.find(name);
    if (found != scope->symbols.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace ptxsim::ptx
