#include "models/ops/serialize.h"

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

namespace cimera::ops {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Unit, name, kind, component, beat, beat_bits, latency)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Hop, unit, beats, head)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Mvm, first, last, steps, driven_rows, used_columns, row_sums, merges, fetch_bits,
                                   register_bits, result_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Transfer, what, tensor, begin, end, element_bits, images)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Digital, function, layer, begin, end, element_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostCompute, layer, flops, cache_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WriteCells, first, last, cells)

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
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Edge, from, to, row, column, from_columns, to_columns, lag, capacity)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Program, machine, units, tasks, edges, layer_names)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TimingRequest, program, skip_periods)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TimingResult, makespan, task_start, task_end, block_end, task_busy, layer_counts,
                                   skipped_blocks)

namespace {

template <class T>
T parse(std::span<const std::uint8_t> bytes, const char* what) {
  try {
    return json::from_cbor(bytes.begin(), bytes.end()).get<T>();
  } catch (const json::exception& e) {
    fail_run(std::string("cannot read a ") + what + ": " + e.what());
  } catch (const std::out_of_range& e) {
    fail_run(std::string("cannot read a ") + what + ": " + e.what());
  }
}

}  // namespace

std::vector<std::uint8_t> to_bytes(const TimingRequest& request) { return json::to_cbor(json(request)); }
std::vector<std::uint8_t> to_bytes(const TimingResult& result) { return json::to_cbor(json(result)); }
TimingRequest timing_request(std::span<const std::uint8_t> b) { return parse<TimingRequest>(b, "timing request"); }
TimingResult timing_result(std::span<const std::uint8_t> b) { return parse<TimingResult>(b, "timing result"); }

}  // namespace cimera::ops
