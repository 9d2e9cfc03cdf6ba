// SPDX-License-Identifier: Apache-2.0
#include "configuration_metric.h"

#include "metric_command.h"
#include "sample_workers.h"

#include <core/base/atomic_file.h>
#include <core/tensor/host_tensor.h>
#include <runtime/session/session.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>
#include <unistd.h>
#include <vector>

namespace nordlys::runtime {

namespace {

using Outputs = std::vector<core::HostTensor>;

std::int64_t topClass(const core::HostTensor &tensor)
{
    const auto values = tensor.as<float>();
    return std::max_element(values.begin(), values.end()) - values.begin();
}

/// A folder for one call of the command; removed at the end.
class ScratchFolder {
public:
    ScratchFolder()
    {
        std::error_code error;
        std::string pattern = (std::filesystem::temp_directory_path(error) / "nordlys-metric-XXXXXX").string();
        if (!error && ::mkdtemp(pattern.data()) != nullptr)
            m_path = pattern;
    }
    ~ScratchFolder()
    {
        std::error_code ignored;
        if (!m_path.empty())
            std::filesystem::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder &) = delete;
    ScratchFolder &operator=(const ScratchFolder &) = delete;
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

std::size_t bytesOf(const Outputs &tensors)
{
    std::size_t bytes = 0;
    for (const core::HostTensor &tensor : tensors)
        bytes += tensor.bytes().size();
    return bytes;
}

std::string folderOf(std::size_t sample)
{
    char name[32];
    std::snprintf(name, sizeof name, "%06zu", sample);
    return name;
}

std::string csvField(const std::string &text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

struct Sums {
    double signal = 0, noise = 0;
};

core::Expected<Sums> compare(const core::HostTensor &exact, const core::HostTensor &quantized)
{
    if (exact.elementCount() != quantized.elementCount())
        return core::notSupported("metric", "an output changes its size with the encodings");
    Sums sums;
    const auto x = exact.as<float>(), q = quantized.as<float>();
    for (std::size_t i = 0; i < x.size(); ++i) {
        const auto a = static_cast<double>(x[i]), d = a - static_cast<double>(q[i]);
        sums.signal += a * a;
        sums.noise += d * d;
    }
    return sums;
}

} // namespace

std::string_view nameOf(MetricKind kind)
{
    switch (kind) {
    case MetricKind::Sqnr: return "sqnr";
    case MetricKind::Agreement: return "agreement";
    case MetricKind::Accuracy: return "accuracy";
    case MetricKind::Command: break;
    }
    return "command";
}

struct ConfigurationMetric::State {
    std::shared_ptr<const core::Model> model;
    const core::SampleSet *samples = nullptr;
    MetricOptions options;
    std::vector<Outputs> exact;                          ///< per sample
    std::vector<std::optional<core::Sample>> inputs;     ///< per sample; nothing: read again each time
    std::vector<std::optional<std::int64_t>> labels;     ///< per sample
    Measured floatResult;

    core::Expected<void> readLabels()
    {
        labels.resize(samples->size());
        if (options.kind != MetricKind::Accuracy && options.kind != MetricKind::Command)
            return {};
        bool any = false;
        for (std::size_t i = 0; i < samples->size() && options.labels != nullptr; ++i) {
            const auto path = samples->path(i);
            if (const auto found = path.empty() ? std::nullopt : options.labels->classOf(path)) {
                labels[i] = *found + options.labelOffset;
                any = true;
            }
        }
        if (!any && options.kind == MetricKind::Accuracy)
            return core::badInput("labels", "none of the samples has one", "Check that the column `file` is relative to the label file.");
        return {};
    }

    core::Expected<core::Sample> load(std::size_t sample) const
    {
        if (inputs[sample])
            return *inputs[sample];
        return samples->load(sample);
    }

    static core::Expected<Outputs> run(Session &session, const core::Sample &sample, const std::stop_token &stop)
    {
        NORDLYS_TRY(session.run(sample, {}, stop));
        Outputs outputs;
        for (std::size_t i = 0; i < session.plan().outputs().size(); ++i) {
            if (session.plan().outputs()[i].kind != core::ValueKind::Tensor) {
                outputs.emplace_back();
                continue;
            }
            auto output = session.output(i);
            NORDLYS_TRY(output);
            outputs.push_back(std::move(*output));
        }
        return outputs;
    }

