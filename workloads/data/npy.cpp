#include "workloads/data/npy.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <type_traits>

#include <fmt/format.h>

#include "core/files.h"
#include "workloads/data/npy_header.h"

namespace cimera::workloads {
namespace {

static_assert(std::endian::native == std::endian::little, ".npy files are read and written as little-endian");

/// NumPy's name of a type, the letter and the bytes of a value.
template <class T>
std::string dtype_of() {
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  return fmt::format("{}{}", kind, sizeof(T));
}

/// Calls visit(T{}) with the C++ type that `dtype` names; false when it names none of those that are supported.
template <class Visit>
bool with_type(std::string_view dtype, const Visit& visit) {
  const auto attempt = [&]<class T>(T zero) {
    if (dtype != dtype_of<T>() && !(std::is_same_v<T, std::uint8_t> && dtype == "b1")) return false;
    visit(zero);
    return true;
  };
  return attempt(std::uint8_t{}) || attempt(std::int8_t{}) || attempt(std::uint16_t{}) || attempt(std::int16_t{}) ||
         attempt(std::uint32_t{}) || attempt(std::int32_t{}) || attempt(std::int64_t{}) || attempt(float{}) ||
         attempt(double{});
}

/// Number of values, at most 2^40: more would be no array that fits a memory.
std::int64_t value_count(const Shape& shape, const Where& where) {
  constexpr std::int64_t kMaxCount = std::int64_t{1} << 40;
  std::int64_t count = 1;
  for (const std::int64_t size : shape) {
    if (size > 0 && count > kMaxCount / size) {
      fail_input(where, fmt::format("shape {} has more than 2^40 values", format(shape)));
    }
    count *= size;
  }
  return count;
}

}  // namespace

NpyArray NpyArray::parse(std::string_view bytes, const Where& where) {
  const NpyHeader header = parse_npy_header(bytes, where);
  if (header.fortran_order) {
    fail_input(where, "the array is in Fortran order; save numpy.ascontiguousarray(x) instead");
  }
  if (header.descr.size() < 3 || std::string_view("<|=").find(header.descr[0]) == std::string_view::npos) {
    fail_input(where, fmt::format("type '{}' is not little-endian; save x.astype('<f4') instead", header.descr));
  }
  NpyArray array;
  array.dtype_ = header.descr.substr(1);
  std::size_t width = 0;
  if (!with_type(array.dtype_, [&](auto zero) { width = sizeof zero; })) {
    fail_input(where, fmt::format("type '{}' is not supported; supported are b1, u1, i1, u2, i2, u4, i4, i8, f4 and f8",
                                  header.descr));
  }
  array.shape_ = header.shape;
  array.count_ = value_count(header.shape, where);
  const std::string_view data = bytes.substr(header.data_offset);
  const std::size_t needed = static_cast<std::size_t>(array.count_) * width;
  if (data.size() != needed) {
    fail_input(where, fmt::format("{} bytes of data for shape {} of '{}', which needs {}", data.size(),
                                  format(array.shape_), array.dtype_, needed));
  }
  array.data_ = data;
  return array;
}

NpyArray NpyArray::load(const std::string& path) { return parse(read_whole(path), Where{path}); }

template <class T>
std::vector<T> NpyArray::convert() const {
  std::vector<T> out(static_cast<std::size_t>(count_));
  with_type(dtype_, [&]<class Stored>(Stored) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      Stored stored;
      std::memcpy(&stored, data_.data() + i * sizeof(Stored), sizeof(Stored));
      out[i] = static_cast<T>(stored);
    }
  });
  return out;
}

template std::vector<float> NpyArray::convert<float>() const;
template std::vector<double> NpyArray::convert<double>() const;

std::vector<std::int64_t> NpyArray::integers() const {
  if (!integer()) fail_run(fmt::format("an array of '{}' was read as integers", dtype_));
  return convert<std::int64_t>();
}

template <class T>
std::string npy_bytes(const Shape& shape, std::span<const T> values) {
  assert(static_cast<std::int64_t>(values.size()) == value_count(shape, {}));
  std::string bytes = format_npy_header((sizeof(T) == 1 ? '|' : '<') + dtype_of<T>(), shape);
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return bytes;
}

template <class T>
void save_npy(const std::string& path, const Shape& shape, std::span<const T> values) {
  write_whole(path, npy_bytes(shape, values));
}

template std::string npy_bytes(const Shape&, std::span<const std::uint8_t>);
template std::string npy_bytes(const Shape&, std::span<const std::int32_t>);
template std::string npy_bytes(const Shape&, std::span<const std::int64_t>);
template std::string npy_bytes(const Shape&, std::span<const float>);
template std::string npy_bytes(const Shape&, std::span<const double>);
template void save_npy(const std::string&, const Shape&, std::span<const std::uint8_t>);
template void save_npy(const std::string&, const Shape&, std::span<const std::int32_t>);
template void save_npy(const std::string&, const Shape&, std::span<const std::int64_t>);
template void save_npy(const std::string&, const Shape&, std::span<const float>);
template void save_npy(const std::string&, const Shape&, std::span<const double>);

}  // namespace cimera::workloads
