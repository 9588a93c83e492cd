#include "tools/model/module.h"

namespace fp4jit::model {

std::string Module::pattern() const {
  return stem.empty() ? path : stem + ".*." + path;
}

std::string Module::projection() const {
  return path.substr(path.rfind('.') + 1);
}

}  // namespace fp4jit::model
