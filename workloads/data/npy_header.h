// The header of a .npy file: a Python dictionary literal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// What the header says, and where the data start.
struct NpyHeader {
  std::string descr;  ///< "<f4": byte order and type
  bool fortran_order = false;
  Shape shape;  ///< entries of 0 or more; empty for a scalar
  std::size_t data_offset = 0;
};

/// Throws Error(kInput) at `where` for what is no .npy file of version 1 to 3, and for structured types.
NpyHeader parse_npy_header(std::string_view bytes, const Where& where);

/// Magic, version 1.0 and dictionary, padded so that the data start at a multiple of 64 bytes.
std::string format_npy_header(const std::string& descr, const Shape& shape);

}  // namespace cimera::workloads
