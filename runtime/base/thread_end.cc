#include "base/thread_end.h"

#include <new>

#include "base/thread_key.h"

namespace fp4jit {
namespace {

struct Kept {
  std::shared_ptr<void> guard;
  bool seen = false;  // the others' destructors of this round may be still to come
};

void end_round(void* value);
constinit ThreadKey kept_of_thread(end_round);

// The keys' destructors run in rounds, as long as one sets its key again: those of other libraries
// have run once by the second round.
void end_round(void* value) {
  auto* kept = static_cast<Kept*>(value);
  bool is_first = !kept->seen;
  kept->seen = true;
  if (is_first && kept_of_thread.set(kept)) return;
  delete kept;
}

}  // namespace

void keep_shared_until_thread_ends(std::shared_ptr<void> guard) {
  auto* kept = new (std::nothrow) Kept;
  if (kept == nullptr) return;
  kept->guard = std::move(guard);
  if (!kept_of_thread.set(kept)) delete kept;
}

}  // namespace fp4jit
