#include "registry/prepare_many.h"

#include <algorithm>

#include "base/exception_status.h"
#include "base/fork_gate.h"
#include "base/format.h"
#include "base/parallel.h"
#include "base/thread_end.h"

namespace fp4jit {
namespace {

Status prepare_piece(Registry& registry, const PrepareRequest& request,
                     const PreparedPiece& piece) {
  if (request.cancelled != nullptr && request.cancelled->load(std::memory_order_relaxed)) {
    return {StatusCode::kCancelled, "cancelled before it was begun"};
  }
  const Spec& spec = request.specs[piece.spec_index];
  return without_exceptions([&]() -> Status {
    if (request.devices.empty()) return registry.compile(spec, request.cancelled).status();
    return registry.prepare(spec, piece.device, request.cancelled).status();
  });
}

std::vector<PreparedPiece> pieces_of(const PrepareRequest& request) {
  std::vector<int32_t> devices = request.devices;
  if (devices.empty()) devices.push_back(kNoDevice);
  std::vector<PreparedPiece> pieces;
  for (size_t spec = 0; spec < request.specs.size(); ++spec) {
    for (int32_t device : devices) pieces.push_back({spec, device, {}});
  }
  return pieces;
}

// The place of the n-th piece to be worked on: all specs for one device before the next device, so
// that threads compile different specs instead of waiting for one.
size_t place_of(size_t n, const PrepareRequest& request) {
  size_t specs = request.specs.size();
  size_t devices = std::max<size_t>(1, request.devices.size());
  return n % specs * devices + n / specs;
}

// A child of fork() must not find NVRTC as a thread that ends leaves it.
void end_in_slow_path() {
  keep_until_thread_ends<SlowPath>();
}

}  // namespace

std::vector<PreparedPiece> prepare_many(Registry& registry, const PrepareRequest& request) {
  std::vector<PreparedPiece> pieces = pieces_of(request);
  std::mutex reporting;
  size_t done = 0;  // guarded by reporting
  auto work = [&](size_t n) {
    PreparedPiece& piece = pieces[place_of(n, request)];
    piece.status = prepare_piece(registry, request, piece);
    std::lock_guard lock(reporting);
    ++done;
    if (request.progress) request.progress({piece, done, pieces.size()});
  };
  parallel_for(pieces.size(), request.jobs, work, end_in_slow_path);
  return pieces;
}

Status summary(const std::vector<PreparedPiece>& pieces) {
  const PreparedPiece* first = nullptr;
  size_t failed = 0, cancelled = 0;
  for (const PreparedPiece& piece : pieces) {
    if (piece.status.ok()) continue;
    ++failed;
    if (piece.status.code() == StatusCode::kCancelled) ++cancelled;
    if (first == nullptr) first = &piece;
  }
  if (failed == 0) return {};
  if (cancelled > 0) {
    return {StatusCode::kCancelled, formatted("cancelled with {} of {} done; what was done is kept",
                                              pieces.size() - failed, pieces.size())};
  }
  return {first->status.code(), formatted("{} of {} failed; the first: {}", failed, pieces.size(),
                                          first->status.message())};
}

}  // namespace fp4jit
