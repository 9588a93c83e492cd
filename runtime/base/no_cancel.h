// What: puts a cancellation of this thread (pthread_cancel) off. It unwinds the stack from any
// system call, which neither a compiler under way, nor those who wait for this thread, nor a
// function that lets no exception out can live with.
// Threads: each object belongs to the thread that made it, and may be nested.
#pragma once

#include <pthread.h>

namespace fp4jit {

class NoCancel {
 public:
  NoCancel() { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~NoCancel() { pthread_setcancelstate(before_, nullptr); }
  NoCancel(const NoCancel&) = delete;
  NoCancel& operator=(const NoCancel&) = delete;

 private:
  int before_ = PTHREAD_CANCEL_ENABLE;
};

}  // namespace fp4jit
