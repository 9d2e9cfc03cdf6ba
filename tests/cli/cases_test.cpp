// SPDX-License-Identifier: Apache-2.0
// Runs tests/cases/cli/*.json. Each file is a list of cases:
//   name     of the case
//   args     of the program; ${TMP}, ${DIGITS}, ${SHARED}, ${SOURCE} are replaced
//   files    files to make below ${TMP} first: {"name": "content"}, or {"name": {"copy": PATH, "bytes": N}} for the first N bytes
//   of a file exit     expected exit code stderr   regular expression that the only line on standard error must match; absent:
//   standard error must be empty stdout   regular expression found in standard output; absent with an error: standard output must
//   be empty json     JSON pointers into the document on standard output and the values they must have; null: must be there
//   leaves   names below ${TMP} afterwards, besides those of `files`; default: none
#include "program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>

namespace nordlys::test {
namespace {

struct Case {
    std::string file;
    nlohmann::json value;

    [[nodiscard]] std::string name() const
    {
        std::string name = file + "_" + value.at("name").get<std::string>();
        std::replace_if(
            name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
        return name;
    }
    /// Readable parameters in GoogleTest's and CTest's lists.
    friend std::ostream &operator<<(std::ostream &out, const Case &entry) { return out << entry.name(); }
};

std::vector<Case> readCases()
{
    std::vector<Case> cases;
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(std::filesystem::path(NORDLYS_SOURCE_DIR) / "tests/cases/cli"))
        if (entry.path().extension() == ".json")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto &path : files)
        for (auto &value : nlohmann::json::parse(readFile(path)))
            cases.push_back({path.stem().string(), std::move(value)});
    return cases;
}

std::string replaced(std::string text, const Scratch &scratch)
{
    const std::pair<std::string, std::string> names[] = {{"${TMP}", scratch.path().string()},
                                                         {"${DIGITS}", digitsPath().string()},
                                                         {"${SHARED}", sharedPath().string()},
                                                         {"${SOURCE}", NORDLYS_SOURCE_DIR}};
    for (const auto &[name, value] : names)
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
            text.replace(at, name.size(), value);
    return text;
}

class CliCase : public testing::TestWithParam<Case> {};

TEST_P(CliCase, BehavesAsDescribed)
{
    const nlohmann::json &value = GetParam().value;
    if (value.dump().find("${SHARED}") != std::string::npos)
        NORDLYS_REQUIRE_SHARED(sharedPath());
    const Scratch scratch;
    const nlohmann::json files = value.value("files", nlohmann::json::object());
    for (const auto &[name, content] : files.items()) {
        std::string bytes = content.is_string() ? content.get<std::string>() : readFile(replaced(content.at("copy"), scratch));
        if (!content.is_string() && content.contains("bytes"))
            bytes.resize(content.at("bytes"));
        writeFile(scratch.path() / name, replaced(bytes, scratch));
    }
    Launch launch;
    for (const auto &arg : value.at("args"))
        launch.args.push_back(replaced(arg, scratch));
    const Finished result = nordlys(launch);

    EXPECT_EQ(result.exitCode, value.at("exit").get<int>()) << result.err << result.out;
    if (value.contains("stderr")) {
        EXPECT_EQ(result.errorLines(), 1U) << result.err;
        EXPECT_TRUE(result.err.starts_with("nordlys: error: ")) << result.err;
        EXPECT_TRUE(std::regex_search(result.err, std::regex(value.at("stderr").get<std::string>()))) << result.err;
    } else {
        EXPECT_EQ(result.err, "");
    }
    if (value.contains("stdout")) {
        EXPECT_TRUE(std::regex_search(result.out, std::regex(value.at("stdout").get<std::string>()))) << result.out;
    }
    if (value.contains("json")) {
        const nlohmann::json document = result.json();
        ASSERT_FALSE(document.is_discarded()) << result.out;
        for (const auto &[pointer, expected] : value.at("json").items()) {
            const nlohmann::json::json_pointer at(pointer);
            ASSERT_TRUE(document.contains(at)) << pointer;
            if (!expected.is_null()) {
                EXPECT_EQ(document.at(at), expected) << pointer;
            }
        }
    }
    if (!value.contains("stdout") && !value.contains("json") && value.at("exit") != 0) {
        EXPECT_EQ(result.out, "");
    }
    std::vector<std::string> expected = value.value("leaves", std::vector<std::string>());
    for (const auto &[name, content] : files.items())
        expected.push_back(name);
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(scratch.files(), expected);
}

INSTANTIATE_TEST_SUITE_P(Cases, CliCase, testing::ValuesIn(readCases()),
                         [](const testing::TestParamInfo<Case> &parameter) { return parameter.param.name(); });

} // namespace
} // namespace nordlys::test
