#include "device/library_table.h"

namespace fp4jit {

Result<CUlibrary> LibraryTable::load(const DriverApi& api, LibraryKey key,
                                     const std::string& image) {
  std::lock_guard lock(mutex_);
  auto known = libraries_.find(key);
  if (known != libraries_.end()) return known->second;
  CUlibrary library = nullptr;
  CUresult result =
      api.library_load_data(&library, image.c_str(), nullptr, nullptr, 0, nullptr, nullptr, 0);
  FP4JIT_RETURN_IF_ERROR(driver_status(api, result, "cuLibraryLoadData"));
  libraries_.emplace(key, library);
  return library;
}

LibraryTable& process_library_table() {
  // Outlives every destructor that might still launch.
  static LibraryTable* table = new LibraryTable;
  return *table;
}

}  // namespace fp4jit
