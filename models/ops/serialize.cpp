#include "models/ops/serialize.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/error.h"

// CBOR through nlohmann-json: every struct as an object of its members, every variant as [index, value].

using nlohmann::json;

template <>
struct nlohmann::adl_serializer<cimera::Duration> {
  static void to_json(json& j, const cimera::Duration& d) { j = d.fs(); }
  static void from_json(const json& j, cimera::Duration& d) { d = cimera::Duration::fs(j.get<std::int64_t>()); }
};

template <class Tag>
struct nlohmann::adl_serializer<cimera::Id<Tag>> {
  static void to_json(json& j, const cimera::Id<Tag>& id) { j = id.value(); }
  static void from_json(const json& j, cimera::Id<Tag>& id) { id = cimera::Id<Tag>(j.get<std::uint32_t>()); }
};

template <>
struct nlohmann::adl_serializer<cimera::ops::Counts> {
  static void to_json(json& j, const cimera::ops::Counts& counts) {
    j = json::array();
    for (const auto& row : cimera::ops::event_table()) j.push_back(counts[row.event]);
  }
  static void from_json(const json& j, cimera::ops::Counts& counts) {
    for (const auto& row : cimera::ops::event_table()) counts[row.event] = j.at(static_cast<std::size_t>(row.event));
  }
};

template <>
struct nlohmann::adl_serializer<cimera::ops::Histogram> {
  static void to_json(json& j, const cimera::ops::Histogram& histogram) {
    j = std::vector<std::int64_t>(histogram.counts().begin(), histogram.counts().end());
  }
  static void from_json(const json& j, cimera::ops::Histogram& histogram) {
    histogram = cimera::ops::Histogram(j.get<std::vector<std::int64_t>>());
  }
};

template <>
struct nlohmann::adl_serializer<cimera::ops::StateTimes> {
  static void to_json(json& j, const cimera::ops::StateTimes& times) {
    j = json::array();
    for (const auto& row : cimera::ops::unit_state_table()) j.push_back(times[row.state]);
  }
  static void from_json(const json& j, cimera::ops::StateTimes& times) {
    for (const auto& row : cimera::ops::unit_state_table())
      times[row.state] = j.at(static_cast<std::size_t>(row.state)).get<cimera::Duration>();
  }
};

template <>
struct nlohmann::adl_serializer<cimera::ops::WaitTimes> {
  static void to_json(json& j, const cimera::ops::WaitTimes& times) {
    j = json::array();
    for (const auto& row : cimera::ops::wait_table()) j.push_back(times[row.wait]);
  }
  static void from_json(const json& j, cimera::ops::WaitTimes& times) {
    for (const auto& row : cimera::ops::wait_table())
      times[row.wait] = j.at(static_cast<std::size_t>(row.wait)).get<cimera::Duration>();
  }
};

namespace cimera::ops {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Unit, name, kind, component, beat, beat_bits, latency, enters, leaves)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Hop, unit, beats, head, varies)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Mvm, place, first, last, steps, driven_rows, used_columns, row_sums, merges,
                                   fetch_bits, register_bits, result_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Transfer, what, tensor, begin, end, from, to, element_bits, images)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Digital, function, layer, place, begin, end, element_bits, fetch_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostCompute, layer, place, flops, cache_bits, core_clocks, l2_bits, l3_bits,
                                   fill_bits, write_back_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WriteCells, place, first, last, cells)

namespace {

template <std::size_t I = 0>
Work work_at(std::size_t index, const json& value) {
  if constexpr (I == std::variant_size_v<Work>) {
    throw std::out_of_range("work index");
  } else {
    return index == I ? Work(value.get<std::variant_alternative_t<I, Work>>()) : work_at<I + 1>(index, value);
  }
}

}  // namespace

void to_json(json& j, const Work& work) {
  std::visit([&](const auto& value) { j = json::array({work.index(), value}); }, work);
}
void from_json(const json& j, Work& work) { work = work_at(j.at(0).get<std::size_t>(), j.at(1)); }

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Op, work, path, items, items_last)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Task, name, layer, op, blocks, iterations, in_flight)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Rate, a, d, last, first)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Edge, from, to, row, column, from_columns, to_columns, lag, capacity, whole)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Program, machine, units, tasks, edges, layer_names)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BeatTables, seed, tasks)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TimingRequest, program, skip_periods, beats, passages)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TimingResult, finished, makespan, task_start, task_end, block_end, task_busy,
                                   task_waits, unit_times, layer_counts, drawn, skipped_blocks)

namespace {

// Before the CBOR stand eight bytes that say what it is, and the eight of its FNV-1a hash: damaged bytes are told from
// whole ones before anything is made of them.
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kTag = 8, kHead = kTag + sizeof(std::uint64_t);
constexpr std::string_view kRequest = "cimeraQ1", kResult = "cimeraR1";

std::uint64_t hash(std::span<const std::uint8_t> bytes) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (const std::uint8_t byte : bytes) h = (h ^ byte) * 0x100000001b3;
  return h;
}

Bytes wrap(std::string_view tag, const json& value) {
  Bytes bytes(tag.begin(), tag.end());
  bytes.resize(kHead);
  json::to_cbor(value, bytes);
  const std::uint64_t h = hash(std::span(bytes).subspan(kHead));
  std::memcpy(bytes.data() + kTag, &h, sizeof h);
  return bytes;
}

template <class T>
T parse(std::span<const std::uint8_t> bytes, std::string_view tag, const std::string& what) {
  std::uint64_t written = 0;
  const bool whole = bytes.size() >= kHead && std::equal(tag.begin(), tag.end(), bytes.begin());
  if (whole) std::memcpy(&written, bytes.data() + kTag, sizeof written);
  if (!whole || hash(bytes.subspan(kHead)) != written)
    fail_run("cannot read a " + what + ": these " + std::to_string(bytes.size()) + " bytes are not one, or damaged");
  try {
    return json::from_cbor(bytes.begin() + kHead, bytes.end()).get<T>();
  } catch (const json::exception& e) {
    fail_run("cannot read a " + what + ": " + e.what());
  } catch (const std::out_of_range& e) {
    fail_run("cannot read a " + what + ": " + e.what());
  }
}

}  // namespace

Bytes to_bytes(const TimingRequest& request) { return wrap(kRequest, request); }
Bytes to_bytes(const TimingResult& result) { return wrap(kResult, result); }
TimingRequest timing_request(std::span<const std::uint8_t> bytes) {
  return parse<TimingRequest>(bytes, kRequest, "timing request");
}
TimingResult timing_result(std::span<const std::uint8_t> bytes) {
  return parse<TimingResult>(bytes, kResult, "timing result");
}

}  // namespace cimera::ops
