// What: how runtimes find a kernel that is ready: the shapes of peers, rebuilt from what is
// publicly known of their designs, and ours. Each has the same find and is filled by the same
// insert.
// Threads: find may be called from any number of threads, as the peer allows it; insert from one,
// before any find.
#pragma once

#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "cache/digest.h"
#include "registry/kernel_array.h"
#include "registry/snapshot_table.h"

namespace fp4jit::bench {

// What a caller holds when it wants a kernel.
struct Request {
  Spec spec;
  KernelKey key;
  uint32_t handle = 0;
};

// DeepGEMM's: the source text is made, hashed twice, and the file's name looked up; the environment
// is asked each time.
class SourceShape {
 public:
  void insert(const Request& request, const KernelRecord* record);
  const KernelRecord* find(const Request& request);

 protected:
  static std::string path_of(const Request& request);

 private:
  std::unordered_map<std::string, const KernelRecord*> kernels_;
};

// The same where the file is looked at as well.
class SourceAndStatShape : public SourceShape {
 public:
  const KernelRecord* find(const Request& request);
};

// librtcx's, which cuDF uses: a formatted key, its 128-bit hash, a mutex, a shared future.
class FutureShape {
 public:
  void insert(const Request& request, const KernelRecord* record);
  const KernelRecord* find(const Request& request);

 private:
  std::mutex mutex_;
  std::map<cache::Digest, std::shared_future<const KernelRecord*>> kernels_;
};

// TransformerEngine's: a label, a shared mutex, one find to see whether it is there and one to get
// it.
class LabelShape {
 public:
  void insert(const Request& request, const KernelRecord* record);
  const KernelRecord* find(const Request& request);

 private:
  std::shared_mutex mutex_;
  std::unordered_map<std::string, const KernelRecord*> kernels_;
};

// jitify2's: an integer key, a mutex, the entry moved to the front, a shared pointer given out.
class LruShape {
 public:
  void insert(const Request& request, const KernelRecord* record);
  const KernelRecord* find(const Request& request);

 private:
  struct Entry {
    uint64_t key;
    std::shared_ptr<const KernelRecord> record;
  };
  std::shared_ptr<const KernelRecord> use(uint64_t key);

  std::mutex mutex_;
  std::list<Entry> recent_;  // the last used first
  std::unordered_map<uint64_t, std::list<Entry>::iterator> places_;
};

// A thread's last kernel before a map under a mutex: fast for one kernel, no help for several.
class OneEntryShape {
 public:
  void insert(const Request& request, const KernelRecord* record);
  const KernelRecord* find(const Request& request);

 private:
  std::mutex mutex_;
  std::unordered_map<KernelKey, const KernelRecord*, KernelKeyHash> kernels_;
};

// Ours, from the spec, from the spec once packed, and from the handle.
class SpecShape {
 public:
  void insert(const Request& request, const KernelRecord* record);
  const KernelRecord* find(const Request& request) const {
    return table_.find({pack_spec(request.spec), request.key.device});
  }

 protected:
  SnapshotTable<> table_;
};

class PackedShape : public SpecShape {
 public:
  const KernelRecord* find(const Request& request) const { return table_.find(request.key); }
};

class HandleShape {
 public:
  void insert(const Request& request, const KernelRecord* record);
  const KernelRecord* find(const Request& request) const { return kernels_.get(request.handle); }

 private:
  KernelArray kernels_;
};

}  // namespace fp4jit::bench
