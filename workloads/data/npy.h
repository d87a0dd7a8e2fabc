// NumPy array files (.npy, format versions 1 to 3: numpy.lib.format).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// An array as the file holds it: C order, little-endian.
class NpyArray {
 public:
  /// Reads the bytes of a file. Types: bool, 8 to 64-bit signed and 8 to 32-bit unsigned integers, 32 and 64-bit
  /// floats. Throws Error(kInput) at `where` for Fortran order, big-endian, structured or Python-object arrays, and for
  /// sizes that do not match the shape.
  static NpyArray parse(std::string_view bytes, const Where& where);
  static NpyArray load(const std::string& path);

  const Shape& shape() const { return shape_; }
  std::int64_t count() const { return count_; }        ///< number of values
  const std::string& dtype() const { return dtype_; }  ///< as NumPy writes it without byte order: "u1", "f4"
  bool integer() const { return dtype_[0] != 'f'; }

  /// The values, row-major. floats() rounds what 32-bit floats cannot hold.
  std::vector<float> floats() const { return convert<float>(); }
  std::vector<double> doubles() const { return convert<double>(); }
  /// Throws Error(kRun) for arrays of floats.
  std::vector<std::int64_t> integers() const;

 private:
  template <class T>
  std::vector<T> convert() const;

  Shape shape_;
  std::int64_t count_ = 0;
  std::string dtype_;
  std::string data_;
};

/// The bytes of a .npy file (version 1.0). T is std::uint8_t, std::int32_t, std::int64_t, float or double; `values` has
/// as many entries as the shape says.
template <class T>
std::string npy_bytes(const Shape& shape, std::span<const T> values);

/// Writes such a file whole or not at all; throws Error(kRun) when that fails.
template <class T>
void save_npy(const std::string& path, const Shape& shape, std::span<const T> values);

}  // namespace cimera::workloads
