#include "tests/ptxsim/isa/table.h"

#include <unordered_map>

#include "tests/ptxsim/isa/modifiers.h"

namespace ptxsim::isa {
namespace {

Rows joined() {
  Rows all;
  for (Rows (*family)() : {integer_rows, logic_rows, select_rows, float32_rows, half_rows,
                           convert_rows, memory_rows, atomic_rows, control_rows, warp_rows}) {
    for (Row& row : family()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace

const Rows& all_rows() {
  static const Rows rows = joined();
  return rows;
}

std::vector<const Row*> find_rows(const std::string& mnemonic) {
  static const auto index = [] {
    std::unordered_map<std::string, std::vector<const Row*>> made;
    for (const Row& row : all_rows()) made[row.mnemonic].push_back(&row);
    return made;
  }();
  const auto found = index.find(without_hints(mnemonic));
  return found == index.end() ? std::vector<const Row*>{} : found->second;
}

}  // namespace ptxsim::isa