    core::Expected<void> runFloat(int threads, const core::JobContext &job)
    {
        auto plan = Plan::build(model, {});
        NORDLYS_TRY(plan);
        std::vector<std::unique_ptr<Session>> sessions;
        for (int i = 0; i < sampleWorkers(samples->size(), threads); ++i) {
            auto session = Session::create(*plan, 1);
            NORDLYS_TRY(session);
            (*session)->setTimersEnabled(false);
            sessions.push_back(std::move(*session));
        }
        exact.resize(samples->size());
        inputs.resize(samples->size());
        // What a sample needs is known after the first; all need the same where shapes are fixed.
        std::size_t outputBytes = 0, inputBytes = 0;
        for (const PortInfo &port : (*plan)->outputs())
            outputBytes += static_cast<std::size_t>(core::elementCount(port.dims).value_or(0)) * sizeof(float);
        for (const PortInfo &port : (*plan)->inputs())
            inputBytes += static_cast<std::size_t>(core::elementCount(port.dims).value_or(0)) * sizeof(float);
        if (outputBytes > maxBytes / samples->size())
            return core::badInput("samples", "the float outputs of " + std::to_string(samples->size()) + " need more than 1 GiB", "Use fewer samples.");
        const bool keepInputs = inputBytes > 0 && inputBytes <= maxBytes / samples->size();
        const auto work = [&](int worker, std::size_t sample) -> core::Expected<void> {
            auto loaded = samples->load(sample);
            NORDLYS_TRY(loaded);
            auto outputs = run(*sessions[static_cast<std::size_t>(worker)], *loaded, job.stop);
            NORDLYS_TRY(outputs);
            if (bytesOf(*outputs) > maxBytes / samples->size())
                return core::badInput("samples", "the float outputs of " + std::to_string(samples->size()) + " need more than 1 GiB", "Use fewer samples.");
            exact[sample] = std::move(*outputs);
            if (keepInputs)
                inputs[sample] = std::move(*loaded);
            return {};
        };
        NORDLYS_TRY(forEachSample(samples->size(), threads, job, "running the float model", work));
        const Outputs &first = exact.front();
        if (std::ranges::none_of(first, [](const core::HostTensor &tensor) { return tensor.dtype() == core::DType::Float32; }))
            return core::notSupported("metric", "the model has no float32 output");
        const bool needsClass = options.kind == MetricKind::Agreement || options.kind == MetricKind::Accuracy;
        if (needsClass && (first[0].dtype() != core::DType::Float32 || first[0].elementCount() == 0))
            return core::notSupported(std::string(nameOf(options.kind)), "the first output is no float32 tensor");
        return {};
    }

    core::Expected<void> store(const std::filesystem::path &folder, std::size_t sample, const Outputs &outputs) const
    {
        const std::string name = folderOf(sample);
        std::error_code error;
        std::filesystem::create_directories(folder / name, error);
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            if (outputs[i].dtype() == core::DType::Undefined)
                continue;
            NORDLYS_TRY(core::writeNpy(folder / name / ("output_" + std::to_string(i) + ".npy"), outputs[i]));
        }
        return {};
    }

    core::Expected<double> askCommand(const std::filesystem::path &folder, const std::stop_token &stop) const
    {
        std::string table = "folder,file,class_index\n";
        for (std::size_t i = 0; i < samples->size(); ++i)
            table += folderOf(i) + "," + csvField(samples->name(i)) + "," + (labels[i] ? std::to_string(*labels[i]) : std::string()) + "\n";
        NORDLYS_TRY(core::writeFileAtomically(folder / "samples.csv", table));
        return runMetricCommand(options.command, folder, options.commandTimeout, stop);
    }

