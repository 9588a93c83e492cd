// What fp4jit_prepare is given: its specs and devices, each checked before any work begins.
#include "capi_translate.h"

namespace fp4jit {
namespace {

// The flag of a fp4jit_cancel is used as an atomic.
using CancelFlag = std::atomic<bool>;
static_assert(sizeof(CancelFlag) == sizeof(fp4jit_cancel) && CancelFlag::is_always_lock_free);

// As many as a runtime's handles can name; and more devices than any machine has. Beyond that it is
// a count that was never set, and no reason to look at so many elements.
constexpr size_t kMostSpecs = KernelArray::kCapacity;
constexpr size_t kMostDevices = 1024;
static_assert(kMostSpecs == 262144, "fp4jit.h says so");

Status check_count(const char* name, const void* elements, size_t count, size_t most) {
  if (elements == nullptr && count > 0) return null_argument(formatted("args.{}s", name).c_str());
  if (count <= most) return {};
  return {StatusCode::kInvalidArgument,
          formatted("args.{}_count must be at most {}; it is {}", name, most, count)};
}

Status check_counts(const fp4jit_prepare_args& args) {
  FP4JIT_RETURN_IF_ERROR(check_count("spec", args.specs, args.spec_count, kMostSpecs));
  FP4JIT_RETURN_IF_ERROR(check_count("device", args.devices, args.device_count, kMostDevices));
  if (args.jobs >= 0) return {};
  return {StatusCode::kInvalidArgument,
          formatted("args.jobs must be 0 (one per core) or more; it is {}", args.jobs)};
}

// The structs of a newer program are longer, all of them, and aligned like any.
Status read_element(const fp4jit_spec* in, size_t stride, Spec* spec) {
  FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, spec));
  if (in->struct_size == stride && stride % alignof(fp4jit_spec) == 0) return {};
  return size_mismatch("spec", in->struct_size, sizeof(fp4jit_spec));
}

Status read_specs(const fp4jit_prepare_args& args, std::vector<Spec>* specs) {
  const char* next = reinterpret_cast<const char*>(args.specs);
  for (size_t i = 0; i < args.spec_count; ++i) {
    const auto* in = reinterpret_cast<const fp4jit_spec*>(next);
    Spec spec;
    Status status = read_element(in, args.specs->struct_size, &spec);
    if (!status.ok()) return {status.code(), formatted("specs[{}]: {}", i, status.message())};
    specs->push_back(spec);
    next += in->struct_size;
  }
  return {};
}

Status read_devices(const fp4jit_prepare_args& args, std::vector<int32_t>* devices) {
  devices->assign(args.devices, args.devices + args.device_count);
  for (size_t i = 0; i < devices->size(); ++i) {
    FP4JIT_RETURN_IF_ERROR(check_device((*devices)[i], formatted("devices[{}]", i)));
  }
  return {};
}

fp4jit_progress progress_of(const PrepareProgress& event) {
  fp4jit_progress progress = {};
  progress.struct_size = sizeof progress;
  progress.device = event.piece.device;
  progress.spec_index = event.piece.spec_index;
  progress.done = event.done;
  progress.total = event.total;
  progress.status = static_cast<fp4jit_status>(event.piece.status.code());
  progress.message = event.piece.status.message().c_str();
  return progress;
}

}  // namespace

void request_cancel(fp4jit_cancel* cancel) {
  if (cancel != nullptr)
    reinterpret_cast<CancelFlag*>(cancel)->store(true, std::memory_order_relaxed);
}

Status read_prepare(const fp4jit_prepare_args& args, PrepareRequest* request) {
  FP4JIT_RETURN_IF_ERROR(check_counts(args));
  FP4JIT_RETURN_IF_ERROR(read_specs(args, &request->specs));
  FP4JIT_RETURN_IF_ERROR(read_devices(args, &request->devices));
  request->jobs = args.jobs;
  request->cancelled = reinterpret_cast<const CancelFlag*>(args.cancel);
  if (args.progress != nullptr) {
    request->progress = [function = args.progress,
                         user = args.progress_user](const PrepareProgress& event) {
      fp4jit_progress progress = progress_of(event);
      function(user, &progress);
    };
  }
  return {};
}

}  // namespace fp4jit
