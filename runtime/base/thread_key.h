// What: a pointer of each thread's own, which is handed to a function when the thread ends. Not a
// thread_local object: whose destructor cannot be registered without memory, and runs before those
// of keys, in which a thread may still call us.
// Threads: any. Meant to stand in static memory: it is never given back.
#pragma once

#include <pthread.h>

#include <atomic>

namespace fp4jit {

class ThreadKey {
 public:
  // `end` gets what is set, if it is not null, and may set it again to be called once more.
  explicit constexpr ThreadKey(void (*end)(void*)) : end_(end) {}

  // Null while nothing was set.
  void* get() { return made() ? pthread_getspecific(key_) : nullptr; }

  // False where the process has used up its keys or its memory: nothing is set.
  bool set(void* value) { return made() && pthread_setspecific(key_, value) == 0; }

 private:
  enum class State : int { kUntried, kMade, kLacking };

  bool made() {
    State state = state_.load(std::memory_order_acquire);
    return state == State::kUntried ? make() : state == State::kMade;
  }
  bool make();

  void (*const end_)(void*);
  std::atomic<State> state_{State::kUntried};
  pthread_key_t key_ = 0;  // written once, before state_
};

}  // namespace fp4jit
