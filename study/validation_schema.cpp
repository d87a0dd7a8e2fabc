// What a file of models/validation may say.
#include "study/validation.h"

namespace cimera::study {

EnumNames<Quantity> enum_names(const Quantity*) {
  return {{"TOPS", Quantity::kTops},
          {"TOPS/W", Quantity::kTopsPerWatt},
          {"TOPS/mm2", Quantity::kTopsPerMm2},
          {"fJ/op", Quantity::kFemtojoulesPerOp},
          {"pJ/MAC", Quantity::kPicojoulesPerMac},
          {"pJ/event", Quantity::kPicojoules},
          {"W", Quantity::kWatts},
          {"mm2", Quantity::kMm2}};
}

EnumNames<Standing> enum_names(const Standing*) {
  return {{"input", Standing::kInput},
          {"fitted", Standing::kFitted},
          {"held_out", Standing::kHeldOut},
          {"unverified", Standing::kUnverified}};
}

Schema<PublishedFigure> schema(const PublishedFigure*) {
  using T = PublishedFigure;
  return Schema<T>("published figure", "a figure of a source, and what of the machine it is compared with")
      .need("id", &T::id, "what it is called in this file")
      .need("quantity", &T::quantity, "what it is, with its unit; 1 MAC is 2 operations, an event one of `components`")
      .opt("set", &T::set, "overrides of the machine", "none")
      .opt("components", &T::components, "whose energy or area is meant", "all")
      .opt("levels", &T::levels, "the same, by the levels that hold them", "all")
      .opt("per", &T::per, "level whose share is meant", "the whole machine")
      .need("published", &T::published, "the figure")
      .positive()
      .opt("tolerance", &T::tolerance, "relative error that is allowed", "that of the file")
      .range(0, 0.2)
      .opt("status", &T::standing, "input, fitted, held_out, or unverified (no gate)", "that of the file")
      .opt("note", &T::note, "what else is to say", "nothing");
}

Schema<FittedParameter> schema(const FittedParameter*) {
  using T = FittedParameter;
  return Schema<T>("fitted parameter", "a parameter of the machine that was fitted to rows of this file")
      .need("parameter", &T::parameter, "its path in the machine's file")
      .need("value", &T::value, "what the machine's file has")
      .need("rows", &T::rows, "ids of the rows that it was fitted to")
      .need("law", &T::law, "what was fitted, and how");
}

Schema<ValidationFile> schema(const ValidationFile*) {
  using T = ValidationFile;
  return Schema<T>("validation", "published figures of a machine")
      .need("machine", &T::machine, "a name of `cimera list machines`")
      .need("about", &T::about, "who published them, and what the machine's file took from there")
      .need("tolerance", &T::tolerance, "relative error that is allowed where a row does not say")
      .range(0, 0.2)
      .need("status", &T::standing, "of rows that do not say")
      .opt("set", &T::set, "overrides of the machine in all rows", "none")
      .group("fitted", &T::fitted, "parameters that were fitted")
      .group("rows", &T::rows, "the figures");
}

}  // namespace cimera::study
