// SPDX-License-Identifier: Apache-2.0
#include "calibration_statistics.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>

#include <cmath>
#include <stdexcept>

namespace nordlys::runtime {

namespace {

constexpr const char *schema = "nordlys.calibration-statistics/1";
using Json = nlohmann::json; // sorted keys: the same statistics are the same bytes

Json histogramsJson(const CalibrationStatistics &statistics)
{
    Json all = Json::object();
    for (const auto &[name, histogram] : statistics.growing)
        all[name] = {{"exponent", histogram.exponent()}, {"first", histogram.first()}, {"counts", histogram.counts()}};
    for (const auto &[name, histogram] : statistics.firstBatch) {
        all[name] = {{"start", histogram.start()}, {"width", histogram.width()}, {"batches", histogram.batches()}, {"values", histogram.values()},
                     {"density", histogram.density()}};
    }
    return all;
}

core::Error broken(const std::string &what, const std::string &why)
{
    return core::badInput(what, why, "Remove the statistics file and calibrate anew.");
}

/// Reads one document; nlohmann's type errors are caught in one place.
class Reader {
public:
    Reader(const nlohmann::json &json, std::string what) : m_json(json), m_what(std::move(what)) {}

    core::Expected<CalibrationStatistics> read()
    {
        CalibrationStatistics result;
        result.modelSha256 = m_json.at("model").get<std::string>();
        result.preprocess = m_json.at("preprocess").get<std::string>();
        const nlohmann::json &samples = m_json.at("samples");
        result.identity = samples.at("identity").get<std::string>();
        result.done = whole<std::size_t>(samples.at("done"));
        for (const nlohmann::json &one : samples.at("skipped"))
            result.skipped.push_back({one.at("name").get<std::string>(), one.at("why").get<std::string>()});
        if (result.skipped.size() > result.done)
            return broken(m_what, "it skipped more samples than it has");
        if (const nlohmann::json &mode = m_json.at("histogram"); !mode.is_null()) {
            result.histograms = core::histogramModeFromName(mode.get<std::string>());
            if (!result.histograms)
                return broken(m_what, "there is no such kind of histogram");
        }
        for (const auto &[name, seen] : m_json.at("tensors").items()) {
            const CalibrationStatistics::Seen range{seen.at("min").get<double>(), seen.at("max").get<double>(), whole<std::uint64_t>(seen.at("values"))};
            if (!std::isfinite(range.min) || !std::isfinite(range.max) || range.min > range.max)
                return broken(m_what, "the range of " + name + " cannot be");
            result.tensors.emplace(name, range);
        }
        for (const auto &[name, histogram] : m_json.at("histograms").items())
            NORDLYS_TRY(readHistogram(name, histogram, result));
        return result;
    }

private:
    /// nlohmann turns -1 and 1.5 into unsigned numbers without a word.
    template <typename T>
    static T whole(const nlohmann::json &value)
    {
        if (!value.is_number_unsigned())
            throw std::invalid_argument("a count is no whole number");
        return value.get<T>();
    }

    core::Expected<void> readHistogram(const std::string &name, const nlohmann::json &json, CalibrationStatistics &result) const
    {
        const std::string what = m_what + " histogram of " + name;
        if (result.histograms == core::HistogramMode::Growing) {
            std::vector<std::uint64_t> counts;
            for (const nlohmann::json &count : json.at("counts"))
                counts.push_back(whole<std::uint64_t>(count));
            auto histogram = core::GrowingHistogram::fromParts(integer(json.at("exponent")), integer(json.at("first")), std::move(counts), what);
            NORDLYS_TRY(histogram);
            result.growing.emplace(name, std::move(*histogram));
        } else if (result.histograms == core::HistogramMode::FirstBatch) {
            auto histogram = core::FirstBatchHistogram::fromParts(json.at("start").get<double>(), json.at("width").get<double>(),
                                                                  whole<std::uint64_t>(json.at("batches")), whole<std::uint64_t>(json.at("values")),
                                                                  json.at("density").get<std::vector<double>>(), what);
            NORDLYS_TRY(histogram);
            result.firstBatch.emplace(name, std::move(*histogram));
        } else {
            return broken(m_what, "it holds histograms of no kind");
        }
        return {};
    }

    static int integer(const nlohmann::json &value)
    {
        if (!value.is_number_integer() || value.get<double>() < -1e6 || value.get<double>() > 1e6)
            throw std::invalid_argument("a number is no small integer");
        return value.get<int>();
    }

    const nlohmann::json &m_json;
    std::string m_what;
};

} // namespace

core::Expected<void> writeStatistics(const std::filesystem::path &path, const CalibrationStatistics &statistics)
{
    Json json;
    json["schema"] = schema;
    json["model"] = statistics.modelSha256;
    json["preprocess"] = statistics.preprocess;
    json["histogram"] = statistics.histograms ? Json(core::nameOf(*statistics.histograms)) : Json(nullptr);
    Json skipped = Json::array();
    for (const SkippedSample &sample : statistics.skipped)
        skipped.push_back({{"name", sample.name}, {"why", sample.why}});
    json["samples"] = {{"done", statistics.done}, {"identity", statistics.identity}, {"skipped", std::move(skipped)}};
    json["tensors"] = Json::object();
    for (const auto &[name, seen] : statistics.tensors)
        json["tensors"][name] = {{"min", seen.min}, {"max", seen.max}, {"values", seen.values}};
    json["histograms"] = histogramsJson(statistics);
    return core::writeFileAtomically(path, json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

core::Expected<CalibrationStatistics> readStatistics(const std::filesystem::path &path)
{
    auto text = core::readTextFile(path);
    NORDLYS_TRY(text);
    const std::string what = "statistics " + path.string();
    auto json = core::parseJsonText(*text, what);
    NORDLYS_TRY(json);
    if (!json->is_object() || !json->contains("schema") || json->at("schema") != schema)
        return core::badInput(what, "it is no statistics file of this version");
    try {
        return Reader(*json, what).read();
    } catch (const std::exception &problem) { // a member is missing or of another type
        return broken(what, problem.what());
    }
}

} // namespace nordlys::runtime
