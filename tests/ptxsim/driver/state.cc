#include "tests/ptxsim/driver/state.h"

#include <cstdlib>

namespace ptxsim {
namespace {

const char* environment(const char* name) {
  return std::getenv(name);
}

}  // namespace

State::State() : settings(read_settings(environment)) {
  if (!settings.ok()) return;
  injector = Injector(settings->failures);
  set_approximation(settings->approximation);
  for (const DeviceModel& model : settings->devices) {
    devices.push_back({model, contexts.reserve(), 0, 0, {}});
  }
}

State& driver_state() {
  // Never destroyed: a program may call the driver until its very end.
  static State* const state = new State;
  return *state;
}

ThreadState& this_thread() {
  thread_local ThreadState state;
  return state;
}

}  // namespace ptxsim
