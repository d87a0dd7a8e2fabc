// Published figures beside those that cimera computes: what `cimera validate` prints, and what tests hold it to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/schema.h"

namespace cimera::study {

/// What a row compares; of the machine at full use (ops::peak, ops::full_use), as `describe machine` prints it.
enum class Quantity {
  kTops,
  kTopsPerWatt,
  kTopsPerMm2,
  kFemtojoulesPerOp,
  kPicojoulesPerMac,
  kPicojoules,
  kWatts,
  kMm2
};
EnumNames<Quantity> enum_names(const Quantity*);

/// How a published figure stands to the machine's file.
enum class Standing {
  kInput,       ///< follows from what the file was written with: a check that this was read and is added up right
  kFitted,      ///< parameters of the file were fitted to it, and the result says so
  kHeldOut,     ///< nothing was fitted to it
  kUnverified,  ///< the source contradicts itself, or was not read: shown, never a gate
};
EnumNames<Standing> enum_names(const Standing*);

/// One published figure.
struct PublishedFigure {
  std::string id;
  Quantity quantity = Quantity::kTops;
  std::vector<std::string> set;         ///< overrides of the machine
  std::vector<std::string> components;  ///< whose energy or area is meant; none: all
  std::vector<std::string> levels;      ///< the same, by the level that holds them
  std::string per;                      ///< level whose share is meant; "": the whole machine
  double published = 0;
  std::optional<double> tolerance;   ///< relative; none: that of the file
  std::optional<Standing> standing;  ///< none: that of the file
  std::string note;
};
Schema<PublishedFigure> schema(const PublishedFigure*);

/// A parameter that was fitted, and to what.
struct FittedParameter {
  std::string parameter, value, law;
  std::vector<std::string> rows;  ///< ids
};
Schema<FittedParameter> schema(const FittedParameter*);

/// A file of models/validation.
struct ValidationFile {
  std::string machine, about;
  double tolerance = 0;
  Standing standing = Standing::kHeldOut;
  std::vector<std::string> set;  ///< of all rows, before their own
  std::vector<FittedParameter> fitted;
  std::vector<PublishedFigure> rows;
};
Schema<ValidationFile> schema(const ValidationFile*);

/// A published figure and ours.
struct ValidationRow {
  std::string id, machine;  ///< "jia_jssc_2020: 0.85 V rate" is machine and id
  std::string quantity;     ///< with its unit: "TOPS/W"
  double published = 0, ours = 0, tolerance = 0;
  Standing standing = Standing::kHeldOut;
  std::string note, source;

  double error() const { return ours / published - 1; }
  bool inside() const;  ///< its tolerance; unverified rows are no gate
};

struct Validation {
  std::vector<ValidationFile> files;
  std::vector<ValidationRow> rows;  ///< of all files, in order

  std::vector<std::string> outside() const;  ///< "machine: id" of the rows that fail
  /// Mean and largest |error| of the rows that are held out; none where there are none.
  struct Spread {
    int rows = 0;
    double mean = 0, largest = 0;
  };
  Spread held_out() const;
};

/// Names of models/validation, sorted.
std::vector<std::string> validation_names();

/// Computes the rows of these files, names or paths to .yaml files; none: of all names. Throws Error(kInput) for an
/// unknown name, with the nearest, for a component, level or row that does not exist, and when a figure is unknown or a
/// fitted value is not that of the machine.
Validation validate(const std::vector<std::string>& names);

std::string validation_text(const Validation& validation);
std::string validation_json(const Validation& validation);

}  // namespace cimera::study
