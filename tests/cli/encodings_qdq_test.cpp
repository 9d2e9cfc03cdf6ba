// SPDX-License-Identifier: Apache-2.0
// QDQ models as a dialect of the encodings commands, and the ranges that a calibration saw as a source of rules.
#include "program.h"

#include <support/shared_data.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace nordlys::test {
namespace {

using testing::HasSubstr;

class EncodingsQdq : public testing::Test {
protected:
    void SetUp() override
    {
        const Finished calibrated = nordlys({"calibrate", digits, "--inputs", (digitsPath() / "calibration").string(), "--limit", "10", "--per-channel", "-o", encodings,
                                             "--statistics", statistics});
        ASSERT_EQ(calibrated.exitCode, 0) << calibrated.err;
    }
    Scratch scratch;
    const std::string digits = (digitsPath() / "digits.onnx").string(), encodings = scratch / "digits.encodings", statistics = scratch / "statistics.json";
};

TEST_F(EncodingsQdq, AModelIsWrittenAndReadAsAnyOtherDialect)
{
    const std::string model = scratch / "qdq.onnx", list = scratch / "list.json";
    const Finished written = nordlys({"encodings", "convert", encodings, "--model", digits, "--to", "qdq", "-o", model, "--json"});
    ASSERT_EQ(written.exitCode, 0) << written.err;
    EXPECT_EQ(written.json()["to"], "qdq");
    EXPECT_EQ(written.json()["lost"].size(), 0U);
    EXPECT_GT(written.json()["model"]["weights"].get<int>(), 2);
    EXPECT_EQ(written.json()["model"]["opset"], 13);

    const Finished same = nordlys({"encodings", "diff", encodings, model, "--model", digits, "--json"});
    ASSERT_EQ(same.exitCode, 0) << same.err;
    EXPECT_EQ(same.json()["equal"], written.json()["entries"]);
    EXPECT_EQ(same.json()["changed"].size(), 0U) << same.out;
    EXPECT_EQ(same.json()["onlyFirst"].size() + same.json()["onlySecond"].size(), 0U) << same.out;

    EXPECT_EQ(nordlys({"encodings", "check", digits, model}).exitCode, 0);
    const Finished back = nordlys({"encodings", "convert", model, "--model", digits, "--to", "1.0.0", "-o", list, "--json"});
    ASSERT_EQ(back.exitCode, 0) << back.err;
    EXPECT_EQ(back.json()["from"], "qdq");
    EXPECT_EQ(nordlys({"encodings", "diff", model, list, "--model", digits, "--json"}).json()["equal"], written.json()["entries"]);
    const Finished evaluated = nordlys({"evaluate", digits, "--inputs", (digitsPath() / "test").string(), "--limit", "5", "--encodings", model, "--json"});
    EXPECT_EQ(evaluated.exitCode, 0) << evaluated.err;
    // The source stays, and a QDQ model is no float model.
    EXPECT_EQ(nordlys({"encodings", "convert", encodings, "--model", digits, "--to", "qdq", "-o", digits}).exitCode, 2);
    const Finished twice = nordlys({"encodings", "convert", encodings, "--model", model, "--to", "qdq", "-o", scratch / "twice.onnx"});
    EXPECT_EQ(twice.exitCode, 5);
    EXPECT_THAT(twice.err, HasSubstr("quantizes already"));
}

TEST_F(EncodingsQdq, RulesAskTheRangesThatACalibrationSaw)
{
    const Finished fine = nordlys({"encodings", "check", digits, encodings, "--rules", "htp", "--statistics", statistics, "--json"});
    EXPECT_EQ(fine.exitCode, 0) << fine.err;
    const nlohmann::json fineRules = fine.json()["rules"];
    for (const auto &finding : fineRules)
        EXPECT_NE(finding["rule"], "wasted-codes") << finding.dump(); // ranges are what was seen
    // An input that is seen from 0 to 1 and encoded up to 100 uses one code in a hundred.
    const std::string wide = scratch / "wide.json";
    std::ofstream(wide) << R"({"version": "0.6.1", "activation_encodings": {"image": [{"bitwidth": 8, "min": 0, "max": 100}]}, "param_encodings": {}})";
    const auto wasted = [&](bool withStatistics) {
        std::vector<std::string> command{"encodings", "check", digits, wide, "--rules", "htp", "--json"};
        if (withStatistics)
            command.insert(command.end(), {"--statistics", statistics});
        std::size_t count = 0;
        const nlohmann::json rules = nordlys(command).json()["rules"];
        for (const auto &finding : rules)
            count += finding["rule"] == "wasted-codes" ? 1 : 0;
        return count;
    };
    EXPECT_EQ(wasted(false), 0U);
    EXPECT_EQ(wasted(true), 1U);
    const Finished other = nordlys({"encodings", "check", (digitsPath() / "digits_unbalanced.onnx").string(), encodings, "--rules", "htp", "--statistics", statistics});
    EXPECT_EQ(other.exitCode, 3);
    EXPECT_THAT(other.err, HasSubstr("another model"));
}

} // namespace
} // namespace nordlys::test
