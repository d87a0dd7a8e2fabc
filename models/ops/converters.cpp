#include "models/ops/converters.h"

#include <algorithm>

#include "core/error.h"

namespace cimera::ops {
namespace {

/// One component and its converter.
class Taking {
 public:
  Taking(const std::string& machine, const std::string& component, Component& row, std::vector<FieldInfo>& fields)
      : machine_(machine), name_(component), row_(row), fields_(fields) {}

  void take(CrossbarMachine& machine, std::vector<Withdrawn>& withdrawn) {
    const std::string path = "components." + name_ + ".converter";
    if (!machine.feature_size)
      fail_input(machine_ + ": " + path + " = " + row_.converter + ": the machine needs a feature_size to choose by");
    const devices::Converter family = devices::load_converter(row_.converter, {path}).value;
    const auto bits = static_cast<int>(machine.precision.adc_bits);
    const auto price = family.price(bits, *machine.feature_size);
    if (!price) {
      const std::string why = "converter " + row_.converter + " has no " + std::to_string(bits) + " bits at " +
                              format(*machine.feature_size) + ": " + family.choices(bits, *machine.feature_size);
      if (!row_.event_energy() || !row_.area) withdrawn.push_back({name_, why});
      return;
    }
    source_ = std::string(kFromConverter) + row_.converter + ": " + std::to_string(bits) + " bits at " +
              format(*machine.feature_size);
    if (row_.measure == Measure::kAdcColumn) take_column(*price, path);
    else take_price(*price, withdrawn);
    take_rate(*price, machine, path);
  }

 private:
  void take_price(const devices::ConverterPrice& price, std::vector<Withdrawn>& withdrawn) {
    if (!row_.event_energy() && price.energy) {
      row_.energy = price.energy;
      say("energy", format(*row_.energy));
    }
    if (!row_.area && !row_.off_chip && price.area) {
      row_.area = *price.area * static_cast<double>(row_.count);
      say("area", format(*row_.area));
    }
    if (row_.event_energy() && (row_.area || row_.off_chip))
      std::erase_if(withdrawn, [&](const Withdrawn& w) { return w.component == name_; });
  }

  void take_column(const devices::ConverterPrice& price, const std::string& path) {
    if (!price.column)
      fail_input(machine_ + ": " + path + " = " + row_.converter +
                 ": the family does not say what it draws for a column, or not linearly in its conductance; "
                 "neurosim_sar_lstp does");
    row_.column = price.column;
    if (!row_.area) row_.area = SquareMetres();  // that of the converters is in their own row
  }

  void take_rate(const devices::ConverterPrice& price, CrossbarMachine& machine, const std::string& path) {
    if (!price.rate || machine.pipeline.serial) return;
    std::optional<Hertz>& rate = machine.pipeline.adc_rate;
    if (!rate) {
      rate = price.rate;
      restate(fields_, "pipeline.adc_rate", format(*rate), source_);
    } else if (*rate > *price.rate * (1 + 1e-9)) {
      fail_input(machine_ + ": pipeline.adc_rate = " + format(*rate) + ", but " + path + " = " + row_.converter +
                 " converts at " + format(*price.rate) + " at most; the nearest is --set '" + machine_ +
                 ":pipeline.adc_rate=" + format(*price.rate) + "'");
    }
  }

  void say(const std::string& key, std::string value) {
    restate(fields_, "components." + name_ + "." + key, std::move(value), source_);
  }

  const std::string &machine_, &name_;
  Component& row_;
  std::vector<FieldInfo>& fields_;
  std::string source_;
};

}  // namespace

void take_converters(const std::string& name, CrossbarMachine& machine, std::vector<FieldInfo>& fields,
                     std::vector<Withdrawn>& withdrawn) {
  for (auto& [component, row] : machine.components)
    if (!row.converter.empty()) Taking(name, component, row, fields).take(machine, withdrawn);
}

}  // namespace cimera::ops
