// What: opaque handles of one kind and what stands behind them. A handle is a number that is never
// given out twice, so that one which was destroyed is always known for what it is.
// Threads: under the driver's lock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

namespace ptxsim {

template <class Handle, class Object>
class Handles {
 public:
  // `kind` makes the handles of two kinds differ.
  explicit Handles(uint64_t kind) : next_(kind << 40 | 16) {}

  // A handle without an object, for one that comes later.
  Handle reserve() {
    next_ += 16;
    return reinterpret_cast<Handle>(next_);
  }
  void put(Handle handle, std::shared_ptr<Object> object) {
    objects_[reinterpret_cast<uint64_t>(handle)] = std::move(object);
  }
  Handle add(std::shared_ptr<Object> object) {
    const Handle handle = reserve();
    put(handle, std::move(object));
    return handle;
  }
  // Null for what is no live handle of this kind.
  std::shared_ptr<Object> find(Handle handle) const {
    auto found = objects_.find(reinterpret_cast<uint64_t>(handle));
    return found == objects_.end() ? nullptr : found->second;
  }
  bool erase(Handle handle) { return objects_.erase(reinterpret_cast<uint64_t>(handle)) != 0; }
  template <class Predicate>
  void erase_if(Predicate predicate) {
    std::erase_if(objects_, [&](const auto& entry) { return predicate(*entry.second); });
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [number, object] : objects_) visit(*object);
  }

 private:
  std::map<uint64_t, std::shared_ptr<Object>> objects_;
  uint64_t next_;
};

}  // namespace ptxsim
