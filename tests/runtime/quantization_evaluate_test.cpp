// SPDX-License-Identifier: Apache-2.0
#include <core/base/atomic_file.h>
#include <core/import/model.h>
#include <core/quantization/quantizable.h>
#include <runtime/base/thread_pool.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/quantization/compare_dumps.h>
#include <runtime/quantization/error_sums.h>
#include <runtime/quantization/side_by_side.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>
#include <support/temporary_folder.h>

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace nordlys::runtime {
namespace {

// Four values, by hand.
TEST(ErrorSums, AreWhatTheDefinitionsSay)
{
    ThreadPool pool(1);
    const std::vector<float> exact{1, -2, 3, 0.5F}, quantized{1, -1.5F, 3, 0};
    const ErrorSums sums = differenceOf(exact.data(), quantized.data(), exact.size(), pool);
    EXPECT_EQ(sums.signal, 14.25);
    EXPECT_EQ(sums.noise, 0.5);
    EXPECT_EQ(sums.maxAbs, 0.5);
    EXPECT_EQ(sums.values, 4U);
    EXPECT_NEAR(sqnrDb(sums.signal, sums.noise), 14.5484, 1e-4); // 10 log10(28.5)
    EXPECT_NEAR(cosineOf(sums), 13 / std::sqrt(14.25 * 12.25), 1e-15);
    EXPECT_EQ(sqnrDb(3, 0), std::numeric_limits<double>::infinity());
    // 4 bits over 0..15: of the 16 codes 0, 1 and 15 occur; 20 is clipped.
    const std::vector<float> values{0.2F, 1.1F, 0.9F, 20}, rounded{0, 1, 1, 15};
    const core::Grid grid = *core::gridFromScale(1, 0, 4);
    CodeSet codes;
    codes.reset(4);
    const LocalSums local = localSums(values.data(), rounded.data(), values.size(), &grid, 4, codes, pool);
    EXPECT_EQ(local.clipped, 1U);
    EXPECT_NEAR(local.noise, 0.04 + 0.01 + 0.01 + 25, 1e-6);
    EXPECT_EQ(deadCodesPercent(codes, grid, 4), 100.0 * 13 / 16);
}

TEST(ErrorSums, DoNotDependOnThreads)
{
    std::vector<float> exact(100003), quantized(exact.size());
    for (std::size_t i = 0; i < exact.size(); ++i) {
        exact[i] = std::sin(static_cast<float>(i) * 0.37F) * 3;
        quantized[i] = std::round(exact[i] * 16) / 16;
    }
    ThreadPool one(1), three(3);
    const ErrorSums a = differenceOf(exact.data(), quantized.data(), exact.size(), one), b = differenceOf(exact.data(), quantized.data(), exact.size(), three);
    EXPECT_EQ(a.noise, b.noise);
    EXPECT_EQ(a.product, b.product);
    double plain = 0;
    for (std::size_t i = 0; i < exact.size(); ++i)
        plain += (static_cast<double>(exact[i]) - quantized[i]) * (static_cast<double>(exact[i]) - quantized[i]);
    EXPECT_NEAR(a.noise, plain, plain * 1e-12);
}

class QuantizationEvaluate : public testing::Test {
protected:
    void SetUp() override
    {
        auto opened = core::openModel(test::digitsPath() / "digits.onnx");
        ASSERT_TRUE(opened) << opened.error().text();
        model = *opened;
        samples = *core::SampleSet::open((test::digitsPath() / "test").string(), model->graph, {.recipe = {}, .limit = 12});
        auto calibrated = calibrateMinMax(model, *samples);
        ASSERT_TRUE(calibrated) << calibrated.error().text();
        encodings = calibrated->encodings;
    }
    [[nodiscard]] core::SampleSet first(std::size_t count) const
    {
        return *core::SampleSet::open((test::digitsPath() / "test").string(), model->graph, {.recipe = {}, .limit = count});
    }
    /// Every tensor of the float model for a sample.
    [[nodiscard]] std::vector<std::pair<std::string, core::HostTensor>> tensors(std::size_t sample) const
    {
        PlanOptions options;
        options.optimize = false;
        auto session = Session::create(*Plan::build(model, options), 1);
        std::vector<std::pair<std::string, core::HostTensor>> result;
        EXPECT_TRUE((*session)->run(*samples->load(sample), [&](const TensorView &view) {
            if (view.dtype == core::DType::Float32)
                result.emplace_back(view.name, *view.toHost());
        }));
        return result;
    }
    static void writeBytes(const std::filesystem::path &path, std::span<const std::byte> bytes)
    {
        EXPECT_TRUE(core::writeFileAtomically(path, std::string_view(reinterpret_cast<const char *>(bytes.data()), bytes.size())));
    }
    static std::vector<float> channelsLast(const core::HostTensor &tensor)
    {
        const auto &dims = tensor.dims();
        const auto channels = static_cast<std::size_t>(dims[1]), pixels = static_cast<std::size_t>(dims[2] * dims[3]);
        std::vector<float> turned(tensor.elementCount());
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t p = 0; p < pixels; ++p)
                turned[p * channels + c] = tensor.as<float>()[c * pixels + p];
        }
        return turned;
    }

    std::shared_ptr<const core::Model> model;
    std::optional<core::SampleSet> samples;
    core::EncodingSet encodings;
};

