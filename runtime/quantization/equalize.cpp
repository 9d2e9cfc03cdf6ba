// SPDX-License-Identifier: Apache-2.0
#include "equalize.h"

#include "channel_statistics.h"

#include <core/export/linear_layers.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <unordered_map>
#include <utility>

namespace nordlys::runtime {

namespace {

constexpr std::size_t maxSweeps = 200;
constexpr double settledScale = 1e-4; // |ln s| below which a scale has not moved

/// Two entries of the layer list and what stands between them.
struct Pair {
    std::size_t first = 0, second = 0;
    std::size_t block = 1; ///< inputs of the second layer per channel of the first
    std::vector<core::NodeId> clips;
    bool onlyRelu = true;  ///< nothing or Relu between them: where absorption is valid
    std::vector<double> scale; ///< product of all steps
    std::pair<std::size_t, std::size_t> seen; ///< how often the two layers had moved when this pair was last balanced
};

std::optional<double> scalarOf(const core::Graph &graph, core::TensorId id)
{
    if (!id.isValid() || !graph.tensor(id).isConstant() || graph.tensor(id).dtype != core::DType::Float32 ||
        graph.tensor(id).constant->bytes().size() != sizeof(float))
        return std::nullopt;
    float value = 0;
    std::memcpy(&value, graph.tensor(id).constant->bytes().data(), sizeof(float));
    return static_cast<double>(value);
}

enum class Between { Relu, Homogeneous, ClippedRelu, Flatten, No };

/// Clip: ONNX opset 6 has attributes, 11 and newer have inputs.
Between kindOfClip(const core::Graph &graph, const core::Node &node)
{
    constexpr double unlimited = std::numeric_limits<float>::max();
    std::optional<double> low, high;
    if (node.opset < 11) {
        low = core::attributeFloat(graph, node, "min", -unlimited);
        high = core::attributeFloat(graph, node, "max", unlimited);
    } else {
        const auto limit = [&](std::size_t i, double fallback) {
            return i < node.inputs.size() && node.inputs[i].isValid() ? scalarOf(graph, node.inputs[i]) : std::optional(fallback);
        };
        low = limit(1, -unlimited);
        high = limit(2, unlimited);
    }
    if (!low || !high || *low != 0)
        return Between::No;
    return *high >= unlimited ? Between::Relu : Between::ClippedRelu;
}

Between kindBetween(const core::Graph &graph, const core::Node &node)
{
    const std::string_view op = graph.names.text(node.opType);
    if (!graph.names.text(node.domain).empty())
        return Between::No;
    if (op == "Relu")
        return Between::Relu;
    if (op == "Clip")
        return kindOfClip(graph, node);
    if (op == "Flatten")
        return core::attributeInt(graph, node, "axis", 1) == 1 ? Between::Flatten : Between::No;
    if (op == "PRelu") // slopes of any sign and shape: f(s x) = s f(x) for s > 0
        return node.inputs.size() == 2 && node.inputs[1].isValid() && graph.tensor(node.inputs[1]).isConstant() ? Between::Homogeneous : Between::No;
    if (op == "MaxPool")
        return node.outputs.size() == 1 || !node.outputs[1].isValid() ? Between::Homogeneous : Between::No;
    for (const char *homogeneous : {"LeakyRelu", "Identity", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"}) {
        if (op == homogeneous)
            return Between::Homogeneous;
    }
    return Between::No;
}

class Equalizer {
public:
    Equalizer(const core::Model &model, const EqualizeOptions &options)
        : m_graph(model.graph), m_options(options), m_layers(core::linearLayers(model.graph)), m_captured(core::capturedTensors(model.graph))
    {
        for (std::size_t i = 0; i < m_layers.size(); ++i)
            m_layerOf.emplace(m_layers[i].node.index, i);
        for (const core::LinearLayer &layer : m_layers) {
            if (layer.folded.isValid())
                m_report.folded.emplace_back(m_graph.nameOf(layer.folded));
        }
        for (std::size_t i = 0; i < m_layers.size(); ++i)
            findPartner(i);
    }

    [[nodiscard]] bool hasWork() const { return !m_pairs.empty() || !m_report.folded.empty(); }
    [[nodiscard]] const std::vector<core::LinearLayer> &layers() const { return m_layers; }
    EqualizeReport takeReport() { return std::move(m_report); }

    /// The names of Clip nodes that were in the way.
    [[nodiscard]] std::string obstacles() const
    {
        std::string names;
        for (const LeftAlone &layer : m_report.leftAlone) {
            if (layer.why.find("Clip ") != std::string::npos)
                names += (names.empty() ? "" : ", ") + layer.name + " (" + layer.why + ")";
        }
        return names;
    }

    core::Expected<void> balance(const core::JobContext &job)
    {
        std::vector<double> spreads;
        m_moves.assign(m_layers.size(), 0);
        for (Pair &pair : m_pairs) {
            spreads.push_back(spreadOf(m_layers[pair.first].outputRanges()));
            pair.scale.assign(m_layers[pair.first].outputs, 1);
        }
        for (double moved = 1; moved > settledScale && m_report.sweeps < maxSweeps && !m_pairs.empty(); ++m_report.sweeps) {
            moved = 0;
            for (Pair &pair : m_pairs) {
                if (job.stopRequested())
                    return core::interrupted("equalizing");
                if (m_report.sweeps > 0 && pair.seen == std::pair(m_moves[pair.first], m_moves[pair.second]))
                    continue; // nothing has changed since it was balanced
                const double step = balancePair(pair);
                if (step > settledScale) {
                    ++m_moves[pair.first];
                    ++m_moves[pair.second];
                }
                pair.seen = {m_moves[pair.first], m_moves[pair.second]};
                moved = std::max(moved, step);
            }
            job.report(m_report.sweeps, 0, "equalizing");
        }
        for (std::size_t i = 0; i < m_pairs.size(); ++i) {
            const auto [low, high] = std::ranges::minmax(m_pairs[i].scale);
            m_report.pairs.push_back({m_layers[m_pairs[i].first].name, m_layers[m_pairs[i].second].name, low, high, spreads[i],
                                      spreadOf(m_layers[m_pairs[i].first].outputRanges()), 0});
            for (const core::NodeId clip : m_pairs[i].clips)
                m_report.replaced.emplace_back(m_graph.nameOf(clip));
        }
        return {};
    }

    core::Expected<void> absorb(const std::shared_ptr<const core::Model> &model, const core::JobContext &job)
    {
        std::vector<std::string> unknown;
        for (const Pair &pair : m_pairs) {
            if (canAbsorb(pair) && !m_layers[pair.first].normalized)
                unknown.emplace_back(m_graph.nameOf(m_layers[pair.first].output));
        }
        std::map<std::string, core::ChannelStatistics> measured;
        if (m_options.samples != nullptr && !unknown.empty()) {
            auto found = measureChannels(model, *m_options.samples, unknown, m_options.threads, job);
            NORDLYS_TRY(found);
            measured = std::move(*found);
        }
        bool normalized = false, sampled = false;
        for (std::size_t i = 0; i < m_pairs.size(); ++i) {
            const Pair &pair = m_pairs[i];
            if (!canAbsorb(pair))
                continue;
            const core::LinearLayer &layer = m_layers[pair.first];
            const auto found = measured.find(std::string(m_graph.nameOf(layer.output)));
            const core::ChannelStatistics *statistics = layer.normalized ? &*layer.normalized : found != measured.end() ? &found->second : nullptr;
            if (statistics == nullptr || statistics->mean.size() != layer.outputs)
                continue;
            m_report.pairs[i].absorbedChannels = absorbPair(pair, *statistics);
            if (m_report.pairs[i].absorbedChannels > 0)
                (layer.normalized ? normalized : sampled) = true;
        }
        m_report.absorbedFrom = std::string(normalized ? "batch normalization" : "") + (normalized && sampled ? " and " : "") + (sampled ? "samples" : "");
        return {};
    }

private:
    void leaveAlone(std::size_t layer, std::string why) { m_report.leftAlone.push_back({m_layers[layer].name, std::move(why)}); }

    void findPartner(std::size_t first)
    {
        Pair pair;
        pair.first = first;
        core::TensorId value = m_layers[first].output;
        bool flattened = false;
        for (;;) {
            const core::Tensor &tensor = m_graph.tensor(value);
            const std::string name(m_graph.nameOf(value));
            if (tensor.isGraphOutput)
                return leaveAlone(first, "its values leave the graph as " + name);
            if (tensor.consumers.size() != 1 || m_captured[value.index])
                return leaveAlone(first, name + " is read by " + std::to_string(tensor.consumers.size()) + " nodes or a subgraph");
            const core::NodeId next = tensor.consumers[0];
            const core::Node &node = m_graph.node(next);
            const std::string reader = std::string(m_graph.opOf(next)) + " " + std::string(m_graph.nameOf(next));
            if (node.inputs[0] != value) // a weight or slope that is computed, or the second operand of Add and the like
                return leaveAlone(first, reader + " does not pass a scale on");
            if (const auto found = m_layerOf.find(next.index); found != m_layerOf.end()) {
                pair.second = found->second;
                break;
            }
            switch (kindBetween(m_graph, node)) {
            case Between::Relu: break;
            case Between::Homogeneous: pair.onlyRelu = false; break;
            case Between::Flatten:
                pair.onlyRelu = false;
                flattened = true;
                break;
            case Between::ClippedRelu:
                if (!m_options.replaceClip)
                    return leaveAlone(first, reader + " has an upper limit");
                pair.clips.push_back(next);
                break;
            case Between::No:
                return leaveAlone(first, reader + " does not pass a scale on");
            }
            value = node.outputs[0];
        }
        const core::LinearLayer &second = m_layers[pair.second];
        const std::size_t channels = m_layers[first].outputs;
        pair.block = second.inputs / channels;
        if (second.inputs % channels != 0 || (pair.block != 1 && !flattened))
            return leaveAlone(first, "its channels do not fit those of " + second.name);
        m_pairs.push_back(std::move(pair));
    }

    static double spreadOf(const std::vector<double> &ranges)
    {
        double low = std::numeric_limits<double>::infinity(), high = 0;
        for (const double range : ranges) {
            if (range > 0) {
                low = std::min(low, range);
                high = std::max(high, range);
            }
        }
        return high > 0 ? high / low : 1;
    }

    /// One step of equation 11; the largest |ln s|.
    double balancePair(Pair &pair)
    {
        core::LinearLayer &first = m_layers[pair.first], &second = m_layers[pair.second];
        const std::vector<double> r1 = first.outputRanges(), columns = second.inputRanges();
        double moved = 0;
        for (std::size_t c = 0; c < first.outputs; ++c) {
            double r2 = 0;
            for (std::size_t i = c * pair.block; i < (c + 1) * pair.block; ++i)
                r2 = std::max(r2, columns[i]);
            const double s = std::sqrt(r1[c] * r2) / r2;
            if (!(r1[c] > 0) || !(r2 > 0) || !std::isfinite(s) || !(s > 0))
                continue; // a channel of zeros has nothing to balance
            first.outFactor[c] /= s;
            first.bias[c] /= s;
            if (first.normalized) {
                first.normalized->mean[c] /= s;
                first.normalized->deviation[c] /= s;
            }
            for (std::size_t i = c * pair.block; i < (c + 1) * pair.block; ++i)
                second.inFactor[i] *= s;
            pair.scale[c] *= s;
            moved = std::max(moved, std::abs(std::log(s)));
        }
        if (moved > 0)
            first.changed = second.changed = true;
        return moved;
    }

    [[nodiscard]] bool canAbsorb(const Pair &pair) const
    {
        // Behind a ConvTranspose not every output sums over the whole window, so no one number stands for what is taken out of its input.
        const core::LinearLayer &second = m_layers[pair.second];
        const bool wholeWindow = second.kind != core::LinearLayer::Kind::ConvTranspose || second.inner == 1;
        return pair.onlyRelu && wholeWindow && !second.padded && m_layers[pair.first].plainFactors && m_layers[pair.second].plainFactors;
    }

    std::size_t absorbPair(const Pair &pair, const core::ChannelStatistics &statistics)
    {
        core::LinearLayer &first = m_layers[pair.first], &second = m_layers[pair.second];
        const bool scaled = first.normalized.has_value(); // measured numbers are those of the source model
        std::vector<double> surplus(first.outputs, 0);
        std::size_t count = 0;
        for (std::size_t c = 0; c < first.outputs; ++c) {
            surplus[c] = std::max(0.0, (statistics.mean[c] - 3 * statistics.deviation[c]) / (scaled ? 1 : pair.scale[c]));
            count += surplus[c] > 0 ? 1 : 0;
            first.bias[c] -= surplus[c];
        }
        for (std::size_t k = 0; count > 0 && k < second.weightCount(); ++k)
            second.bias[second.outputOf(k)] += second.weight(k) * surplus[second.inputOf(k)];
        first.changed = first.changed || count > 0;
        second.changed = second.changed || count > 0;
        return count; // b2 took over what its input lost: the statistics of the second layer's output stay
    }

    const core::Graph &m_graph;
    const EqualizeOptions &m_options;
    std::vector<core::LinearLayer> m_layers;
    std::vector<bool> m_captured;
    std::unordered_map<std::uint32_t, std::size_t> m_layerOf; ///< by node
    std::vector<Pair> m_pairs;
    std::vector<std::size_t> m_moves; ///< per layer
    EqualizeReport m_report;
};

} // namespace

core::Expected<EqualizeReport> equalizeModel(const std::shared_ptr<const core::Model> &model, const std::filesystem::path &target,
                                             const EqualizeOptions &options, const core::JobContext &job)
{
    auto rewrite = core::ModelRewrite::open(*model, job);
    NORDLYS_TRY(rewrite);
    Equalizer equalizer(*model, options);
    if (!equalizer.hasWork()) {
        const std::string obstacles = equalizer.obstacles();
        return core::notSupported(model->path.string(),
                                  obstacles.empty() ? "there are no two layers that could be balanced against each other"
                                                    : "Clip stands between all layers that could be balanced: " + obstacles,
                                  obstacles.empty() ? "" : "Ask for Clip to be replaced by Relu.");
    }
    NORDLYS_TRY(equalizer.balance(job));
    if (options.absorbBias)
        NORDLYS_TRY(equalizer.absorb(model, job));
    NORDLYS_TRY(core::storeLayers(model->graph, equalizer.layers(), *rewrite));
    EqualizeReport report = equalizer.takeReport();
    for (const std::string &clip : report.replaced)
        NORDLYS_TRY(rewrite->becomeRelu(clip));
    NORDLYS_TRY(rewrite->write(target, job));
    return report;
}

} // namespace nordlys::runtime
