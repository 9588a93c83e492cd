// What: graphs: making and destroying them, and running what was instantiated.
// Threads: under the driver's lock.
#pragma once

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

std::shared_ptr<Graph> make_graph(State& state);
bool destroy_graph(State& state, CUgraph graph);

// Node after node, as they were captured: each comes after those that it depends on.
Answer run_graph(State& state, Context& context, const GraphExec& executable);

}  // namespace ptxsim
