// cimera list and cimera describe.
#include "devices/catalog.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "apps/command.h"
#include "apps/experiment_arguments.h"
#include "core/error.h"
#include "core/files.h"
#include "devices/converter.h"
#include "models/ops/machine.h"
#include "study/catalogs.h"
#include "study/describe.h"
#include "study/device_plot/device_svg.h"
#include "study/file_codes.h"
#include "study/full_use.h"
#include "study/machines.h"
#include "study/networks.h"
#include "study/text.h"

namespace cimera::apps {
namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string description_of(const devices::Cell& cell) {
  for (const FieldInfo& field : cell.fields)
    if (field.path == "description") return field.value;
  return cell.kind;
}

using Entries = std::vector<std::pair<std::string, std::string>>;

Entries machines() {
  Entries entries;
  for (const std::string& name : ops::machine_names())
    entries.emplace_back(name, ops::load_machine(name).description());
  return entries;
}

Entries devices() {
  Entries entries;
  for (const std::string& name : study::device_names())
    entries.emplace_back(name, description_of(devices::load_cell(name)));
  return entries;
}

Entries converters() {
  Entries entries;
  for (const std::string& name : devices::converter_names())
    entries.emplace_back(name, devices::load_converter(name).value.description);
  return entries;
}

Entries networks() {
  Entries entries;
  for (const std::string& name : study::network_names()) {
    const study::NamedNetwork named = study::load_network({name, "", {}});
    const workloads::Network& network = named.network;
    const auto about = [](std::int64_t count) { return study::si_text(static_cast<double>(count), ""); };
    entries.emplace_back(name, fmt::format("{}{}; {} multiply-accumulates, {} weights",
                                           named.synthetic ? "SYNTHETIC digits (default)" : "", named.description,
                                           about(workloads::macs(network)), about(workloads::weight_count(network))));
  }
  return entries;
}

void describe_fields(const std::string& title, const std::vector<study::Parameter>& parameters,
                     const Arguments& arguments, const std::string& more = "") {
  print(arguments.has("json") ? study::describe_json(parameters) : study::describe_text(title, parameters, more));
}

void describe_machine(const std::string& name, const Arguments& arguments) {
  const ops::MachineSpec machine = study::load_machine(name, arguments.all("set"));
  const auto used = std::visit([](const auto& params) { return describe(params); }, machine.params);
  describe_fields(fmt::format("machine {}: {}", machine.name, machine.description()),
                  study::parameters(machine.fields, ops::load_machine(name).fields, used), arguments,
                  study::full_use_text(machine));
}

void describe_device(const std::string& name, const Arguments& arguments) {
  const devices::Cell cell = devices::load_cell(name, arguments.all("set"));
  if (arguments.has("plot")) write_whole(arguments.text("plot"), study::device_svg(name, cell));
  describe_fields(fmt::format("device {}: {}", name, description_of(cell)),
                  study::parameters(cell.fields, devices::load_cell(name).fields, cell.fields), arguments);
}

void describe_converter(const std::string& name, const Arguments& arguments) {
  const Loaded<devices::Converter> family = devices::load_converter(name);
  describe_fields(fmt::format("converter {}: {}", name, family.value.description),
                  study::parameters(family.fields, family.fields, family.fields), arguments);
}

void describe_network(const std::string& name, const Arguments& arguments) {
  study::NetworkChoice choice = network_from(arguments);
  choice.network = name;
  const study::NamedNetwork named = study::load_network(choice);
  const workloads::FileCodes codes = workloads::file_codes(named.network);
  const auto [weight_bits, activation_bits] = bits_from(arguments).value_or(std::pair(0, 0));
  study::check_bits(codes, named.network.name, weight_bits, activation_bits);
  const auto first_of = [](int wanted, int own) { return wanted != 0 ? wanted : own != 0 ? own : 8; };
  const workloads::NetworkSummary summary = workloads::summarize(
      named.network, first_of(weight_bits, codes.weight_bits), first_of(activation_bits, codes.activation_bits));
  print(arguments.has("json") ? study::describe_json(named.network, summary)
                              : study::describe_text(named.network, summary));
}

void describe_option(const std::string& name, const Arguments&) {
  const Option& option = option_named(name);
  std::string text = fmt::format("--{} {}: {}.", option.name, option.value, option.meaning);
  if (*option.fallback != '\0') text += fmt::format(" Default: {}.", option.fallback);
  if (option.repeats) text += " May be given more than once.";
  print(study::wrapped(text, 2) + (*option.more != '\0' ? study::wrapped(option.more, 0) : ""));
}

std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const Option& option : option_table()) names.emplace_back(option.name);
  return names;
}

struct Describe {
  const char* kind;
  void (*run)(const std::string& name, const Arguments& arguments);
  std::vector<std::string> (*names)();
};
constexpr Describe kDescribe[] = {{"machine", describe_machine, ops::machine_names},
                                  {"device", describe_device, study::device_names},
                                  {"converter", describe_converter, devices::converter_names},
                                  {"network", describe_network, study::network_names},
                                  {"option", describe_option, option_names}};

bool names(const Describe& row, const std::string& name) {
  const std::vector<std::string> known = row.names();
  return std::ranges::find(known, name) != known.end();
}

/// A name of another kind than asked for is no misspelt name of this kind.
void refuse_other_kind(const Describe& wanted, const std::string& name) {
  if (names(wanted, name)) return;
  for (const Describe& row : kDescribe)
    if (names(row, name))
      fail_input(fmt::format("'{0}' is no {1} but {2} {3}: cimera describe {3} {0}", name, wanted.kind,
                             std::string("aeiou").find(row.kind[0]) == std::string::npos ? "a" : "an", row.kind));
}

struct List {
  const char* kind;
  Entries (*entries)();
};
constexpr List kList[] = {
    {"machines", machines}, {"devices", devices}, {"converters", converters}, {"networks", networks}};

template <class Row, std::size_t N>
const Row& row_named(const Row (&table)[N], const std::string& what, const std::string& name) {
  std::vector<std::string> known;
  for (const Row& row : table) {
    if (name == row.kind) return row;
    known.emplace_back(row.kind);
  }
  fail_input(unknown_name(what, name, known));
}

}  // namespace

void run_list(const Arguments& arguments) {
  const Entries entries = row_named(kList, "list", arguments.operand(0)).entries();
  print(arguments.has("json") ? study::list_json(entries) : study::list_text(entries));
}

void run_describe(const Arguments& arguments) {
  const std::string& name = arguments.operand(1);
  const Describe& row = row_named(kDescribe, "kind", arguments.operand(0));
  if (arguments.has("set") && row.run != describe_machine && row.run != describe_device)
    fail_input({"--set"}, fmt::format("a {} has no parameters to set", row.kind));
  refuse_other_kind(row, name);
  if (arguments.has("plot") && row.run != describe_device)
    fail_input({"--plot"}, fmt::format("it is for devices, not for a {}", row.kind));
  for (const char* option : {"layer", "phase", "context", "bits"})
    if (arguments.has(option) && row.run != describe_network)
      fail_input({std::string("--") + option}, fmt::format("it is for networks, not for a {}", row.kind));
  row.run(name, arguments);
}

}  // namespace cimera::apps