    /// `outputsOf(sample)` gives the outputs in question.
    template <typename Function>
    core::Expected<Measured> measure(Function &&outputsOf, const std::stop_token &stop) const
    {
        std::optional<ScratchFolder> scratch;
        if (options.kind == MetricKind::Command && scratch.emplace().path().empty())
            return core::cannotWrite("temporary folder", "it cannot be made", "Check TMPDIR.");
        std::vector<Sums> sums(exact.front().size());
        std::size_t agreeing = 0, right = 0, labelled = 0;
        for (std::size_t sample = 0; sample < exact.size(); ++sample) {
            if (stop.stop_requested())
                return core::interrupted("measuring");
            core::Expected<Outputs> outputs = outputsOf(sample);
            NORDLYS_TRY(outputs);
            for (std::size_t o = 0; o < sums.size(); ++o) {
                if (exact[sample][o].dtype() != core::DType::Float32)
                    continue;
                const auto one = compare(exact[sample][o], (*outputs)[o]);
                if (!one)
                    return one.error();
                sums[o].signal += one->signal;
                sums[o].noise += one->noise;
            }
            if (options.kind == MetricKind::Agreement)
                agreeing += topClass((*outputs)[0]) == topClass(exact[sample][0]) ? 1 : 0;
            if (options.kind == MetricKind::Accuracy && labels[sample]) {
                ++labelled;
                right += topClass((*outputs)[0]) == *labels[sample] ? 1 : 0;
            }
            if (scratch)
                NORDLYS_TRY(store(scratch->path(), sample, *outputs));
        }
        Measured measured;
        measured.sqnrDb = std::numeric_limits<double>::infinity();
        for (std::size_t o = 0; o < sums.size(); ++o) {
            if (sums[o].noise > 0 || std::isnan(sums[o].noise))
                measured.sqnrDb = std::min(measured.sqnrDb, std::isfinite(sums[o].noise)
                                                                ? 10 * std::log10(std::max(sums[o].signal, std::numeric_limits<double>::min()) / sums[o].noise)
                                                                : -std::numeric_limits<double>::infinity());
        }
        measured.metric = measured.sqnrDb;
        if (options.kind == MetricKind::Agreement)
            measured.metric = static_cast<double>(agreeing) / static_cast<double>(exact.size());
        else if (options.kind == MetricKind::Accuracy)
            measured.metric = static_cast<double>(right) / static_cast<double>(labelled);
        else if (options.kind == MetricKind::Command) {
            const auto number = askCommand(scratch->path(), stop);
            if (!number)
                return number.error();
            measured.metric = *number;
        }
        return measured;
    }
};

ConfigurationMetric::ConfigurationMetric(std::unique_ptr<State> state) : m_state(std::move(state)) {}
ConfigurationMetric::~ConfigurationMetric() = default;

core::Expected<std::unique_ptr<ConfigurationMetric>> ConfigurationMetric::create(std::shared_ptr<const core::Model> model,
                                                                                 const core::SampleSet &samples, const MetricOptions &options,
                                                                                 int threads, const core::JobContext &job)
{
    if (samples.size() == 0)
        return core::badInput("samples", "there are none", "Give at least one input.");
    auto state = std::make_unique<State>();
    state->model = std::move(model);
    state->samples = &samples;
    state->options = options;
    NORDLYS_TRY(state->readLabels());
    NORDLYS_TRY(state->runFloat(threads, job));
    auto measured = state->measure([&](std::size_t sample) -> core::Expected<Outputs> { return state->exact[sample]; }, job.stop);
    NORDLYS_TRY(measured);
    state->floatResult = *measured;
    return std::unique_ptr<ConfigurationMetric>(new ConfigurationMetric(std::move(state)));
}

core::Expected<Measured> ConfigurationMetric::measure(const core::EncodingSet &encodings, const std::stop_token &stop) const
{
    PlanOptions options;
    options.precision = encodings.empty() ? Precision::Float32 : Precision::QuantSim;
    options.encodings = encodings;
    auto plan = Plan::build(m_state->model, options);
    NORDLYS_TRY(plan);
    auto session = Session::create(*plan, 1);
    NORDLYS_TRY(session);
    (*session)->setTimersEnabled(false);
    const auto outputsOf = [&](std::size_t sample) -> core::Expected<Outputs> {
        auto inputs = m_state->load(sample);
        NORDLYS_TRY(inputs);
        return State::run(**session, *inputs, stop);
    };
    return m_state->measure(outputsOf, stop);
}

const Measured &ConfigurationMetric::floatResult() const { return m_state->floatResult; }
std::size_t ConfigurationMetric::samples() const { return m_state->exact.size(); }

double ConfigurationMetric::gain(double a, double b) const
{
    if (a == b)
        return 0; // two infinities too
    return m_state->options.kind == MetricKind::Command && m_state->options.lowerIsBetter ? b - a : a - b;
}

bool ConfigurationMetric::isBetter(const Measured &a, const Measured &b) const
{
    const double difference = gain(a.metric, b.metric);
    return difference != 0 ? difference > 0 : a.sqnrDb > b.sqnrDb;
}

} // namespace nordlys::runtime
