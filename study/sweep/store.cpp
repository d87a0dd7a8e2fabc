#include "study/sweep/store.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/files.h"
#include "core/version.h"
#include "study/resolved.h"
#include "study/sweep/columns.h"

namespace cimera::study {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uintmax_t kMostBytes = 64 << 20;  // our choice: a thousand times an ordinary point

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  fail_input({file.string()}, why + "; remove it, and the point is evaluated anew");
}

}  // namespace

std::string PointIdentity::id() const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // http://www.isthe.com/chongo/tech/comp/fnv
  for (const char c : resolved.dump()) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return fmt::format("{:016x}", hash);
}

PointIdentity identity_of(const Inputs& inputs, const std::vector<SweepReading>& readings) {
  Json resolved = study::resolved(inputs);
  resolved["network"].erase("source");
  if (inputs.data) resolved["data"].erase("name");
  if (inputs.calibration) resolved["calibration"].erase("data");
  Json wanted = Json::array();
  for (const auto& [name, reading] : enum_names(static_cast<const SweepReading*>(nullptr)))
    if (std::find(readings.begin(), readings.end(), reading) != readings.end()) wanted.push_back(name);
  return {{{"version", kVersion}, {"readings", wanted}, {"resolved", resolved}}};
}

std::filesystem::path point_file(const std::filesystem::path& folder, const PointIdentity& point) {
  return folder / "points" / (point.id() + ".json");
}

std::optional<PointOutcome> find_point(const std::filesystem::path& folder, const PointIdentity& point,
                                       const std::vector<SweepReading>& readings) {
  const std::filesystem::path file = point_file(folder, point);
  std::error_code missing;
  if (!std::filesystem::exists(file, missing)) return std::nullopt;
  const Json json = Json::parse(read_whole(file, kMostBytes), nullptr, false);
  const bool whole = json.is_object() && json.contains("identity") && json.contains("figures") &&
                     json["figures"].is_object() && json.contains("error") && json["error"].is_string();
  if (!whole) refuse(file, "this is no finished point of a sweep");
  if (json["identity"] != point.resolved) refuse(file, "it holds another point than its name says");
  PointOutcome outcome{json["error"].get<std::string>(), json["figures"]};
  // A point that was stored before a column existed is evaluated again.
  for (const SweepColumn* column : columns_of(readings))
    if (outcome.error.empty() && !outcome.figures.contains(column->name)) return std::nullopt;
  return outcome;
}

void store_point(const std::filesystem::path& folder, const PointIdentity& point, const PointOutcome& outcome) {
  const Json json{{"error", outcome.error}, {"figures", outcome.figures}, {"identity", point.resolved}};
  write_whole(point_file(folder, point), json.dump(1) + "\n");
}

}  // namespace cimera::study
