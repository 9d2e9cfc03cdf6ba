// SPDX-License-Identifier: Apache-2.0
#include <core/base/resource_path.h>
#include <core/placement/backend_table.h>
#include <support/temporary_folder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nordlys::core {
namespace {

using testing::HasSubstr;

const std::filesystem::path kTables = std::filesystem::path(NORDLYS_SOURCE_DIR) / "resources/backends";

TEST(BackendTables, TheShippedOnesLoadAndSayWhatTheyAre)
{
    const auto tables = BackendCapabilities::load(kTables);
    ASSERT_TRUE(tables) << tables.error().text();
    const BackendTable &cpu = tables->of(Backend::Cpu), &gpu = tables->of(Backend::Gpu), &htp = tables->of(Backend::Htp);
    EXPECT_TRUE(cpu.takesAllOperators && !cpu.isEmulated && !cpu.needsEncodings);
    ASSERT_TRUE(gpu.unavailable);
    EXPECT_FALSE(gpu.unavailable->why.empty() || gpu.unavailable->fix.empty());
    EXPECT_TRUE(htp.isEmulated && htp.needsEncodings && !htp.unavailable);
    EXPECT_EQ(htp.maxRank, 5);
    EXPECT_EQ(htp.operators.at("Gemm").vendorName, "FullyConnected");
    EXPECT_FALSE(htp.operators.at("If").refusedWhy.empty());
}

struct Broken {
    const char *name, *find, *replace, *says;
};
class BrokenTables : public testing::TestWithParam<Broken> {};

TEST_P(BrokenTables, AreRefusedByName)
{
    const test::TemporaryFolder folder;
    for (const char *name : {"cpu.json", "gpu.json"})
        std::filesystem::copy_file(kTables / name, folder.path() / name);
    std::string text = R"({"schema":"nordlys.backend/1","backend":"htp","title":"HTP","maxRank":5,"dtypes":["float32"],
"crossing":{"fixedUs":1,"bytesPerUs":10},"operators":{"Conv":{"maxRank":4}},"refused":{"If":{"why":"no"}}})";
    ASSERT_TRUE([&] {
        folder.write("htp.json", text);
        return BackendCapabilities::load(folder.path()).hasValue();
    }());
    const std::size_t at = text.find(GetParam().find);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, std::string(GetParam().find).size(), GetParam().replace);
    folder.write("htp.json", text);
    const auto loaded = BackendCapabilities::load(folder.path());
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().text(), HasSubstr("htp.json"));
    EXPECT_THAT(loaded.error().text(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Files, BrokenTables,
    testing::Values(Broken{"syntax", "}}}", "}}", ""}, Broken{"newer", "backend/1", "backend/2", "schema"}, Broken{"schema", "nordlys.backend/1", "x", "schema"},
                    Broken{"name", "\"htp\"", "\"cpu\"", "'backend'"}, Broken{"unknownKey", "\"title\"", "\"tilte\"", "tilte"},
                    Broken{"rank", "\"maxRank\":5", "\"maxRank\":-1", "maxRank"}, Broken{"rankText", "\"maxRank\":5", "\"maxRank\":\"5\"", "maxRank"},
                    Broken{"rankHuge", "\"maxRank\":5", "\"maxRank\":1e30", "maxRank"}, Broken{"type", "float32", "float33", "element type"},
                    Broken{"rate", "\"bytesPerUs\":10", "\"bytesPerUs\":0", "bytesPerUs"}, Broken{"operatorRank", "\"maxRank\":4", "\"maxRank\":400", "Conv"},
                    Broken{"operatorKey", "{\"maxRank\":4}", "{\"max\":4}", "max"}, Broken{"operatorList", "{\"maxRank\":4}", "[]", "Conv"},
                    Broken{"twice", "\"If\"", "\"Conv\"", "both"}, Broken{"noReason", "\"no\"", "\"\"", "why"},
                    Broken{"crossing", "{\"fixedUs\":1,\"bytesPerUs\":10}", "7", "crossing"}),
    [](const auto &row) { return std::string(row.param.name); });

TEST(BackendTables, AMissingFolderIsNamed)
{
    const auto loaded = BackendCapabilities::load("/nonexistent-tables");
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().text(), HasSubstr("/nonexistent-tables/cpu.json"));
}

TEST(ResourcePath, FindsTheTablesOfTheBuildTreeAndStaysInside)
{
    const auto found = findResource("backends/htp.json");
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_TRUE(std::filesystem::is_regular_file(*found));
    for (const char *name : {"", "../secret", "a/../../b", "/etc/passwd"})
        EXPECT_FALSE(findResource(name)) << name;
    const auto missing = findResource("no-such-file");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().text(), HasSubstr("share/nordlys"));
}

TEST(ResourcePath, TheEnvironmentNamesAnotherFolder)
{
    const test::TemporaryFolder folder;
    folder.write("data.txt", "x");
    ::setenv("NORDLYS_RESOURCES", folder.path().c_str(), 1);
    const auto found = findResource("data.txt"), other = findResource("backends");
    ::unsetenv("NORDLYS_RESOURCES");
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, folder.path() / "data.txt");
    EXPECT_FALSE(other);
}

} // namespace
} // namespace nordlys::core
