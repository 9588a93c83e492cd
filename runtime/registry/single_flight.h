// What: of several threads that want one thing at once, one makes it and the others wait for that
// thing alone.
// Threads: run may be called from any number of threads.
// Errors: an error goes to everybody who waited, and is forgotten: the next call tries again.
#pragma once

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
  template <class Make>
  Result<Value> run(const Key& key, Make make) {
    auto flight = std::make_shared<Flight>();
    std::unique_lock lock(mutex_);
    auto [place, is_first] = flights_.try_emplace(key, flight);
    if (!is_first) return wait(place->second, lock);
    lock.unlock();
    Landing landing{*this, key, *flight};
    flight->result = make();
    return flight->result;
  }

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

  static Result<Value> wait(std::shared_ptr<Flight> flight, std::unique_lock<std::mutex>& lock) {
    flight->landed.wait(lock, [&] { return flight->done; });
    return flight->result;
  }

  std::mutex mutex_;  // guards flights_ and their `done`; never held while something is made
  std::map<Key, std::shared_ptr<Flight>> flights_;
};

}  // namespace fp4jit
