// SPDX-License-Identifier: Apache-2.0
#include "bias_correct.h"

#include "channel_statistics.h"

#include <core/export/linear_layers.h>

#include <core/tensor/float_bits.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <optional>
#include <unordered_map>

namespace nordlys::runtime {

namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

struct Limits {
    double low = -unlimited, high = unlimited;
};

std::optional<double> constantNumber(const core::Graph &graph, core::TensorId id, double absent)
{
    if (!id.isValid())
        return absent;
    const core::Tensor &tensor = graph.tensor(id);
    if (!tensor.isConstant() || tensor.dtype != core::DType::Float32 || tensor.constant->bytes().size() != sizeof(float))
        return std::nullopt;
    float value = 0;
    std::memcpy(&value, tensor.constant->bytes().data(), sizeof(float));
    return static_cast<double>(value);
}

/// What Relu and Clip leave of a value; nothing for other operators.
std::optional<Limits> limitsOf(const core::Graph &graph, const core::Node &node)
{
    const std::string_view op = graph.names.text(node.opType);
    if (op == "Identity")
        return Limits{};
    if (op == "Relu")
        return Limits{0, unlimited};
    if (op != "Clip")
        return std::nullopt;
    if (node.opset < 11)
        return Limits{core::attributeFloat(graph, node, "min", -unlimited), core::attributeFloat(graph, node, "max", unlimited)};
    const auto low = constantNumber(graph, node.inputs.size() > 1 ? node.inputs[1] : core::TensorId(), -unlimited);
    const auto high = constantNumber(graph, node.inputs.size() > 2 ? node.inputs[2] : core::TensorId(), unlimited);
    if (!low || !high || *low > *high)
        return std::nullopt;
    return Limits{*low, *high};
}

/// What quantization adds to weight `index`.
double errorOf(const core::LinearLayer &layer, std::size_t index, const core::Encoding &encoding)
{
    const auto exact = static_cast<float>(layer.weight(index));
    float quantized = exact;
    if (encoding.isFloat) {
        if (encoding.bitwidth == 16)
            quantized = core::floatFromHalf(core::halfFromFloat(exact));
    } else {
        std::size_t channel = 0;
        if (encoding.isPerChannel() && encoding.grids.size() > 1) {
            std::size_t inner = 1;
            for (std::size_t d = static_cast<std::size_t>(encoding.axis) + 1; d < layer.dims.size(); ++d)
                inner *= static_cast<std::size_t>(layer.dims[d]);
            channel = index / inner % encoding.grids.size();
        }
        quantized = core::quantizeDequantize(exact, encoding.grids[channel], encoding.bitwidth);
    }
    return static_cast<double>(quantized) - static_cast<double>(exact);
}

class Corrector {
public:
    Corrector(const core::Model &model, const BiasCorrectOptions &options)
        : m_graph(model.graph), m_options(options), m_layers(core::linearLayers(model.graph))
    {
        for (const core::LinearLayer &layer : m_layers) {
            if (layer.normalized)
                m_normalized.emplace(layer.output.index, &*layer.normalized);
            if (layer.folded.isValid())
                m_report.folded.emplace_back(m_graph.nameOf(layer.folded));
        }
        m_report.expectedInputs = options.samples != nullptr ? "samples" : "batch normalization";
    }

    [[nodiscard]] const std::vector<core::LinearLayer> &layers() const { return m_layers; }
    BiasCorrectReport takeReport() { return std::move(m_report); }

    core::Expected<void> correct(const std::shared_ptr<const core::Model> &model, const core::JobContext &job)
    {
        if (m_options.samples != nullptr) {
            std::vector<std::string> names;
            for (const core::LinearLayer &layer : m_layers) {
                if (m_options.encodings.find(layer.weightName) != nullptr)
                    names.emplace_back(m_graph.nameOf(inputOf(layer)));
            }
            auto measured = measureChannels(model, *m_options.samples, names, m_options.threads, job);
            NORDLYS_TRY(measured);
            m_measured = std::move(*measured);
        }
        for (core::LinearLayer &layer : m_layers) {
            if (job.stopRequested())
                return core::interrupted("correcting biases");
            NORDLYS_TRY(correctLayer(layer));
        }
        if (m_report.layers.empty())
            return core::notSupported(model->path.string(),
                                      "no layer can be corrected" + (m_report.leftAlone.empty() ? std::string() : ": " + m_report.leftAlone[0].name + ": " +
                                                                                                                        m_report.leftAlone[0].why),
                                      m_options.samples == nullptr ? "Give samples, over which the expected inputs are measured." : "");
        return {};
    }

private:
    [[nodiscard]] core::TensorId inputOf(const core::LinearLayer &layer) const { return m_graph.node(layer.node).inputs[0]; }

