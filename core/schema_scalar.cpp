#include "core/schema_scalar.h"

#include <charconv>

namespace cimera::detail {
namespace {

[[noreturn]] void refuse(const Text& from, const std::string& reason) {
  fail_input(from.where, from.path + " = " + from.text + ": " + reason);
}

}  // namespace

double read_number(const Text& from, Dim dim) { return parse_quantity(from.text, dim, from.where, from.path); }

std::int64_t read_whole(const Text& from, std::int64_t lowest, std::int64_t highest) {
  std::int64_t value = 0;
  const char* end = from.text.data() + from.text.size();
  const auto [rest, status] = std::from_chars(from.text.data(), end, value);
  const bool whole = rest == end && !from.text.empty();
  if (whole && (status == std::errc::result_out_of_range || value < lowest || value > highest)) {
    refuse(from, "expected a whole number in " + std::to_string(lowest) + " .. " + std::to_string(highest));
  }
  if (!whole || status != std::errc{}) refuse(from, "expected a whole number");
  return value;
}

bool read_bool(const Text& from) {
  if (from.text != "true" && from.text != "false") refuse(from, "expected true or false");
  return from.text == "true";
}

std::size_t read_choice(const Text& from, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == from.text) return i;
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  refuse(from, "expected one of: " + all + did_you_mean(from.text, names));
}

Scalar scalar_for(const Duration*) {
  const Dim time = Seconds::kDim;
  Scalar scalar{dim_name(time) + " (" + dim_units(time) + ")", time, true, {}, {}, {}};
  scalar.read = [time](const Text& from, void* to) {
    const Seconds seconds = Seconds::si(read_number(from, time));
    try {
      *static_cast<Duration*>(to) = Duration::from(seconds);
    } catch (const Error&) {
      refuse(from, "expected a time in 0 .. 9223 s");
    }
  };
  scalar.print = [](const void* value) { return format(*static_cast<const Duration*>(value)); };
  scalar.number = [](const void* value) { return static_cast<const Duration*>(value)->seconds().si(); };
  return scalar;
}

Scalar scalar_for(const bool*) {
  Scalar scalar{"true or false", {}, false, {}, {}, {}};
  scalar.read = [](const Text& from, void* to) { *static_cast<bool*>(to) = read_bool(from); };
  scalar.print = [](const void* value) { return std::string(*static_cast<const bool*>(value) ? "true" : "false"); };
  return scalar;
}

Scalar scalar_for(const std::string*) {
  Scalar scalar{"text", {}, false, {}, {}, {}};
  scalar.read = [](const Text& from, void* to) { *static_cast<std::string*>(to) = from.text; };
  scalar.print = [](const void* value) { return *static_cast<const std::string*>(value); };
  return scalar;
}

}  // namespace cimera::detail