TEST_F(QuantizationEvaluate, DumpsAreJoinedByNameShapeAndSize)
{
    const auto all = tensors(0);
    std::vector<std::size_t> images; // in which the order of dimensions shows
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto &dims = all[i].second.dims();
        if (dims.size() == 4 && dims[1] > 1 && dims[2] > 1)
            images.push_back(i);
    }
    ASSERT_GE(images.size(), 5U);
    const test::TemporaryFolder folder;
    const auto place = [&](std::size_t i, const char *ending) { return folder.path() / (sanitizedName(all[i].first) + ending); };
    // As it is; channels last without and with a shape; codes; a value that is far off; the wrong size; a name that nobody has.
    const auto at = [&](std::size_t n) -> const core::HostTensor & { return all[images[n]].second; };
    ASSERT_TRUE(core::writeNpy(place(images[0], ".npy"), at(0)));
    const auto turned = channelsLast(at(1));
    writeBytes(place(images[1], ".raw"), std::as_bytes(std::span(turned)));
    auto shaped = core::HostTensor::create(core::DType::Float32, {1, at(2).dims()[2], at(2).dims()[3], at(2).dims()[1]});
    ASSERT_TRUE(shaped);
    const auto values = channelsLast(at(2));
    std::copy(values.begin(), values.end(), shaped->as<float>().begin());
    ASSERT_TRUE(core::writeNpy(place(images[2], ".npy"), *shaped));
    core::HostTensor broken = at(3);
    for (float &value : broken.as<float>())
        value = value * 0.5F + 1;
    writeBytes(place(images[3], ".raw"), broken.bytes());
    writeBytes(place(images[4], ".raw"), at(4).bytes().first(12));
    writeBytes(folder.path() / "nobody.raw", at(4).bytes());

    auto compared = compareDumps(model, first(1), folder.path(), {});
    ASSERT_TRUE(compared) << compared.error().text();
    std::map<std::string, DumpError> byName;
    for (const DumpError &error : compared->tensors)
        byName[error.name] = error;
    EXPECT_EQ(compared->tensors.size(), 4U);
    for (const std::size_t n : {0U, 1U, 2U}) {
        ASSERT_TRUE(byName.contains(all[images[n]].first)) << n;
        const DumpError &error = byName[all[images[n]].first];
        EXPECT_EQ(error.maxAbsError, 0) << n;
        EXPECT_EQ(error.channelsLast, n != 0) << n;
        EXPECT_EQ(error.values, at(n).elementCount());
    }
    ASSERT_TRUE(compared->firstDivergence);
    EXPECT_EQ(compared->tensors[*compared->firstDivergence].name, all[images[3]].first);
    ASSERT_EQ(compared->unused.size(), 2U);
    for (const auto &unused : compared->unused)
        EXPECT_TRUE(unused.file == "nobody.raw" || unused.why.find("12 bytes") != std::string::npos) << unused.file << unused.why;
    EXPECT_GT(compared->withoutFile, 0U);
    // Several samples need several folders.
    auto many = compareDumps(model, first(2), folder.path(), {});
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().code, core::ErrorCode::Usage);
    EXPECT_FALSE(compareDumps(model, first(1), folder.path() / "nowhere", {}));
}

