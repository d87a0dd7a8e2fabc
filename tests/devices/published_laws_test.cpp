// The laws of the catalog against the formulas of their sources, typed a second time.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "devices/catalog.h"
#include "devices/resistive_cell.h"
#include "tests/devices/cell_statistics.h"

namespace cimera::devices {
namespace {

using namespace literals;
using testing::HasSubstr;

Cell load(const std::string& name, const std::vector<std::string>& overrides = {}) {
  return load_cell(name, overrides);
}

const ResistiveCell& resistive(const Cell& cell) { return dynamic_cast<const ResistiveCell&>(*cell.model); }

using Law = std::function<double(double)>;

/// Both in uS.
void expect_sigma(const Cell& cell, const std::vector<double>& at, const Law& law) {
  for (const double g : at) EXPECT_NEAR(resistive(cell).sigma(1_uS * g).in(1_uS), law(g), 1e-9) << g;
}
void expect_read(const Cell& cell, const std::vector<double>& at, const Law& law) {
  for (const double g : at) EXPECT_NEAR(resistive(cell).read_sigma(1_uS * g).in(1_uS), law(g), 1e-9) << g;
}

TEST(PublishedLaws, ProgrammingOfPcm) {
  expect_sigma(load("pcm_joshi_2020"), {0.25, 10, 25},
               [](double g) { return -0.00178767 * g * g + 0.07585724 * g + 0.28638599; });
  expect_sigma(load("pcm_nandakumar_2019"), {0.001, 12.5, 25}, [](double g) {
    const double x = g / 25;
    return 0.26348 + 1.9650 * x - 1.1731 * x * x;
  });
  expect_sigma(load("pcm_hermes_two_devices"), {0.1, 5, 20.7}, [](double g) {
    const double x = g / 20.7;
    return 0.16603222 + 4.71806468 * x - 8.48101252 * x * x + 4.68961419 * x * x * x;
  });
  expect_sigma(load("pcm_hermes_one_device"), {0.1, 5, 10.35}, [](double g) {
    const double x = g / 10.35;
    return 0.15781817 + 2.32443916 * x - 2.16310839 * x * x + 0.68841818 * x * x * x;
  });
}

TEST(PublishedLaws, ProgrammingOfReram) {
  expect_sigma(load("reram_milo_2021"), {50, 100, 225}, [](double g) { return 4.782321 - 0.009107 * g; });
  expect_sigma(load("reram_wan_2022"), {1, 20, 39},
               [](double g) { return 1.536e-4 * g * g * g - 1.167e-2 * g * g + 2.374e-1 * g + 1.053; });
  expect_sigma(load("reram_cmo_hfox_2"), {9, 88}, [](double g) { return 0.0112185391 + 0.01129027418 * g; });
  expect_sigma(load("reram_cmo_hfox_02"), {9, 88}, [](double g) { return 0.00081107 + 0.00106879 * g; });
  const auto wan = [](std::vector<double> high_to_low) {
    return [high_to_low](double g) {
      double sum = 0;
      for (std::size_t i = 0; i < 5; ++i) sum += high_to_low[i] * std::pow(g / 40, 4.0 - static_cast<double>(i));
      return sum;
    };
  };
  const std::vector<double> at = {1, 17, 40};
  expect_sigma(load("reram_wan_2022_by_time"), at, wan({-16.815, 45.393, -43.853, 16.030, 0.348}));
  expect_sigma(load("reram_wan_2022_by_time", {"age=1 day"}), at, wan({-16.458, 47.095, -50.773, 22.086, 0.701}));
  expect_sigma(load("reram_wan_2022_by_time", {"age=48 h"}), at, wan({-11.934, 37.062, -43.507, 20.274, 0.782}));
}

TEST(PublishedLaws, SonosByAge) {
  const auto saturating = [](double a, double b) {
    return [a, b](double g) { return 0.01 * a * (1 - std::exp(-g * 100 / b)); };  // 1 uS is 100 nA, 1 nA is 0.01 uS
  };
  expect_sigma(load("flash_sonos_40nm"), {0.5, 4, 14}, saturating(19.88665, 176.3115));
  const Cell day = load("flash_sonos_40nm", {"age=1 day"});
  const ResistiveCell& cell = resistive(day);
  double drift = 0;  // of 500 nA, in nA
  const double c[] = {6.83650e-01,  6.51250e-03, -4.03163e-04, 3.37944e-06, -1.87435e-08, 5.88902e-11,
                      -1.07685e-13, 1.17751e-16, -7.60016e-20, 2.67255e-23, -3.94954e-27};
  for (int i = 0; i < 11; ++i) drift += c[i] * std::pow(500.0, i);
  EXPECT_NEAR(cell.mean(5_uS).in(10_nS), 500 + drift, 1e-9);
  EXPECT_NEAR(cell.sigma(5_uS).in(10_nS), 25.59102 * (1 - std::exp(-(500 + drift) / 186.85544)), 1e-9);
  expect_read(day, {0.5, 14}, saturating(12.58037, 215.36557));
  // Half-way between two days, coefficient by coefficient.
  const Cell half = load("flash_sonos_40nm", {"age=12 h"});
  EXPECT_NEAR(resistive(half).mean(5_uS).in(10_nS), 500 + drift / 2, 1e-9);
  EXPECT_NEAR(resistive(half).sigma(5_uS).in(10_nS), 22.738835 * (1 - std::exp(-(500 + drift / 2) / 181.58347)), 1e-6);
}

/// Cells that are programmed and read at an age have the mean and the spread of that age.
TEST(PublishedLaws, CellsOfAnAgeFollowItsLaw) {
  for (const char* age : {"age=1 day", "age=60 h", "age=5 day"}) {
    const Cell cell = load("flash_sonos_40nm", {age});
    const LevelScale scale = level_scale(cell.model->figures(), 16);
    for (const int level : {0, 1, 8, 15}) {
      const ResistiveCell& sonos = resistive(cell);
      const Siemens g = scale.conductance(level);
      const Clipped expected(sonos.mean(g) / scale.step, sonos.sigma(g) / scale.step);
      const Sample sample = sample_level(*cell.model, 16, level);
      EXPECT_NEAR(sample.mean, scale.level(scale.step * expected.mean), sample.mean_bound() + 1e-6) << age << level;
      EXPECT_NEAR(sample.deviation, expected.deviation, sample.deviation_bound() + 1e-6) << age << level;
    }
  }
}

TEST(PublishedLaws, DriftOfPcm) {
  const auto nu = [](const char* name, double g) {
    const Cell cell = load(name);
    const DriftLaw& law = *resistive(cell).params().drift;
    return std::pair(value(law.nu, 1_uS * g), value(law.sigma_nu, 1_uS * g));
  };
  EXPECT_NEAR(nu("pcm_nandakumar_2019", 25).first, 0.049, 1e-12);
  EXPECT_NEAR(nu("pcm_nandakumar_2019", 2.5).first, -0.0155 * std::log(0.1) + 0.0244, 1e-12);
  EXPECT_NEAR(nu("pcm_nandakumar_2019", 0.01).first, 0.1, 1e-12);
  EXPECT_NEAR(nu("pcm_nandakumar_2019", 12.5).second, 0.008, 1e-12);
  EXPECT_NEAR(nu("pcm_nandakumar_2019", 2.5).second, -0.0125 * std::log(0.1) - 0.0059, 1e-12);
  EXPECT_NEAR(nu("pcm_hermes_two_devices", 20.7).first, -0.0436 - 0.0126 + 0.0736, 1e-12);
  EXPECT_NEAR(nu("pcm_hermes_two_devices", 20.7 * 0.05).first, -0.0387 * std::log(0.05) - 0.0182, 1e-12);
  EXPECT_NEAR(nu("pcm_hermes_two_devices", 20.7 * 0.2).second, -0.0117 * std::log(0.2) - 0.0057, 1e-12);
  EXPECT_NEAR(nu("pcm_hermes_two_devices", 20.7 * 0.5).second, -0.0118 * 0.25 + 0.0093 * 0.5 + 0.0073, 1e-12);
  EXPECT_NEAR(nu("pcm_hermes_one_device", 10.35 * 0.2).second, -0.0120 * std::log(0.2) - 0.0023, 1e-12);
  EXPECT_NEAR(nu("pcm_hermes_one_device", 10.35 * 0.5).second, -0.0165 * 0.25 + 0.0116 * 0.5 + 0.0104, 1e-12);
  EXPECT_NEAR(nu("pcm_aihwkit_generic", 3).first, 0.1, 1e-12);
  EXPECT_NEAR(nu("pcm_aihwkit_generic", 3).second, 0.05, 1e-12);
}

TEST(PublishedLaws, NoiseOfReads) {
  const auto gathered = [](double t, double t_read) { return std::sqrt(std::log((t + t_read) / (2 * t_read))); };
  const Law nandakumar = [](double g) { return g * std::min(0.0088 / std::pow(g / 25, 0.65), 0.2); };
  expect_read(load("pcm_nandakumar_2019"), {0.1, 2.5, 25},
              [&](double g) { return nandakumar(g) * gathered(20, 250e-9); });
  expect_read(load("pcm_nandakumar_2019", {"age=86420 s"}), {0.1, 2.5, 25},
              [&](double g) { return nandakumar(g) * gathered(86420, 250e-9); });
  expect_read(load("pcm_hermes_two_devices"), {20.7 * 0.1},
              [&](double g) { return g * (-0.0117 * std::log(0.1) - 0.0069) * gathered(300, 512e-9); });
  expect_read(load("pcm_hermes_two_devices"), {10.35}, [&](double g) {
    return g * (0.0069 * 0.125 - 0.0280 * 0.25 + 0.0211 * 0.5 + 0.0123) * gathered(300, 512e-9);
  });
  expect_read(load("pcm_hermes_one_device"), {5.175}, [&](double g) {
    return g * (0.0664 * 0.125 - 0.1352 * 0.25 + 0.0768 * 0.5 + 0.0088) * gathered(200, 512e-9);
  });
  expect_read(load("reram_cmo_hfox_2", {"age=1 h"}), {10, 80},
              [&](double g) { return 0.0277316483 * std::log10(g) * gathered(3600, 1e-6); });
  EXPECT_EQ(load("pcm_nandakumar_2019").model->read_octaves(), 26);  // log2(20 s / 500 ns) = 25.25
  EXPECT_EQ(load("flash_sonos_40nm").model->read_noise(), ReadNoise::kWhite);
  EXPECT_EQ(load("flash_sonos_40nm").model->read_octaves(), 0);
}

TEST(PublishedLaws, CurrentOfMilo) {
  const Cell milo = load("reram_milo_2021");
  EXPECT_FALSE(milo.model->linear());
  for (const double g : {50e-6, 1e-4, 225e-6}) {
    const double u = std::log10(g);
    const CubicCurrent current = milo.model->cubic(Siemens::si(g));
    EXPECT_NEAR(current.a2, 0.0001388 * u * u * u + 0.001541 * u * u + 0.005711 * u + 0.007063, 1e-15);
    EXPECT_NEAR(current.a3, 8.8710e-05 * u * u + 6.7919e-04 * u + 1.2968e-03, 1e-15);
  }
  EXPECT_TRUE(load("reram_isaac").model->linear());
  EXPECT_EQ(load("reram_isaac").model->cubic(1_mS).a3, 0.0);
}

std::string refusal(const std::string& name, const std::vector<std::string>& overrides) {
  try {
    load(name, overrides);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::Kind::kInput);
    return error.what();
  }
  return "no error";
}

TEST(PublishedLaws, AgesThatNobodyMeasuredAreRefused) {
  EXPECT_THAT(refusal("reram_wan_2022_by_time", {"age=1 h"}), HasSubstr("published for 1 s, 1 day, 2 days only"));
  EXPECT_THAT(refusal("reram_wan_2022", {"age=1 day"}), HasSubstr("published for 1 s only"));
  EXPECT_EQ(refusal("flash_sonos_40nm", {"age=5 day"}), "no error");
  EXPECT_THAT(refusal("flash_sonos_40nm", {"age=6 day"}), HasSubstr("published for 0 s to 5 days only"));
  EXPECT_THAT(refusal("pcm_nandakumar_2019", {"age=19 s"}), HasSubstr("begins at 20 s"));
  EXPECT_THAT(refusal("reram_cmo_hfox_2", {"age=1 ms"}), HasSubstr("begins at 1 s"));
  EXPECT_THAT(refusal("reram_isaac", {"age=1 day"}), HasSubstr("nothing is known of how this cell changes with time"));
}

TEST(PublishedLaws, ConductancesThatNobodyMeasuredAreRefused) {
  EXPECT_THAT(refusal("pcm_joshi_2020", {"r_on=20 kOhm"}),
              HasSubstr("published for 250 nS to 25 uS, but the cell has 250 nS to 50 uS"));
  EXPECT_THAT(refusal("reram_milo_2021", {"r_off=50 kOhm"}), HasSubstr("programming.sigma: it is published for 50 uS"));
  EXPECT_THAT(refusal("reram_milo_2021", {"v_read=0.6 V"}), HasSubstr("published up to 500 mV"));
  EXPECT_THAT(refusal("reram_isaac", {"program_error=law"}), HasSubstr("needs the group `programming`"));
  EXPECT_THAT(refusal("reram_isaac", {"read_noise.sigma=1", "read_noise.of=law"}), HasSubstr("needs the group `law`"));
  EXPECT_THAT(refusal("reram_isaac", {"read_noise.sigma=0.1", "read_noise.spectrum=flicker"}),
              HasSubstr("needs octaves"));
  EXPECT_THAT(refusal("stt_mram_neurosim_22nm", {"max_levels=4"}), HasSubstr("2 .. 2"));
}

}  // namespace
}  // namespace cimera::devices
