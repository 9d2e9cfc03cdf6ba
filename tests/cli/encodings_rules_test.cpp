// SPDX-License-Identifier: Apache-2.0
// encodings check with a target's rules.
#include "program.h"

#include <core/import/model.h>
#include <core/quantization/encoding_file.h>

#include <support/shared_data.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nordlys::test {
namespace {

using testing::HasSubstr;

TEST(EncodingsRules, ABrokenRuleIsNamedWithItsFixAndFailsTheCheck)
{
    Scratch scratch;
    const std::string digits = (digitsPath() / "digits.onnx").string();
    const std::string file = scratch / "digits.encodings";
    ASSERT_EQ(nordlys({"calibrate", digits, "--inputs", (digitsPath() / "calibration").string(), "-o", file}).exitCode, 0);
    const Finished good = nordlys({"encodings", "check", digits, file, "--rules", "htp", "--json"});
    EXPECT_EQ(good.exitCode, 0) << good.err << good.out;

    const auto model = core::openModel(digits);
    ASSERT_TRUE(model);
    auto read = core::readEncodings(file, &(*model)->graph);
    ASSERT_TRUE(read);
    const auto weight = std::ranges::find_if(read->set.entries, [](const auto &entry) { return entry.second.kind == core::EncodingKind::Parameter && entry.second.encoding.bitwidth == 8; });
    ASSERT_NE(weight, read->set.entries.end());
    core::Encoding &encoding = weight->second.encoding;
    encoding.bitwidth = 6;
    for (core::Grid &grid : encoding.grids)
        grid = *core::gridFromRange(-grid.max, grid.max, {6, true, false, false});
    ASSERT_TRUE(core::writeEncodings(file, read->set, (*model)->graph));
    EXPECT_EQ(nordlys({"encodings", "check", digits, file}).exitCode, 0) << "without rules any width is one";
    const Finished bad = nordlys({"encodings", "check", digits, file, "--rules", "htp", "--json"});
    EXPECT_EQ(bad.exitCode, 1);
    const auto rules = bad.json()["rules"];
    const auto found = std::ranges::find_if(rules, [&](const auto &rule) { return rule["rule"] == "weight-bits" && rule["tensor"] == weight->first; });
    ASSERT_NE(found, rules.end()) << rules.dump();
    EXPECT_THAT((*found)["message"].template get<std::string>(), HasSubstr("It has 6 bits"));
    EXPECT_FALSE((*found)["change"].is_null());
    const Finished unknown = nordlys({"encodings", "check", digits, file, "--rules", "no-such-target"});
    EXPECT_EQ(unknown.exitCode, 3);
    EXPECT_THAT(unknown.err, HasSubstr("no-such-target"));
}

} // namespace
} // namespace nordlys::test
