#include "cache/record_file.h"

#include <cerrno>

namespace fp4jit::cache {
namespace {

constexpr size_t kMostBytes = size_t{64} << 20;  // far beyond any kernel

}  // namespace

RecordFile read_record_file(FileSystem& files, const std::string& path,
                            const std::optional<ObjectName>& name) {
  RecordFile file;
  std::string bytes;
  file.status = files.read_file(path, kMostBytes, &bytes);
  if (file.status == EFBIG) file.damage = "size";
  if (file.status != 0) return file;
  file.bytes = bytes.size();
  file.decoded = decode_record(bytes);
  const Record& record = file.decoded.record;
  switch (file.decoded.fault) {
    case RecordFault::kDamaged:
      file.damage = file.decoded.reason;
      break;
    case RecordFault::kNone:
      if (name != ObjectName{record.key, record.toolchain}) file.damage = "name";
      break;
    case RecordFault::kOtherVersion:
      break;
  }
  return file;
}

}  // namespace fp4jit::cache
