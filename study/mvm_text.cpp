#include "study/mvm_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "study/table_parts.h"
#include "study/text.h"

namespace cimera::study {
namespace {

std::string decibel(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f} dB", *value) : std::string("exact");
}

std::string error_table(const Report& report) {
  TextTable table;
  table.column("machine", TextTable::Align::kLeft);
  for (const char* header : {"SQNR", "of integers", "RMS error", "largest", "RMS of y", "clipped"})
    table.column(header);
  for (const Result& result : report.results) {
    if (!result.outputs || !result.accuracy) continue;
    const ProductError error = product_error(*result.outputs);
    const Accuracy& a = *result.accuracy;
    table.row({result.machine, decibel(a.output_sqnr_dB), decibel(a.quantized_sqnr_dB),
               fmt::format("{:.4g}", error.rms), fmt::format("{:.4g}", error.largest),
               fmt::format("{:.4g}", error.signal_rms),
               a.conversions == 0
                   ? ""
                   : percent_text(static_cast<double>(a.clipped_conversions) / static_cast<double>(a.conversions))});
  }
  return table.str();
}

}  // namespace

ProductError product_error(const Outputs& outputs) {
  ProductError error;
  double squares = 0.0, signal = 0.0;
  for (std::size_t i = 0; i < outputs.device.size(); ++i) {
    const double exact = outputs.reference[i], off = std::abs(static_cast<double>(outputs.device[i]) - exact);
    error.largest = std::max(error.largest, off);
    squares += off * off, signal += exact * exact;
  }
  const auto count = static_cast<double>(std::max<std::size_t>(outputs.device.size(), 1));
  error.rms = std::sqrt(squares / count), error.signal_rms = std::sqrt(signal / count);
  return error;
}

std::string mvm_text(const Report& report) {
  const Product& product = *report.inputs.experiment.product;
  std::string text = fmt::format("{} x {} matrix {} times {} of {}\n\n", product.outputs, product.inputs,
                                 product.matrix_name, counted(product.count, "vector"), product.vectors_name);
  text += "Against the product in FP32 (SQNR over all trials; errors of the first one)\n" + error_table(report) + "\n";
  text += cost_table(report) + "\n" + efficiency_table(report);
  return text + "\n" + notes_text(report);
}

}  // namespace cimera::study
