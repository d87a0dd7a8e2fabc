// `cimera describe network`.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "study/describe.h"
#include "study/file_codes.h"
#include "study/text.h"

namespace cimera::study {
namespace {

using nlohmann::ordered_json;
using workloads::LayerSummary;
using workloads::NetworkSummary;
using Align = TextTable::Align;

/// "block12.q" as the block's name, its number, and the layer's name in it; no number for other names.
struct BlockName {
  std::string block, layer;
  std::int64_t number = -1;
};
BlockName block_name(const std::string& name) {
  const std::size_t dot = name.find('.');
  std::size_t digits = std::min(dot, name.size());
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(name[digits - 1])) != 0) --digits;
  constexpr std::size_t kMostDigits = 6;
  if (dot == std::string::npos || digits == dot || dot - digits > kMostDigits) return {"", name, -1};
  return {name.substr(0, digits), name.substr(dot), std::stoll(name.substr(digits, dot - digits))};
}

/// Layers from `begin` on that belong to one block.
std::size_t block_end(const std::vector<LayerSummary>& layers, std::size_t begin) {
  const BlockName first = block_name(layers[begin].name);
  std::size_t end = begin;
  while (end < layers.size() && block_name(layers[end].name).number == first.number &&
         block_name(layers[end].name).block == first.block)
    ++end;
  return first.number < 0 ? begin : end;
}

/// Whether layers [a, a + count) and [b, b + count) are blocks of equal layers, the second one later by one.
bool equal_blocks(const std::vector<LayerSummary>& layers, std::size_t a, std::size_t b, std::size_t count) {
  if (b + count > layers.size() || block_end(layers, b) != b + count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const LayerSummary &left = layers[a + i], &right = layers[b + i];
    const BlockName x = block_name(left.name), y = block_name(right.name);
    if (x.layer != y.layer || x.block != y.block || left.op != right.op || left.input != right.input ||
        left.output != right.output || left.weights != right.weights)
      return false;
  }
  return true;
}

std::string bytes(std::int64_t count) { return si_text(static_cast<double>(count), "B"); }

void row(const LayerSummary& layer, TextTable& table) {
  table.row({layer.name, layer.op, workloads::format(layer.input), workloads::format(layer.output),
             layer.macs > 0 ? grouped(layer.macs) : "", layer.weights > 0 ? grouped(layer.weights) : "",
             layer.activation_bytes > 0 ? bytes(layer.activation_bytes) : ""});
}

void rows(const std::vector<LayerSummary>& layers, TextTable& table) {
  for (std::size_t at = 0; at < layers.size();) {
    const std::size_t end = block_end(layers, at), count = end - at;
    if (count == 0) {
      row(layers[at++], table);
      continue;
    }
    for (std::size_t i = at; i < end; ++i) row(layers[i], table);
    std::size_t next = end;
    while (equal_blocks(layers, at, next, count)) next += count;
    const auto number_of = [&](std::size_t i) {
      const BlockName name = block_name(layers[i].name);
      return name.block + std::to_string(name.number);
    };
    if (next > end) {
      const std::string names = next == end + count ? number_of(end) : number_of(end) + " .. " + number_of(next - 1);
      table.row({names, "as " + number_of(at), "", "", "", "", ""});
    }
    at = next;
  }
}

}  // namespace

std::string describe_text(const workloads::Network& network, const NetworkSummary& s) {
  TextTable table;
  table.column("layer", Align::kLeft);
  table.column("operation", Align::kLeft);
  table.column("input", Align::kLeft);
  table.column("output", Align::kLeft);
  table.column("MACs");
  table.column("weights");
  table.column("activations");
  rows(s.layers, table);
  const auto shape = [&](workloads::TensorId id) { return workloads::format(network.tensor(id).shape); };
  std::string totals =
      fmt::format("in all: {} multiply-accumulates for one sample, {} weights\n", grouped(s.macs), grouped(s.weights));
  totals += fmt::format(
      "at {}-bit weights and {}-bit activations: weights {}, activations {}, at most {} of them at "
      "once",
      s.weight_bits, s.activation_bits, bytes(s.weight_bytes), bytes(s.activation_bytes),
      bytes(s.peak_activation_bytes));
  if (s.kv_bytes > 0) totals += fmt::format("; keys and values {}", bytes(s.kv_bytes));
  totals +=
      fmt::format("; arithmetic intensity {:.4g} operations per byte that has to move at least once\n", s.intensity);
  std::string more;
  if (const workloads::FileCodes codes = workloads::file_codes(network); codes.any())
    more = wrapped(file_codes_text(codes), 0);
  const std::size_t line = totals.find('\n') + 1;
  return wrapped(fmt::format("{} ({}): reads {}, gives {}", network.name, network.source, shape(network.input),
                             shape(network.output)),
                 2) +
         "\n" + table.str() + "\n" + totals.substr(0, line) + wrapped(totals.substr(line), 0) + more;
}

std::string describe_json(const workloads::Network& network, const NetworkSummary& s) {
  ordered_json layers = ordered_json::array();
  for (const LayerSummary& layer : s.layers)
    layers.push_back({{"name", layer.name},
                      {"op", layer.op},
                      {"input", layer.input},
                      {"output", layer.output},
                      {"macs", layer.macs},
                      {"weights", layer.weights},
                      {"activation_bytes", layer.activation_bytes}});
  ordered_json json{{"name", network.name},
                    {"source", network.source},
                    {"input", network.tensor(network.input).shape},
                    {"output", network.tensor(network.output).shape},
                    {"macs", s.macs},
                    {"weights", s.weights},
                    {"biases", s.biases},
                    {"weight_bits", s.weight_bits},
                    {"activation_bits", s.activation_bits},
                    {"weight_bytes", s.weight_bytes},
                    {"activation_bytes", s.activation_bytes},
                    {"peak_activation_bytes", s.peak_activation_bytes},
                    {"kv_bytes", s.kv_bytes},
                    {"operations_per_byte", s.intensity},
                    {"layers", layers}};
  if (const workloads::FileCodes codes = workloads::file_codes(network); codes.any())
    json["file_codes"] = file_codes_json(codes);
  return json.dump(2) + "\n";
}

}  // namespace cimera::study
