#include "study/file_codes.h"

#include <fmt/format.h>

#include "core/error.h"
#include "study/text.h"

namespace cimera::study {

using workloads::FileCodes;

void check_bits(const FileCodes& codes, const std::string& network, int weight_bits, int activation_bits) {
  const auto check = [&](const char* what, int wanted, int own) {
    if (wanted == 0 || own == 0 || wanted == own) return;
    fail_input({"--bits"},
               fmt::format("{}-bit {}: '{}' was quantised before, and its file has {}-bit codes; leave --bits out",
                           wanted, what, network, own));
  };
  check("weights", weight_bits, codes.weight_bits);
  check("activations", activation_bits, codes.activation_bits);
}

std::string file_codes_text(const FileCodes& codes) {
  std::string text = "The network was quantised before: of " + counted(codes.layers, "weighted layer");
  if (codes.weights > 0) text += fmt::format(", {} have integer weights ({} bits)", codes.weights, codes.weight_bits);
  if (codes.inputs > 0)
    text += fmt::format("{} {} scales and zero points of their inputs ({} bits)", codes.weights > 0 ? " and" : ",",
                        codes.weights > 0 ? std::to_string(codes.inputs) : fmt::format("{} have", codes.inputs),
                        codes.activation_bits);
  if (codes.weights > 0 || codes.inputs > 0) text += " from its file";
  if (codes.dynamic > 0)
    text += fmt::format(", and {} round their inputs over a range that is measured for every sample", codes.dynamic);
  return text + ".";
}

nlohmann::ordered_json file_codes_json(const FileCodes& codes) {
  return {{"layers", codes.layers},           {"weights", codes.weights},
          {"inputs", codes.inputs},           {"dynamic_inputs", codes.dynamic},
          {"weight_bits", codes.weight_bits}, {"activation_bits", codes.activation_bits}};
}

}  // namespace cimera::study
