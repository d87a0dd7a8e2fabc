#include "workloads/onnx/constant.h"

#include <bit>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace cimera::workloads {
namespace {

using onnx::TensorProto;

static_assert(std::endian::native == std::endian::little, "raw_data of ONNX tensors is little-endian");

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// IEEE 754 binary16.
float half_to_float(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int mantissa = bits & 0x3ff;
  float magnitude = 0.0F;
  if (exponent == 0x1f) {
    magnitude = mantissa == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// bfloat16: the upper half of a float.
float bfloat_to_float(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

/// Reads values stored as Stored, either from raw_data or from the typed field that ONNX assigns to the type.
template <class Stored, class Field, class Convert>
auto read_values(const TensorProto& proto, const Field& field, std::int64_t count, const Where& where,
                 const Convert& convert) {
  std::vector<decltype(convert(Stored{}))> values(size(count));
  if (proto.has_raw_data()) {
    const std::string& raw = proto.raw_data();
    if (raw.size() != values.size() * sizeof(Stored)) {
      fail_input(where, fmt::format("{} bytes for {} values of {} bytes", raw.size(), count, sizeof(Stored)));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      Stored stored;
      std::memcpy(&stored, raw.data() + i * sizeof(Stored), sizeof(Stored));
      values[i] = convert(stored);
    }
  } else {
    if (field.size() != count) fail_input(where, fmt::format("{} values for a shape of {}", field.size(), count));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = convert(static_cast<Stored>(field[static_cast<int>(i)]));
  }
  return values;
}

template <class Stored, class Field>
std::vector<std::int64_t> read_ints(const TensorProto& proto, const Field& field, std::int64_t count,
                                    const Where& where) {
  return read_values<Stored>(proto, field, count, where, [](Stored v) { return static_cast<std::int64_t>(v); });
}

void check_finite(const std::vector<float>& values, const Where& where) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      fail_input(where, fmt::format("value {} is {}; only finite values are accepted", i, values[i]));
    }
  }
}

std::string type_name(int type) {
  return TensorProto::DataType_IsValid(type) ? TensorProto::DataType_Name(static_cast<TensorProto::DataType>(type))
                                             : "no ONNX type";
}

}  // namespace

std::int64_t constant_size(const Shape& shape, const Where& where) {
  constexpr std::int64_t kMaxValues = std::int64_t{1} << 28;
  std::int64_t product = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) fail_input(where, fmt::format("shape {} has a negative dimension", format(shape)));
    if (dimension > 0 && product >= kMaxValues / dimension) {
      fail_input(where, fmt::format("shape {} has 2^28 values or more", format(shape)));
    }
    product *= dimension;
  }
  return product;
}

Constant read_constant(const TensorProto& proto, const Where& where) {
  if (proto.data_location() == TensorProto::EXTERNAL || proto.external_data_size() > 0) {
    fail_input(where, "its values are in another file; save the model as one file with all weights inside");
  }
  if (proto.has_segment()) fail_input(where, "it is stored in segments, which ONNX itself does not support");
  Constant constant;
  constant.shape.assign(proto.dims().begin(), proto.dims().end());
  constant.type = proto.data_type();
  const std::int64_t count = constant_size(constant.shape, where);
  const auto narrow = [](double v) { return static_cast<float>(v); };
  switch (proto.data_type()) {
    case TensorProto::FLOAT:
      constant.data = read_values<float>(proto, proto.float_data(), count, where, narrow);
      break;
    case TensorProto::DOUBLE:
      constant.data = read_values<double>(proto, proto.double_data(), count, where, narrow);
      break;
    case TensorProto::FLOAT16:
      constant.data = read_values<std::uint16_t>(proto, proto.int32_data(), count, where, half_to_float);
      break;
    case TensorProto::BFLOAT16:
      constant.data = read_values<std::uint16_t>(proto, proto.int32_data(), count, where, bfloat_to_float);
      break;
    case TensorProto::INT64:
      constant.data = read_ints<std::int64_t>(proto, proto.int64_data(), count, where);
      break;
    case TensorProto::INT32:
      constant.data = read_ints<std::int32_t>(proto, proto.int32_data(), count, where);
      break;
    case TensorProto::INT16:
      constant.data = read_ints<std::int16_t>(proto, proto.int32_data(), count, where);
      break;
    case TensorProto::INT8:
      constant.data = read_ints<std::int8_t>(proto, proto.int32_data(), count, where);
      break;
    case TensorProto::UINT32:
      constant.data = read_ints<std::uint32_t>(proto, proto.uint64_data(), count, where);
      break;
    case TensorProto::UINT16:
      constant.data = read_ints<std::uint16_t>(proto, proto.int32_data(), count, where);
      break;
    case TensorProto::UINT8:
      constant.data = read_ints<std::uint8_t>(proto, proto.int32_data(), count, where);
      break;
    case TensorProto::BOOL:
      constant.data = read_ints<std::uint8_t>(proto, proto.int32_data(), count, where);
      break;
    default:
      fail_input(where,
                 fmt::format("its type is {} ({}); supported are FLOAT, DOUBLE, FLOAT16, BFLOAT16, BOOL, INT8 to "
                             "INT64 and UINT8 to UINT32",
                             proto.data_type(), type_name(proto.data_type())));
  }
  if (constant.is_float()) check_finite(constant.floats(), where);
  return constant;
}

}  // namespace cimera::workloads
