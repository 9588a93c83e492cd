#include "base/thread_end.h"

#include <pthread.h>

#include <mutex>
#include <new>

namespace fp4jit {
namespace {

struct Kept {
  std::shared_ptr<void> guard;
  bool seen = false;  // the others' destructors of this round may be still to come
};

pthread_key_t kept_key;
std::once_flag key_tried;
bool key_made = false;  // a process may have used up its keys

// The keys' destructors run in rounds, as long as one sets its key again: those of other libraries
// have run once by the second round.
void end_round(void* value) {
  auto* kept = static_cast<Kept*>(value);
  bool is_first = !kept->seen;
  kept->seen = true;
  if (is_first && pthread_setspecific(kept_key, kept) == 0) return;
  delete kept;
}

}  // namespace

void keep_until_thread_ends(std::shared_ptr<void> guard) {
  std::call_once(key_tried, [] { key_made = pthread_key_create(&kept_key, end_round) == 0; });
  if (!key_made) return;
  auto* kept = new (std::nothrow) Kept;
  if (kept == nullptr) return;
  kept->guard = std::move(guard);
  if (pthread_setspecific(kept_key, kept) != 0) delete kept;
}

}  // namespace fp4jit
