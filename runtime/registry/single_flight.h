// What: of several threads that want one thing at once, one makes it and the others wait for that
// thing alone.
// Threads: run may be called from any number of threads.
// Errors: an error goes to everybody who waited, and is forgotten: the next call tries again.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "base/status.h"

namespace fp4jit {

template <class Key, class Value>
class SingleFlight {
 public:
  // `make` returns a Result<Value>; it may run other flights, of keys that never wait for this one.
  // Who waits and sees `cancelled` (may be null) set goes with kCancelled, and the flight goes on.
  template <class Make>
  Result<Value> run(const Key& key, const std::atomic<bool>* cancelled, Make make) {
    auto flight = std::make_shared<Flight>();
    std::unique_lock lock(mutex_);
    auto [place, is_first] = flights_.try_emplace(key, flight);
    if (!is_first) return wait(place->second, cancelled, lock);
    lock.unlock();
    Landing landing{*this, key, *flight};
    flight->result = make();
    return flight->result;
  }

  // How often a thread waited for another's flight.
  uint64_t waits() const { return waits_.load(std::memory_order_relaxed); }

 private:
  struct Flight {
    std::condition_variable landed;
    bool done = false;  // guarded by mutex_
    // What waiters see if `make` leaves by an exception.
    Result<Value> result{StatusCode::kInternal, "the thread that this one waited for failed"};
  };

  // Ends the flight however `make` ends.
  struct Landing {
    SingleFlight& owner;
    const Key& key;
    Flight& flight;
    ~Landing() {
      std::lock_guard lock(owner.mutex_);
      flight.done = true;
      owner.flights_.erase(key);
      flight.landed.notify_all();
    }
  };

  Result<Value> wait(std::shared_ptr<Flight> flight, const std::atomic<bool>* cancelled,
                     std::unique_lock<std::mutex>& lock) {
    waits_.fetch_add(1, std::memory_order_relaxed);
    auto done = [&] { return flight->done; };
    if (cancelled == nullptr) {
      flight->landed.wait(lock, done);
      return flight->result;
    }
    // Nobody notifies of a cancel, since it may come from a signal handler.
    constexpr auto kPoll = std::chrono::milliseconds(10);
    while (!flight->landed.wait_for(lock, kPoll, done)) {
      if (cancelled->load(std::memory_order_relaxed)) {
        return Status(StatusCode::kCancelled, "cancelled while another thread builds it");
      }
    }
    return flight->result;
  }

  std::atomic<uint64_t> waits_{0};
  std::mutex mutex_;  // guards flights_ and their `done`; never held while something is made
  std::map<Key, std::shared_ptr<Flight>> flights_;
};

}  // namespace fp4jit
