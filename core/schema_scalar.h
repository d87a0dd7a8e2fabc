// How one value of a file becomes a C++ value and back, for each type that a parameter may have.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/duration.h"
#include "core/error.h"
#include "core/quantity.h"

namespace cimera {

/// The names of an enum's values in files. An enum of a schema has `EnumNames<E> enum_names(const E*)` beside it.
template <class E>
using EnumNames = std::vector<std::pair<std::string, E>>;

namespace detail {

/// A scalar of a file on its way into a parameter.
struct Text {
  const std::string& text;
  const std::string& path;
  const Where& where;
};

/// How values of one C++ type are read from text and printed.
struct Scalar {
  std::string kind;     ///< "voltage (V, mV)"
  Dim dim;              ///< of numbers
  bool figure = false;  ///< a number: it has a source, and may have a range
  std::function<void(const Text& from, void* to)> read;
  std::function<std::string(const void*)> print;
  std::function<double(const void*)> number;  ///< the SI value, of numbers
};

double read_number(const Text& from, Dim dim);
std::int64_t read_whole(const Text& from, std::int64_t lowest, std::int64_t highest);
bool read_bool(const Text& from);
std::size_t read_choice(const Text& from, const std::vector<std::string>& names);

template <class V>
Scalar number_scalar(Dim dim, V (*make)(double), double (*si)(const V&)) {
  Scalar scalar{dim == Dim{} ? "number" : dim_name(dim) + " (" + dim_units(dim) + ")", dim, true, {}, {}, {}};
  scalar.read = [dim, make](const Text& from, void* to) { *static_cast<V*>(to) = make(read_number(from, dim)); };
  scalar.print = [dim, si](const void* value) { return format_si(si(*static_cast<const V*>(value)), dim); };
  scalar.number = [si](const void* value) { return si(*static_cast<const V*>(value)); };
  return scalar;
}

template <Dim D>
Scalar scalar_for(const Quantity<D>*) {
  using Q = Quantity<D>;
  return number_scalar<Q>(
      D, [](double v) { return Q::si(v); }, [](const Q& q) { return q.si(); });
}
inline Scalar scalar_for(const double*) {
  return number_scalar<double>(
      Dim{}, [](double v) { return v; }, [](const double& v) { return v; });
}
Scalar scalar_for(const Duration*);
Scalar scalar_for(const bool*);
Scalar scalar_for(const std::string*);

template <std::integral I>
Scalar scalar_for(const I*) {
  using Limits = std::numeric_limits<I>;
  constexpr auto kHighest =
      static_cast<std::int64_t>(std::min<std::uint64_t>(Limits::max(), std::numeric_limits<std::int64_t>::max()));
  Scalar scalar{"whole number", {}, true, {}, {}, {}};
  scalar.read = [](const Text& from, void* to) {
    *static_cast<I*>(to) = static_cast<I>(read_whole(from, static_cast<std::int64_t>(Limits::min()), kHighest));
  };
  scalar.print = [](const void* value) { return std::to_string(*static_cast<const I*>(value)); };
  scalar.number = [](const void* value) { return static_cast<double>(*static_cast<const I*>(value)); };
  return scalar;
}

template <class E>
requires std::is_enum_v<E> Scalar scalar_for(const E* tag) {
  const EnumNames<E> table = enum_names(tag);
  std::vector<std::string> names;
  Scalar scalar{"one of:", {}, false, {}, {}, {}};
  for (const auto& [name, value] : table) {
    scalar.kind += (names.empty() ? " " : ", ") + name;
    names.push_back(name);
  }
  scalar.read = [table, names](const Text& from, void* to) {
    *static_cast<E*>(to) = table[read_choice(from, names)].second;
  };
  scalar.print = [table](const void* value) {
    for (const auto& [name, known] : table)
      if (known == *static_cast<const E*>(value)) return name;
    return std::string("a value without a name");
  };
  return scalar;
}

}  // namespace detail
}  // namespace cimera
