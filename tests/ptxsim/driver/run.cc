// What each operation does once its turn has come.
#include <cstring>

#include "tests/ptxsim/driver/memory.h"
#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

struct Runner {
  State& state;
  Context& context;
  StreamOrder& order;

  Answer operator()(const KernelOperation& operation) const {
    if (state.functions.find(operation.function) == nullptr) {
      return {CUDA_ERROR_INVALID_HANDLE,
              "kernel " + operation.request.kernel->name + " is of a module that was unloaded"};
    }
    return context.engine->launch(order, operation.request);
  }

  Answer operator()(const CopyOperation& operation) const {
    const Answer settled = settle(context);
    return settled.ok() ? copy(state, operation) : settled;
  }

  Answer operator()(const FillOperation& operation) const {
    const Answer settled = settle(context);
    if (!settled.ok() || operation.count == 0) return settled;
    if (operation.to % operation.element_bytes != 0) {
      return {CUDA_ERROR_INVALID_VALUE, "the address is no multiple of the element's size"};
    }
    constexpr uint64_t kMostCount = UINT64_MAX / sizeof(operation.value);
    const bool filled =
        operation.count <= kMostCount && fill_device(state.memory, operation.to, operation.count,
                                                     &operation.value, operation.element_bytes);
    if (filled) return CUDA_SUCCESS;
    return {CUDA_ERROR_INVALID_VALUE,
            describe_range(state, operation.to, operation.count * operation.element_bytes)};
  }

  Answer operator()(const HostOperation& operation) const {
    const Answer settled = settle(context);
    if (settled.ok()) call_program(state, [&] { operation.function(operation.data); });
    return settled;
  }

  Answer operator()(const EventOperation& operation) const {
    const Answer settled = settle(context);
    const std::shared_ptr<Event> event = state.events.find(operation.event);
    if (event == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    event->is_recorded = true;
    event->capture = nullptr;
    event->time = std::chrono::steady_clock::now();
    return settled;
  }
};

}  // namespace

Answer run(State& state, Context& context, StreamOrder& order, const Operation& operation) {
  // A host function runs without the lock, and another thread may destroy the context meanwhile.
  const std::shared_ptr<Context> held = state.contexts.find(context.handle);
  return std::visit(Runner{state, context, order}, operation);
}

}  // namespace ptxsim