TEST_F(QuantizationEvaluate, DumpsOfSeveralSamplesAndOfCodes)
{
    const std::string output(model->graph.nameOf(model->graph.outputs[0]));
    const core::EncodingEntry *entry = encodings.find(output);
    ASSERT_NE(entry, nullptr);
    const core::Grid &grid = entry->encoding.grids[0];
    const test::TemporaryFolder folder;
    double noise = 0, signal = 0;
    for (std::size_t sample = 0; sample < 3; ++sample) {
        const auto all = tensors(sample);
        const auto result = folder.path() / ("Result_" + std::to_string(sample));
        std::filesystem::create_directory(result);
        std::vector<std::uint8_t> codes;
        for (const float value : all.back().second.as<float>()) {
            const double code = std::clamp(std::nearbyint(value / grid.scale) + static_cast<double>(grid.zeroPoint), 0.0, 255.0);
            codes.push_back(static_cast<std::uint8_t>(code));
            const double error = value - static_cast<float>((code - static_cast<double>(grid.zeroPoint)) * grid.scale);
            noise += error * error;
            signal += static_cast<double>(value) * value;
        }
        ASSERT_EQ(all.back().first, output);
        writeBytes(result / (sanitizedName(output) + ".raw"), std::as_bytes(std::span(codes)));
    }
    DumpOptions options;
    options.encodings = encodings;
    auto compared = compareDumps(model, first(3), folder.path(), options);
    ASSERT_TRUE(compared) << compared.error().text();
    ASSERT_EQ(compared->tensors.size(), 1U);
    EXPECT_TRUE(compared->tensors[0].codes);
    EXPECT_EQ(compared->samples, 3U);
    EXPECT_NEAR(compared->tensors[0].sqnrDb, 10 * std::log10(signal / noise), 1e-6);
    EXPECT_FALSE(compareDumps(model, first(4), folder.path(), options)) << "Result_3 is missing";
}

TEST_F(QuantizationEvaluate, ThreePrecisionsSideBySide)
{
    EvaluationOptions options;
    options.encodings = encodings;
    options.threads = 2;
    auto result = evaluateSideBySide(model, *samples, options);
    ASSERT_TRUE(result) << result.error().text();
    // Watching the tensors changes nothing in the arithmetic.
    options.precision = Precision::Integer;
    auto unwatched = evaluateQuantized(model, *samples, options);
    ASSERT_TRUE(unwatched) << unwatched.error().text();
    EXPECT_EQ(unwatched->outputs[0].sqnrDb, result->integer.outputs[0].sqnrDb);
    EXPECT_EQ(unwatched->outputs[0].maxAbsError, result->integer.outputs[0].maxAbsError);
    options.precision = Precision::QuantSim;
    auto simulated = evaluateQuantized(model, *samples, options);
    ASSERT_TRUE(simulated);
    EXPECT_EQ(simulated->outputs[0].sqnrDb, result->quantsim.outputs[0].sqnrDb);
    std::size_t activations = 0;
    for (const auto &[name, entry] : encodings.entries)
        activations += entry.kind == core::EncodingKind::Activation ? 1 : 0;
    EXPECT_EQ(result->tensors.size() + model->graph.inputs.size(), activations);
    for (std::size_t i = 0; i < result->tensors.size(); ++i) {
        const bool before = !result->firstDivergence || i < *result->firstDivergence;
        EXPECT_TRUE(!before || result->tensors[i].apartSteps <= 1.5) << result->tensors[i].name;
        EXPECT_GT(result->tensors[i].apartSqnrDb, 20) << result->tensors[i].name;
    }
    if (result->firstDivergence) {
        EXPECT_GT(result->tensors[*result->firstDivergence].apartSteps, 1.5);
    }
    options.encodings = {};
    EXPECT_FALSE(evaluateSideBySide(model, *samples, options));
}

} // namespace
} // namespace nordlys::runtime
