#include "tests/ptxsim/checker/device_memory.h"

#include <algorithm>
#include <cstring>

#include "tests/ptxsim/checker/access_text.h"

namespace ptxsim {
namespace {

// The word behind a byte that says who wrote it last: 0 is nobody on the device. Stamps beyond the
// greatest that fits count as coming before everything.
constexpr int kStampBits = 10, kThreadBits = 10, kBlockBits = 22;
constexpr uint64_t kLastStamp = (1 << kStampBits) - 1;
constexpr uint64_t field(uint64_t value, int bits) {
  return value & ((uint64_t{1} << bits) - 1);
}
uint64_t word_of(const Access& access, bool atomic) {
  uint64_t word = field(access.launch, 21) << 1 | uint64_t{atomic};
  word = word << kBlockBits | field(access.block, kBlockBits);
  word = word << kThreadBits | field(access.thread, kThreadBits);
  return word << kStampBits | std::min<uint64_t>(access.stamp, kLastStamp);
}
uint32_t stamp_of(uint64_t word) {
  return static_cast<uint32_t>(field(word, kStampBits));
}
uint32_t thread_of(uint64_t word) {
  return static_cast<uint32_t>(field(word >> kStampBits, kThreadBits));
}
uint64_t block_of(uint64_t word) {
  return field(word >> (kStampBits + kThreadBits), kBlockBits);
}
bool is_atomic(uint64_t word) {
  return (word >> (kStampBits + kThreadBits + kBlockBits) & 1) != 0;
}
uint64_t launch_of(uint64_t word) {
  return word >> (kStampBits + kThreadBits + kBlockBits + 1);
}

// Whether a store of `access`, whose word is `now`, comes after the one that left `before`. What
// comes after an atomic may have been ordered by its result, as by a ticket.
bool ordered(uint64_t before, uint64_t now, const Access& access) {
  if (before == 0 || launch_of(before) != launch_of(now) || is_atomic(before)) return true;
  if (block_of(before) != block_of(now)) return false;
  return stamp_of(before) == kLastStamp ||
         comes_before(thread_of(before), stamp_of(before), access);
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

// Of an access that check() refuses.
Problem DeviceMemory::why_not(uint64_t address, uint32_t bytes, const char* verb) const {
  const Allocation* found = allocations_.find(address);
  const std::string what = access_text(verb, bytes, address, allocations_);
  if (found == nullptr || found->bytes - (address - found->address) < bytes) {
    return {FindingKind::kOutOfBounds, what};
  }
  if (found->freed) return {FindingKind::kUseAfterFree, what};
  if (address % bytes != 0) {
    return {FindingKind::kMisaligned,
            what + ": the address is no multiple of " + std::to_string(bytes)};
  }
  return {FindingKind::kOutOfBounds, what + ": it is memory of device " +
                                         std::to_string(found->device) + ", the kernel runs on " +
                                         std::to_string(device_)};
}

const Allocation* DeviceMemory::check(uint64_t address, uint32_t bytes, const char* verb,
                                      Problem* problem) {
  const Allocation* found = allocations_.find(address);
  const bool is_fine = found != nullptr && found->bytes - (address - found->address) >= bytes &&
                       !found->freed && address % bytes == 0 &&
                       (found->device < 0 || found->device == device_);
  if (is_fine) return found;
  *problem = why_not(address, bytes, verb);
  return nullptr;
}

bool DeviceMemory::never_written(const char* verb, uint32_t bytes, uint64_t address, ptrdiff_t byte,
                                 Problem* problem) const {
  *problem = {FindingKind::kNeverWritten, access_text(verb, bytes, address, allocations_) +
                                              ": byte " + std::to_string(byte) +
                                              " of it was never written"};
  return false;
}

bool DeviceMemory::load(uint64_t address, void* to, uint32_t bytes, Problem* problem) {
  const Allocation* found = check(address, bytes, "load", problem);
  if (found == nullptr) return false;
  const uint64_t at = address - found->address;
  Guard guard(lock_of(address));
  const uint8_t* written = found->written->data() + at;
  const uint8_t* unwritten = std::find(written, written + bytes, 0);
  if (unwritten != written + bytes) {
    return never_written("load", bytes, address, unwritten - written, problem);
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
    if (!ordered(writers[i], word, access) && found->host[at + i] != byte) {
      *problem = {FindingKind::kWriteConflict,
                  access_text("store", bytes, address, allocations_) + ": " +
                      thread_text(block_of(writers[i]), thread_of(writers[i])) + " wrote " +
                      hex(found->host[at + i]) + " to byte " + std::to_string(i) +
                      ", in no order with this thread, which writes " + hex(byte)};
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
  const uint8_t* unwritten = std::find(written, written + bytes, 0);
  if (unwritten != written + bytes) {
    return never_written("atomic", bytes, address, unwritten - written, problem);
  }
  change(found->host + at);
  std::fill_n(writers_of(*found, at), bytes, word_of(access, true));
  return true;
}

std::string DeviceMemory::written_by(const Touch& touch, const LaunchNames& launches) {
  const Allocation* found = allocations_.find(touch.address);
  if (found == nullptr || found->freed) return {};
  const uint64_t at = touch.address - found->address;
  const uint64_t end = std::min<uint64_t>(at + touch.bytes, found->bytes);
  Guard guard(lock_of(touch.address));
  for (uint64_t i = at; i < end; ++i) {
    const uint64_t word = *writers_of(*found, i);
    const auto writer = launches.find(launch_of(word));
    if (word == 0 || writer == launches.end()) continue;
    return access_text(touch.writes ? "store" : "load", touch.bytes, touch.address, allocations_) +
           ": launch " + std::to_string(launch_of(word)) + " (" +
           thread_text(block_of(word), thread_of(word)) + " of kernel " + writer->second +
           ") writes there";
  }
  return {};
}

}  // namespace ptxsim
