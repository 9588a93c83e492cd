// What: the names that PTX predefines: "%tid.x", "%laneid", "WARP_SZ" …
// Threads: pure.
#pragma once

#include <string_view>

namespace ptxsim::ptx {

bool is_special_register(std::string_view name);

}  // namespace ptxsim::ptx