    /// E[x] per channel of the layer's input.
    [[nodiscard]] std::optional<std::vector<double>> expectedInput(const core::LinearLayer &layer) const
    {
        const core::TensorId input = inputOf(layer);
        if (m_options.samples != nullptr) {
            const auto found = m_measured.find(std::string(m_graph.nameOf(input)));
            return found == m_measured.end() ? std::nullopt : std::optional(found->second.mean);
        }
        Limits limits;
        core::TensorId value = input;
        auto statistics = m_normalized.find(value.index);
        if (statistics == m_normalized.end() && m_graph.tensor(value).producer.isValid()) {
            const core::Node &node = m_graph.node(m_graph.tensor(value).producer);
            const auto found = limitsOf(m_graph, node);
            if (!found)
                return std::nullopt;
            limits = *found;
            statistics = m_normalized.find(node.inputs[0].index);
        }
        if (statistics == m_normalized.end())
            return std::nullopt;
        std::vector<double> expected;
        for (std::size_t c = 0; c < statistics->second->mean.size(); ++c)
            expected.push_back(meanOfClippedNormal(statistics->second->mean[c], statistics->second->deviation[c], limits.low, limits.high));
        return expected;
    }

    core::Expected<void> correctLayer(core::LinearLayer &layer)
    {
        const auto leaveAlone = [&](std::string why) {
            m_report.leftAlone.push_back({layer.name, std::move(why)});
            return core::Expected<void>();
        };
        const core::EncodingEntry *entry = m_options.encodings.find(layer.weightName);
        if (entry == nullptr)
            return leaveAlone("its weight " + layer.weightName + " has no encoding");
        const core::Encoding &encoding = entry->encoding;
        NORDLYS_TRY(core::checkEncoding(encoding, layer.weightName));
        if (encoding.isPerChannel() && (static_cast<std::size_t>(encoding.axis) >= layer.dims.size() ||
                                        static_cast<std::int64_t>(encoding.grids.size()) != layer.dims[static_cast<std::size_t>(encoding.axis)]))
            return core::badInput("encoding of " + layer.weightName, "its channels do not fit the weight", "Calibrate this tensor again.");
        if (!encoding.isFloat && !encoding.isPerChannel() && encoding.grids.size() != 1)
            return leaveAlone("its weight's encoding has one grid per block");
        if (!layer.plainFactors)
            return leaveAlone("its alpha or beta is not 1");
        if (layer.kind == core::LinearLayer::Kind::ConvTranspose && layer.inner != 1)
            return leaveAlone("its outputs do not all sum over the whole window of a ConvTranspose");
        const auto expected = expectedInput(layer);
        if (!expected || expected->size() != layer.inputs)
            return leaveAlone("nothing says what its input " + std::string(m_graph.nameOf(inputOf(layer))) + " is on average");
        std::vector<double> shift(layer.outputs, 0);
        for (std::size_t k = 0; k < layer.weightCount(); ++k)
            shift[layer.outputOf(k)] += errorOf(layer, k, encoding) * (*expected)[layer.inputOf(k)];
        CorrectedLayer corrected{layer.name, 0};
        for (std::size_t c = 0; c < layer.outputs; ++c) {
            layer.bias[c] -= shift[c];
            corrected.largestShift = std::max(corrected.largestShift, std::abs(shift[c]));
        }
        layer.changed = true;
        m_report.layers.push_back(std::move(corrected));
        return {};
    }

    const core::Graph &m_graph;
    const BiasCorrectOptions &m_options;
    std::vector<core::LinearLayer> m_layers;
    std::unordered_map<std::uint32_t, const core::ChannelStatistics *> m_normalized; ///< by value behind a folded BatchNormalization
    std::map<std::string, core::ChannelStatistics> m_measured;
    BiasCorrectReport m_report;
};

double density(double x) { return std::isinf(x) ? 0 : std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }
double distribution(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

} // namespace

double meanOfClippedNormal(double mean, double deviation, double low, double high)
{
    if (!(deviation > 0))
        return std::clamp(mean, low, high);
    const double a = (low - mean) / deviation, b = (high - mean) / deviation;
    double result = mean * (distribution(b) - distribution(a)) + deviation * (density(a) - density(b));
    if (std::isfinite(low))
        result += low * distribution(a);
    if (std::isfinite(high))
        result += high * (1 - distribution(b));
    return result;
}

core::Expected<BiasCorrectReport> biasCorrectModel(const std::shared_ptr<const core::Model> &model, const std::filesystem::path &target,
                                                   const BiasCorrectOptions &options, const core::JobContext &job)
{
    auto rewrite = core::ModelRewrite::open(*model, job);
    NORDLYS_TRY(rewrite);
    Corrector corrector(*model, options);
    NORDLYS_TRY(corrector.correct(model, job));
    NORDLYS_TRY(core::storeLayers(model->graph, corrector.layers(), *rewrite));
    NORDLYS_TRY(rewrite->write(target, job));
    return corrector.takeReport();
}

} // namespace nordlys::runtime
