#include "tests/ptxsim/checker/device_memory.h"

#include <algorithm>
#include <cstring>

namespace ptxsim {
namespace {

// The word behind a byte that says who wrote it last: 0 is nobody on the device.
constexpr int kIntervalBits = 10, kThreadBits = 10, kBlockBits = 22;
constexpr uint64_t field(uint64_t value, int bits) {
  return value & ((uint64_t{1} << bits) - 1);
}
uint64_t word_of(const Access& access, bool atomic) {
  uint64_t word = field(access.launch, 21) << 1 | uint64_t{atomic};
  word = word << kBlockBits | field(access.block, kBlockBits);
  word = word << kThreadBits | field(access.thread, kThreadBits);
  return word << kIntervalBits | field(access.interval, kIntervalBits);
}
uint64_t interval_of(uint64_t word) {
  return field(word, kIntervalBits);
}
uint64_t thread_of(uint64_t word) {
  return field(word >> kIntervalBits, kThreadBits);
}
uint64_t block_of(uint64_t word) {
  return field(word >> (kIntervalBits + kThreadBits), kBlockBits);
}
bool is_atomic(uint64_t word) {
  return (word >> (kIntervalBits + kThreadBits + kBlockBits) & 1) != 0;
}
uint64_t launch_of(uint64_t word) {
  return word >> (kIntervalBits + kThreadBits + kBlockBits + 1);
}

bool ordered(uint64_t before, uint64_t now) {
  if (before == 0 || launch_of(before) != launch_of(now)) return true;
  if (is_atomic(before) && is_atomic(now)) return true;
  if (block_of(before) != block_of(now)) return false;
  return thread_of(before) == thread_of(now) || interval_of(before) != interval_of(now);
}

std::string hex(uint64_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string range_text(const Allocation& allocation) {
  return "allocation #" + std::to_string(allocation.id) + " (" + std::to_string(allocation.bytes) +
         " bytes at " + hex(allocation.address) + ", " + allocation.origin + ")";
}

std::string access_text(const char* verb, uint32_t bytes, uint64_t address) {
  return std::string(verb) + " of " + std::to_string(bytes) + " bytes at " + hex(address);
}

std::string outside_text(const Allocation* before, uint64_t address) {
  if (before == nullptr) return ", which is in no allocation";
  const uint64_t past = address - before->address;
  if (past < before->bytes) return ", across the end of " + range_text(*before);
  return ", " + std::to_string(past - before->bytes) + " bytes past the end of " +
         range_text(*before);
}

class Guard {
 public:
  explicit Guard(std::atomic_flag& flag) : flag_(flag) {
    while (flag_.test_and_set(std::memory_order_acquire)) {
    }
  }
  ~Guard() { flag_.clear(std::memory_order_release); }

 private:
  std::atomic_flag& flag_;
};

uint64_t* writers_of(const Allocation& allocation, uint64_t at) {
  return reinterpret_cast<uint64_t*>(allocation.writer->data()) + at;
}

}  // namespace

DeviceMemory::DeviceMemory(const Allocations& allocations, int device)
    : allocations_(allocations), device_(device) {}

// Vectors are aligned to their size, so that an access lies within one line.
std::atomic_flag& DeviceMemory::lock_of(uint64_t address) {
  return locks_[address / 64 % 256];
}

const Allocation* DeviceMemory::check(uint64_t address, uint32_t bytes, const char* verb,
                                      Problem* problem) {
  const Allocation* found = allocations_.find(address);
  std::string what = access_text(verb, bytes, address);
  if (found == nullptr || found->bytes - (address - found->address) < bytes) {
    *problem = {FindingKind::kOutOfBounds,
                what + outside_text(allocations_.nearest(address), address)};
    return nullptr;
  }
  if (found->freed) {
    *problem = {FindingKind::kUseAfterFree, what + ", in freed " + range_text(*found)};
    return nullptr;
  }
  if (address % bytes != 0) {
    *problem = {FindingKind::kMisaligned, what + ", which " + std::to_string(bytes) +
                                              " does not divide, in " + range_text(*found)};
    return nullptr;
  }
  if (found->device >= 0 && found->device != device_) {
    *problem = {FindingKind::kOutOfBounds, what + ", in memory of device " +
                                               std::to_string(found->device) + ", by device " +
                                               std::to_string(device_) + ": " + range_text(*found)};
    return nullptr;
  }
  return found;
}

bool DeviceMemory::load(uint64_t address, void* to, uint32_t bytes, Problem* problem) {
  const Allocation* found = check(address, bytes, "load", problem);
  if (found == nullptr) return false;
  const uint64_t at = address - found->address;
  Guard guard(lock_of(address));
  const uint8_t* written = found->written->data() + at;
  const uint8_t* unwritten = std::find(written, written + bytes, 0);
  if (unwritten != written + bytes) {
    *problem = {FindingKind::kNeverWritten, access_text("load", bytes, address) +
                                                ", of which byte " +
                                                std::to_string(unwritten - written) +
                                                " was never written, in " + range_text(*found)};
    return false;
  }
  std::memcpy(to, found->host + at, bytes);
  return true;
}

bool DeviceMemory::store(const Access& access, uint64_t address, const void* from, uint32_t bytes,
                         Problem* problem) {
  const Allocation* found = check(address, bytes, "store", problem);
  if (found == nullptr) return false;
  const uint64_t at = address - found->address, word = word_of(access, false);
  Guard guard(lock_of(address));
  uint64_t* writers = writers_of(*found, at);
  for (uint32_t i = 0; i < bytes; ++i) {
    const uint8_t byte = static_cast<const uint8_t*>(from)[i];
    if (!ordered(writers[i], word) && found->host[at + i] != byte) {
      *problem = {FindingKind::kWriteConflict,
                  access_text("store", bytes, address) + ": block " +
                      std::to_string(block_of(writers[i])) + ", thread " +
                      std::to_string(thread_of(writers[i])) + " wrote " + hex(found->host[at + i]) +
                      " to byte " + std::to_string(i) + ", this writes " + hex(byte) +
                      ", in no order, in " + range_text(*found)};
      return false;
    }
  }
  std::fill_n(writers, bytes, word);
  std::memcpy(found->host + at, from, bytes);
  std::memset(found->written->data() + at, 1, bytes);
  return true;
}

bool DeviceMemory::modify(const Access& access, uint64_t address, uint32_t bytes,
                          const std::function<void(void*)>& change, Problem* problem) {
  const Allocation* found = check(address, bytes, "atomic", problem);
  if (found == nullptr) return false;
  const uint64_t at = address - found->address;
  Guard guard(lock_of(address));
  const uint8_t* written = found->written->data() + at;
  if (std::find(written, written + bytes, 0) != written + bytes) {
    *problem = {FindingKind::kNeverWritten, access_text("atomic", bytes, address) +
                                                ", which was never written, in " +
                                                range_text(*found)};
    return false;
  }
  change(found->host + at);
  std::fill_n(writers_of(*found, at), bytes, word_of(access, true));
  return true;
}

std::string DeviceMemory::touched_before_wait(const Touch& touch,
                                              const std::set<uint64_t>& launches) {
  const Allocation* found = allocations_.find(touch.address);
  if (found == nullptr || found->freed) return {};
  const uint64_t at = touch.address - found->address;
  const uint64_t end = std::min<uint64_t>(at + touch.bytes, found->bytes);
  Guard guard(lock_of(touch.address));
  for (uint64_t i = at; i < end; ++i) {
    const uint64_t word = *writers_of(*found, i);
    if (word == 0 || !launches.contains(launch_of(word))) continue;
    return access_text(touch.writes ? "store" : "load", touch.bytes, touch.address) +
           " before griddepcontrol.wait: launch " + std::to_string(launch_of(word)) + " (block " +
           std::to_string(block_of(word)) + ", thread " + std::to_string(thread_of(word)) +
           "), which may still be running, writes there, in " + range_text(*found);
  }
  return {};
}

}  // namespace ptxsim
