// One description per parameter struct. From it come the loader, `describe`, the tables of the docs and `--set`.
//
//   struct CellParams { Ohms r_on; Volts v_read; double drift = 0; std::optional<double> sigma; };
//   inline Schema<CellParams> schema(const CellParams*) {   // found by argument-dependent lookup
//     return Schema<CellParams>("reram", "a filamentary cell")
//         .need("r_on", &CellParams::r_on, "resistance when on").range(100_Ohm, 1_GOhm)
//         .need("v_read", &CellParams::v_read, "read voltage").positive()
//         .opt("drift", &CellParams::drift, "exponent of the drift law", "no drift").range(0, 0.2)
//         .need("sigma", &CellParams::sigma, "relative error of programming; may be unknown")
//         .check("r_on must ...", [](const CellParams& p) { return ...; });
//   }
//   Loaded<CellParams> cell = load<CellParams>(read_document("x.yaml", find_base, overrides));
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/schema_detail.h"
#include "core/tree.h"

namespace cimera {

/// How the source of a value begins that the file left out.
inline constexpr std::string_view kDefaultSource = "default of cimera: ";

/// One parameter, for people: `cimera describe` and the docs are lists of these.
struct FieldInfo {
  std::string path;      ///< "tile.adc.power"; "parts.<name>.power" and "rules.<n>.after" in a table without values
  std::string kind;      ///< "power (mW, W)", "whole number", "one of: a, b", "text", ..., or unknown
  std::string value;     ///< "16 mW", "unknown"; empty in a table without values
  std::string range;     ///< "1 uS .. 10 mS", "> 0", or empty
  std::string meaning;   ///< what the parameter is
  std::string source;    ///< where a number or a default comes from; empty for text and switches
  std::string fallback;  ///< the default, or empty when the parameter must be given

  Dim dim;                       ///< of a number
  std::optional<double> number;  ///< SI value of one number, not rounded as `value` is; none for all else
};

/// A struct that was read from a file, and where each of its values comes from.
template <class T>
struct Loaded {
  T value;
  std::vector<FieldInfo> fields;  ///< every parameter in the order of the schema, defaults included
  Where where;                    ///< of the document
};

/// Whether every number must name its source: yes in a catalog, no in what a user asks for (sweeps, data files).
enum class Figures { kSourced, kFree };

/// The description of T. Members may be Quantity, Duration, double, whole numbers, bool, std::string, enums (with
/// `EnumNames<E> enum_names(const E*)`), vectors of these, and std::optional of these (the file may then say
/// `unknown`); through `group` also structs that have a schema, in std::optional (may be left out), std::vector and
/// std::map<std::string, ...>.
template <class T>
class Schema {
 public:
  /// `name` is what messages call the whole; `meaning` what it is.
  Schema(std::string name, std::string meaning) { data_.name = std::move(name), data_.meaning = std::move(meaning); }

  /// A parameter that the file must give.
  template <class V, class U>
  Schema& need(std::string key, V U::*member, std::string meaning) {
    data_.fields.push_back(detail::scalar_field<T>(std::move(key), member, std::move(meaning)));
    return *this;
  }
  /// A parameter with a default: what a default-constructed T holds. `fallback_meaning` says why it is harmless or
  /// right; it is printed as the source of the value.
  template <class V, class U>
  Schema& opt(std::string key, V U::*member, std::string meaning, std::string fallback_meaning) {
    need(std::move(key), member, std::move(meaning));
    data_.fields.back().needed = false;
    data_.fields.back().fallback_meaning = std::move(fallback_meaning);
    return *this;
  }
  /// A struct with a schema of its own, under its own key.
  template <class V, class U>
  Schema& group(std::string key, V U::*member, std::string meaning) {
    data_.fields.push_back(detail::group_field<T>(std::move(key), member, std::move(meaning)));
    return *this;
  }

  /// Bounds of the parameter named last, both allowed. They hold for each element of a list.
  template <Dim D>
  Schema& range(Quantity<D> lowest, Quantity<D> highest) {
    return bound(D, {lowest.si(), highest.si(), false});
  }
  Schema& range(double lowest, double highest) { return bound(Dim{}, {lowest, highest, false}); }
  template <Dim D>
  Schema& at_least(Quantity<D> lowest) {
    return bound(D, {lowest.si(), std::numeric_limits<double>::infinity(), false});
  }
  Schema& at_least(double lowest) { return bound(Dim{}, {lowest, std::numeric_limits<double>::infinity(), false}); }
  /// Above zero, zero excluded.
  Schema& positive() {
    data_.bound_last(std::nullopt, {0.0, std::numeric_limits<double>::infinity(), true});
    return *this;
  }
  /// At least one of these keys must be given: "power" or "energy". Each is an `opt`.
  Schema& any_of(std::vector<std::string> keys) {
    data_.any_of.push_back(std::move(keys));
    return *this;
  }
  /// A rule over several parameters, checked when all are read: "r_on must be below r_off".
  Schema& check(std::string rule, std::function<bool(const T&)> holds) {
    data_.rules.push_back({std::move(rule), [holds = std::move(holds)](const void* object) {
                             return holds(*static_cast<const T*>(object));
                           }});
    return *this;
  }

  const detail::Structure& structure() const { return data_; }

 private:
  Schema& bound(Dim dim, detail::Range range) {
    data_.bound_last(dim, range);
    return *this;
  }

  detail::Structure data_;
};

/// Fills a T from the tree, all or nothing: unknown, missing or doubled keys, wrong units, values out of range, and
/// numbers without a source throw Error(kInput).
template <class T>
Loaded<T> load(const Node& tree, Figures figures = Figures::kSourced) {
  Loaded<T> loaded{T{}, {}, tree.where};
  const detail::Structure& structure = detail::structure_of<T>();
  const detail::SourceByPath sources = detail::load(structure, &loaded.value, tree, figures == Figures::kSourced);
  const T defaults{};
  loaded.fields = detail::describe(structure, &loaded.value, &defaults, sources);
  return loaded;
}

/// Every parameter of a value, without sources.
template <class T>
std::vector<FieldInfo> describe(const T& value) {
  const T defaults{};
  return detail::describe(detail::structure_of<T>(), &value, &defaults, {});
}

/// Every parameter of T, without values: the table of the docs.
template <class T>
std::vector<FieldInfo> schema_table() {
  const T defaults{};
  return detail::describe(detail::structure_of<T>(), nullptr, &defaults, {});
}

}  // namespace cimera
