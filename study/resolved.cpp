#include "study/resolved.h"

#include <bit>
#include <cstdint>
#include <span>

#include <fmt/format.h>

#include "study/experiment.h"
#include "study/file_codes.h"
#include "workloads/random_tensors.h"

namespace cimera::study {
namespace {

using nlohmann::ordered_json;

/// FNV-1a over the bits of numbers (http://www.isthe.com/chongo/tech/comp/fnv): tells two inputs apart, no more.
class Fingerprint {
 public:
  void add(std::uint32_t word) {
    for (int shift = 0; shift < 32; shift += 8) hash_ = (hash_ ^ (word >> shift & 0xff)) * 0x100000001b3ULL;
  }
  void add(std::span<const float> values) {
    for (const float value : values) add(std::bit_cast<std::uint32_t>(value));
  }
  std::string text() const { return fmt::format("fnv1a64:{:016x}", hash_); }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

ordered_json describe_network(const Inputs& inputs) {
  const workloads::Network& network = inputs.network;
  Fingerprint print;
  for (const workloads::Tensor& tensor : network.tensors) {
    for (const std::int64_t size : tensor.shape) print.add(static_cast<std::uint32_t>(size));
    print.add(tensor.values);
  }
  ordered_json json{
      {"name", network.name},
      {"source", network.source},
      {"synthetic", inputs.synthetic_network},
      {"random_tensors", inputs.random_tensors ? ordered_json(workloads::kRandomTensors) : ordered_json(nullptr)},
      {"input", workloads::format(network.tensor(network.input).shape)},
      {"layers", network.layers.size()},
      {"macs", workloads::macs(network)},
      {"weights", workloads::weight_count(network)},
      {"fingerprint", print.text()}};
  if (inputs.codes.any()) json["file_codes"] = file_codes_json(inputs.codes);
  return json;
}

ordered_json describe_data(const Inputs& inputs) {
  if (!inputs.data) return {{"name", nullptr}, {"why", inputs.no_accuracy}};
  const workloads::Batch& samples = inputs.data->samples;
  Fingerprint print;
  print.add(samples.values);
  for (const std::int32_t label : samples.labels) print.add(static_cast<std::uint32_t>(label));
  const workloads::InputTransform& transform = inputs.experiment.transform;
  return {{"name", inputs.data->name},
          {"synthetic", inputs.synthetic_data},
          {"shape", workloads::format(samples.shape)},
          {"available", samples.count},
          {"samples", inputs.samples},
          {"labels", !samples.labels.empty()},
          {"input_scale", transform.scale},
          {"input_mean", transform.mean},
          {"input_std", transform.std},
          {"fingerprint", print.text()}};
}

ordered_json describe_calibration(const Inputs& inputs) {
  if (!inputs.calibration) return nullptr;
  Fingerprint print;
  print.add(inputs.calibration->batch.values);
  return {{"method", name_of(calibration_names(), inputs.experiment.calibration)},
          {"data", inputs.calibration->name},
          {"samples", inputs.calibration->batch.count},
          {"on_evaluation_samples", inputs.calibration->from_evaluation},
          {"fingerprint", print.text()}};
}

ordered_json parameters(const std::vector<FieldInfo>& fields) {
  ordered_json table = ordered_json::object();
  for (const FieldInfo& field : fields) table[field.path] = {{"value", field.value}, {"source", field.source}};
  return table;
}

ordered_json describe_machine(const Machine& machine) {
  ordered_json json;
  json["precision"] = precision(machine);
  json["parameters"] = parameters(machine.spec.fields);
  if (machine.cell) {
    json["cell"] = {{"name", machine.cell_name}, {"parameters", parameters(machine.cell->fields)}};
    json["host"] = {{"name", machine.host.name}, {"parameters", parameters(machine.host.fields)}};
  }
  return json;
}

}  // namespace

ordered_json precision(const Machine& machine) {
  if (!machine.quantizes()) return {{"format", "fp32"}, {"weight_bits", 32}, {"input_bits", 32}};
  return {{"format", "integer"}, {"weight_bits", machine.weight_bits}, {"input_bits", machine.activation_bits}};
}

ordered_json resolved(const Inputs& inputs) {
  const Experiment& experiment = inputs.experiment;
  ordered_json machines = ordered_json::object();
  for (const Machine& machine : inputs.machines) machines[machine.spec.name] = describe_machine(machine);
  return {{"network", describe_network(inputs)},
          {"data", describe_data(inputs)},
          {"calibration", describe_calibration(inputs)},
          {"batch", experiment.batches},
          {"trials", experiment.trials},
          {"seed", experiment.seed},
          {"fidelity", name_of(enum_names(static_cast<const Fidelity*>(nullptr)), experiment.fidelity)},
          {"periods", name_of(enum_names(static_cast<const Periods*>(nullptr)), experiment.periods)},
          {"normalize", name_of(enum_names(static_cast<const Normalize*>(nullptr)), experiment.normalize)},
          {"baseline", experiment.baseline.empty() ? ordered_json(nullptr) : ordered_json(experiment.baseline)},
          {"set", experiment.overrides},
          {"machines", machines}};
}

}  // namespace cimera::study
