// NumPy archives (.npz): zip files with one .npy member per array.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workloads/data/npy.h"

namespace cimera::workloads {

/// An open archive. Throws Error(kInput) naming the file, and the member, for what is missing or damaged.
class NpzFile {
 public:
  explicit NpzFile(const std::string& path);
  ~NpzFile();
  NpzFile(const NpzFile&) = delete;
  NpzFile& operator=(const NpzFile&) = delete;

  /// Names of the arrays (members without ".npy"), in the order of the file.
  std::vector<std::string> names() const;
  NpyArray read(const std::string& name) const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace cimera::workloads
