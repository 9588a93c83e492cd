#include "tests/ptxsim/checker/allocations.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace ptxsim {
namespace {

constexpr uint64_t kAlignment = 512;  // of cuMemAlloc: at least 256
// Bytes of no allocation between two, so that a small overrun hits none.
constexpr uint64_t kGap = 4096;
constexpr uint64_t kAddresses = uint64_t{1} << 42;

// Addresses that no host pointer has, since the range is ours and may not be touched. Without room
// for it, as under a limit of address space, addresses that no process can have.
uint64_t reserve_addresses() {
  void* range =
      ::mmap(nullptr, kAddresses, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return range != MAP_FAILED ? reinterpret_cast<uint64_t>(range) : uint64_t{1} << 52;
}

bool holds(const Allocation& allocation, uint64_t address, uint64_t bytes) {
  return address >= allocation.address && bytes <= allocation.bytes &&
         address - allocation.address <= allocation.bytes - bytes;
}

// The live allocation that holds [address, +bytes).
const Allocation* whole(const Allocations& allocations, uint64_t address, uint64_t bytes) {
  const Allocation* found = allocations.find(address);
  if (found == nullptr || found->freed || !holds(*found, address, bytes)) return nullptr;
  return found;
}

}  // namespace

LazyMemory::LazyMemory(size_t bytes)
    : data_(static_cast<uint8_t*>(std::calloc(std::max<size_t>(bytes, 1), 1))) {}

LazyMemory::~LazyMemory() {
  std::free(data_);
}

const Allocation* Allocations::insert(std::unique_ptr<Allocation> made) {
  made->written = std::make_unique<LazyMemory>(made->bytes);
  made->writer = std::make_unique<LazyMemory>(made->bytes * 8);
  if (made->host == nullptr || made->written->data() == nullptr ||
      made->writer->data() == nullptr) {
    return nullptr;
  }
  made->id = next_id_++;
  auto place = std::ranges::upper_bound(list_, made->address, {},
                                        [](const auto& one) { return one->address; });
  return list_.insert(place, std::move(made))->get();
}

const Allocation* Allocations::allocate(uint64_t bytes, int device, std::string origin) {
  if (next_address_ == 0) next_address_ = reserve_addresses() + kGap;
  auto made = std::make_unique<Allocation>();
  made->address = next_address_;
  made->bytes = bytes;
  made->device = device;
  made->origin = std::move(origin);
  made->value = std::make_unique<LazyMemory>(bytes);
  made->host = made->value->data();
  next_address_ += (bytes + kGap + kAlignment - 1) / kAlignment * kAlignment;
  return insert(std::move(made));
}

const Allocation* Allocations::pin(void* host, uint64_t bytes, std::string origin) {
  // Memory that was pinned before and given back may come again.
  const auto address = reinterpret_cast<uint64_t>(host);
  std::erase_if(list_, [&](const auto& one) {
    return one->freed && one->device < 0 && one->address < address + bytes &&
           address < one->address + one->bytes;
  });
  auto made = std::make_unique<Allocation>();
  made->address = address;
  made->bytes = bytes;
  made->device = -1;
  made->origin = std::move(origin);
  made->host = static_cast<uint8_t*>(host);
  const Allocation* pinned = insert(std::move(made));
  // The host may have written any of it.
  if (pinned != nullptr) std::memset(pinned->written->data(), 1, bytes);
  return pinned;
}

bool Allocations::release(uint64_t address) {
  auto found =
      std::ranges::lower_bound(list_, address, {}, [](const auto& one) { return one->address; });
  if (found == list_.end() || (*found)->address != address || (*found)->freed) return false;
  Allocation& gone = **found;
  gone.freed = true;
  gone.host = nullptr;
  gone.value.reset();
  gone.written.reset();
  gone.writer.reset();
  return true;
}

const Allocation* Allocations::find(uint64_t address) const {
  const Allocation* before = nearest(address);
  return before != nullptr && address - before->address < before->bytes ? before : nullptr;
}

const Allocation* Allocations::nearest(uint64_t address) const {
  auto after =
      std::ranges::upper_bound(list_, address, {}, [](const auto& one) { return one->address; });
  return after == list_.begin() ? nullptr : std::prev(after)->get();
}

const Allocation* Allocations::following(uint64_t address) const {
  auto after =
      std::ranges::upper_bound(list_, address, {}, [](const auto& one) { return one->address; });
  return after == list_.end() ? nullptr : after->get();
}

uint64_t Allocations::live_bytes(int device) const {
  uint64_t bytes = 0;
  for (const auto& one : list_) {
    if (!one->freed && one->device == device) bytes += one->bytes;
  }
  return bytes;
}

bool copy_to_device(const Allocations& allocations, uint64_t to, const void* from, uint64_t bytes) {
  const Allocation* target = whole(allocations, to, bytes);
  if (target == nullptr) return false;
  const uint64_t at = to - target->address;
  std::memmove(target->host + at, from, bytes);
  std::memset(target->written->data() + at, 1, bytes);
  return true;
}

bool copy_from_device(const Allocations& allocations, void* to, uint64_t from, uint64_t bytes) {
  const Allocation* source = whole(allocations, from, bytes);
  if (source == nullptr) return false;
  std::memmove(to, source->host + (from - source->address), bytes);
  return true;
}

bool copy_on_device(const Allocations& allocations, uint64_t to, uint64_t from, uint64_t bytes) {
  const Allocation* source = whole(allocations, from, bytes);
  const Allocation* target = whole(allocations, to, bytes);
  if (source == nullptr || target == nullptr) return false;
  const uint64_t at = from - source->address, there = to - target->address;
  std::memmove(target->host + there, source->host + at, bytes);
  // What was never written stays so: a copy of garbage is garbage.
  std::memmove(target->written->data() + there, source->written->data() + at, bytes);
  return true;
}

bool fill_device(const Allocations& allocations, uint64_t to, uint64_t count, const void* pattern,
                 uint32_t pattern_bytes) {
  const Allocation* target = whole(allocations, to, count * pattern_bytes);
  if (target == nullptr) return false;
  const uint64_t at = to - target->address;
  for (uint64_t i = 0; i < count; ++i) {
    std::memcpy(target->host + at + i * pattern_bytes, pattern, pattern_bytes);
  }
  std::memset(target->written->data() + at, 1, count * pattern_bytes);
  return true;
}

}  // namespace ptxsim
