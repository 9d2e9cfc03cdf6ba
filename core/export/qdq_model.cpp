// SPDX-License-Identifier: Apache-2.0
#include "qdq_model.h"

#include "linear_layers.h"
#include "model_rewrite.h"

#include <core/quantization/bias_encoding.h>
#include <core/quantization/qdq_encodings.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

namespace nordlys::core {

namespace {

using Place = ModelRewrite::Place;

constexpr int kOpsetPlain = 10, kOpsetChannels = 13, kOpsetNewTypes = 21;

DType codesOf(const Encoding &encoding, bool isSigned)
{
    switch (encoding.bitwidth) {
    case 4: return isSigned ? DType::Int4 : DType::UInt4;
    case 8: return isSigned ? DType::Int8 : DType::UInt8;
    case 16: return isSigned ? DType::Int16 : DType::UInt16;
    default: return DType::Int32;
    }
}

std::int64_t middleOf(int bitwidth) { return std::int64_t(1) << (bitwidth - 1); }

/// What the file will say: scales as float32 has them, ranges that follow from them. Nothing where float32 cannot hold a scale.
std::optional<Encoding> asWritten(const Encoding &encoding, std::size_t &rounded)
{
    Encoding result = encoding;
    result.twoLevel.reset();
    const bool isSigned = std::ranges::all_of(encoding.grids, [&](const Grid &grid) { return isSignedSymmetric(grid, encoding.bitwidth); });
    result.symmetric = isSigned && (encoding.symmetric || encoding.bitwidth == 32);
    std::size_t changed = 0;
    for (Grid &grid : result.grids) {
        const auto scale = static_cast<double>(static_cast<float>(grid.scale));
        changed += scale != grid.scale ? 1 : 0;
        const auto made = gridFromScale(scale, result.symmetric ? middleOf(encoding.bitwidth) : grid.zeroPoint, encoding.bitwidth);
        if (!made)
            return std::nullopt;
        grid = *made;
    }
    rounded += changed;
    return result;
}

int opsetFor(const Encoding &encoding)
{
    if (encoding.isBlockwise() || encoding.bitwidth == 4 || encoding.bitwidth == 16)
        return kOpsetNewTypes;
    return encoding.isPerChannel() ? kOpsetChannels : kOpsetPlain;
}

/// The nodes without codes. `dims`: of the value; needed for blocks only.
QdqNodes nodesFor(const std::string &value, const Encoding &written, const Dims &dims)
{
    QdqNodes nodes;
    nodes.value = value;
    nodes.codes = codesOf(written, written.symmetric);
    const std::int64_t shift = written.symmetric ? middleOf(written.bitwidth) : 0;
    const auto add = [&](const Grid &grid) {
        nodes.scales.push_back(static_cast<float>(grid.scale));
        if (nodes.codes != DType::Int32)
            nodes.zeroPoints.push_back(grid.zeroPoint - shift);
    };
    if (written.isBlockwise()) { // the scales lie like the tensor
        nodes.axis = written.blockAxis;
        nodes.blockSize = written.blockSize;
        nodes.scaleDims = dims;
        auto &blocks = nodes.scaleDims[static_cast<std::size_t>(written.blockAxis)];
        blocks = blocks / written.blockSize + (blocks % written.blockSize != 0 ? 1 : 0);
        Encoding perBlock = written; // among the scales a block is one index
        perBlock.blockSize = 1;
        const GridIndex index(perBlock, nodes.scaleDims);
        const auto count = static_cast<std::size_t>(elementCount(nodes.scaleDims).value_or(0));
        for (std::size_t i = 0; i < count; ++i)
            add(written.grids[index.of(i)]);
        return nodes;
    }
    nodes.axis = written.axis;
    if (written.isPerChannel())
        nodes.scaleDims = {static_cast<std::int64_t>(written.grids.size())};
    for (const Grid &grid : written.grids)
        add(grid);
    return nodes;
}

struct Codes {
    std::vector<std::byte> bytes;
    std::size_t clipped = 0; ///< of 32 bits: values beyond the last code
    bool hasNan = false;
};

/// The stored codes: those of `range` (whose grids may leave codes out) with the scales of `written`.
Codes codesFor(const FloatConstant &constant, const Encoding &range, const Encoding &written)
{
    Codes result;
    const GridIndex index(written, constant.dims);
    const int bits = written.bitwidth;
    const std::int64_t shift = written.symmetric ? middleOf(bits) : 0;
    result.bytes.resize(bits == 4 ? (constant.values.size() + 1) / 2 : constant.values.size() * static_cast<std::size_t>(bits) / 8);
    std::vector<CodeRange> ranges;
    for (std::size_t i = 0; i < range.grids.size(); ++i) {
        const CodeRange codes = codeRangeOf(range.grids[i], bits);
        const std::int64_t moved = written.grids[i].zeroPoint - range.grids[i].zeroPoint; // strict grids became signed
        ranges.push_back({codes.first + moved, codes.last + moved});
    }
    for (std::size_t i = 0; i < constant.values.size(); ++i) {
        const std::size_t place = written.grids.size() == 1 ? 0 : index.of(i);
        const Grid &grid = written.grids[place];
        const double exact = std::nearbyint(static_cast<double>(constant.values[i]) / grid.scale) + static_cast<double>(grid.zeroPoint);
        result.hasNan = result.hasNan || std::isnan(exact);
        if (result.hasNan)
            return result;
        const auto first = static_cast<double>(ranges[place].first), last = static_cast<double>(ranges[place].last);
        result.clipped += bits == 32 && (exact < first || exact > last) ? 1 : 0;
        const auto code = static_cast<std::uint64_t>(static_cast<std::int64_t>(std::clamp(exact, first, last)) - shift);
        if (bits == 4) {
            result.bytes[i / 2] |= std::byte((code & 15U) << (i % 2 * 4));
            continue;
        }
        for (int byte = 0; byte < bits / 8; ++byte)
            result.bytes[i * static_cast<std::size_t>(bits / 8) + static_cast<std::size_t>(byte)] = std::byte(code >> (8 * byte) & 255U);
    }
    return result;
}

class QdqWriter {
public:
    QdqWriter(const Model &model, const EncodingSet &set, const QdqOptions &options, ModelRewrite &rewrite)
        : m_graph(model.graph), m_set(set), m_options(options), m_rewrite(rewrite)
    {
        for (std::size_t i = 0; i < m_graph.tensors.size(); ++i)
            m_tensors.emplace(m_graph.nameOf(TensorId(i)), TensorId(i));
    }

    Expected<QdqReport> run(const JobContext &job)
    {
        m_report.opsetBefore = m_rewrite.opset();
        NORDLYS_TRY(fold());
        m_places = m_rewrite.places();
        for (const auto &[tensor, entry] : m_set.entries) {
            if (job.stopRequested())
                return interrupted("writing a QDQ model");
            NORDLYS_TRY(checkEncoding(entry.encoding, tensor));
            NORDLYS_TRY(add(tensor, tensor, entry));
        }
        for (const auto &[copy, tensor] : m_copies)
            NORDLYS_TRY(add(copy, tensor, m_set.entries.at(tensor)));
        if (m_nodes.empty())
            return notSupported("QDQ model", "none of the encodings can be written" + (m_report.lost.empty() ? std::string() : ": " + m_report.lost.front().tensor + ": " + m_report.lost.front().what));
        if (m_options.deriveBiases)
            NORDLYS_TRY(addBiases());
        NORDLYS_TRY(m_rewrite.raiseOpset(m_opset));
        auto leftOver = m_rewrite.addQdq(m_nodes);
        NORDLYS_TRY(leftOver);
        for (const std::string &input : *leftOver)
            m_report.lost.push_back({input, "a body of control flow or an output of the graph reads this graph input as it is", false});
        m_report.opset = m_rewrite.opset();
        if (m_report.roundedScales > 0)
            m_report.notes.push_back(fmt::format("{} scales were rounded to float32", m_report.roundedScales));
        return std::move(m_report);
    }

private:
    void leaveOut(const std::string &tensor, std::string why) { m_report.lost.push_back({tensor, std::move(why), true}); }
    [[nodiscard]] bool isEncoded(TensorId id) const { return id.isValid() && m_set.find(m_graph.nameOf(id)) != nullptr; }

    /// BatchNormalization goes into encoded weights; others stay as the file has them.
    Expected<void> fold()
    {
        std::vector<LinearLayer> layers = linearLayers(m_graph);
        std::set<std::uint32_t> done;
        for (LinearLayer &layer : layers) {
            const Node &node = m_graph.node(layer.node);
            const bool isWanted = isEncoded(node.inputs[1]) || (node.inputs.size() > 2 && isEncoded(node.inputs[2]));
            layer.changed = layer.folded.isValid() && isWanted && !isEncoded(node.outputs[0]);
            if (!layer.changed)
                continue;
            m_report.folded.emplace_back(m_graph.nameOf(layer.folded));
            done.insert(layer.node.index);
        }
        NORDLYS_TRY(storeLayers(m_graph, layers, m_rewrite));
        for (std::size_t n = 0; n < m_graph.nodes.size(); ++n) {
            const Node &node = m_graph.nodes[n];
            const std::string_view op = m_graph.names.text(node.opType);
            if ((op != "Conv" && op != "ConvTranspose" && op != "Gemm" && op != "MatMul") || node.inputs.size() < 2 || !isEncoded(node.inputs[1]) || node.outputs.empty())
                continue;
            const std::string weight(m_graph.nameOf(node.inputs[1]));
            if (done.contains(static_cast<std::uint32_t>(n))) {
                // A weight that several layers share was folded into a copy for each.
                const std::string now = m_rewrite.inputOf(std::string(m_graph.nameOf(NodeId(n))), 1);
                if (now != weight)
                    m_copies.emplace(now, weight);
                continue;
            }
            const Tensor &output = m_graph.tensor(node.outputs[0]);
            const bool isNormalized = !isEncoded(node.outputs[0]) && !output.isGraphOutput && output.consumers.size() == 1 &&
                                      m_graph.opOf(output.consumers[0]) == "BatchNormalization";
            if (isNormalized)
                m_unfolded.emplace(weight, m_graph.nameOf(output.consumers[0]));
        }
        return {};
    }

    Expected<void> add(const std::string &value, const std::string &tensor, const EncodingEntry &entry)
    {
        bool isOmitted = false;
        for (EncodingLoss &loss : lossesIn(EncodingDialect::Qdq, value, entry)) {
            isOmitted = isOmitted || loss.omitted;
            m_report.lost.push_back(std::move(loss));
        }
        if (isOmitted)
            return {};
        const auto place = m_places.find(value);
        const auto known = m_tensors.find(tensor);
        if (place == m_places.end() || known == m_tensors.end()) {
            leaveOut(value, value == tensor && m_copies.empty() ? "the model's top graph has no such tensor" : "nothing reads it behind the folding");
            return {};
        }
        if (const auto unfolded = m_unfolded.find(tensor); unfolded != m_unfolded.end()) {
            leaveOut(value, "BatchNormalization " + unfolded->second + " behind it cannot be folded, and the encoding is one of folded weights");
            return {};
        }
        const Tensor &facts = m_graph.tensor(known->second);
        if (facts.dtype != DType::Float32) {
            leaveOut(value, "it holds " + std::string(nameOf(facts.dtype)) + ", not float32");
            return {};
        }
        if (place->second == Place::Constant)
            return addConstant(value, entry.encoding);
        return addActivation(value, facts, entry.encoding);
    }

    static Expected<void> checkFits(const std::string &value, const Encoding &encoding, const Dims &dims)
    {
        const auto count = gridCountFor(encoding, dims);
        if (!count || *count != encoding.grids.size())
            return badInput("encoding of '" + value + "'", fmt::format("it has {} grids, the tensor is {}", encoding.grids.size(), shapeText(dims)), "Calibrate this tensor again.");
        return {};
    }

    Expected<void> addActivation(const std::string &value, const Tensor &facts, const Encoding &encoding)
    {
        const auto dims = facts.shape ? knownDims(*facts.shape) : std::nullopt;
        if (encoding.grids.size() > 1 && dims)
            NORDLYS_TRY(checkFits(value, encoding, *dims));
        if (encoding.isBlockwise() && !dims) {
            leaveOut(value, "its shape is not known");
            return {};
        }
        const auto written = asWritten(encoding, m_report.roundedScales);
        if (!written || encoding.bitwidth == 32) {
            leaveOut(value, written ? "QuantizeLinear makes no codes of 32 bits" : "float32 cannot hold its scale");
            return {};
        }
        ++m_report.activations;
        keep(value, m_set.entries.at(value).kind, *written, nodesFor(value, *written, dims.value_or(Dims())));
        return {};
    }

    Expected<void> addConstant(const std::string &value, const Encoding &encoding)
    {
        auto constant = m_rewrite.floatsOf(value);
        NORDLYS_TRY(constant);
        NORDLYS_TRY(checkFits(value, encoding, constant->dims));
        const auto written = asWritten(encoding, m_report.roundedScales);
        if (!written) {
            leaveOut(value, "float32 cannot hold its scale");
            return {};
        }
        QdqNodes nodes = nodesFor(value, *written, constant->dims);
        if (!m_options.floatWeights || encoding.bitwidth == 32) {
            Codes codes = codesFor(*constant, encoding, *written);
            if (codes.hasNan) {
                leaveOut(value, "it holds NaN, which no code stands for");
                return {};
            }
            if (codes.clipped > 0)
                m_report.lost.push_back({value, fmt::format("{} values lie beyond the codes of 32 bits and are clipped", codes.clipped), false});
            nodes.stored = std::move(codes.bytes);
            nodes.dims = constant->dims;
        }
        ++(encoding.bitwidth == 32 ? m_report.biases : m_report.weights);
        keep(value, EncodingKind::Parameter, *written, std::move(nodes));
        return {};
    }

    void keep(const std::string &value, EncodingKind kind, const Encoding &written, QdqNodes nodes)
    {
        m_opset = std::max(m_opset, opsetFor(written));
        m_report.written.entries[value] = {kind, written, false};
        m_nodes.push_back(std::move(nodes));
    }

    Expected<void> addBiases()
    {
        for (std::size_t n = 0; n < m_graph.nodes.size(); ++n) {
            const Node &node = m_graph.nodes[n];
            const std::string_view op = m_graph.names.text(node.opType);
            if ((op != "Conv" && op != "ConvTranspose" && op != "Gemm") || node.inputs.size() < 2 || !node.inputs[0].isValid())
                continue;
            if (attributeFloat(m_graph, node, "alpha", 1) != 1 || attributeFloat(m_graph, node, "beta", 1) != 1)
                continue;
            const std::string name(m_graph.nameOf(NodeId(n)));
            const std::string bias = m_rewrite.inputOf(name, 2), weight = m_rewrite.inputOf(name, 1);
            const EncodingEntry *input = m_report.written.find(m_graph.nameOf(node.inputs[0])), *factor = m_report.written.find(weight);
            const auto place = m_places.find(bias);
            if (bias.empty() || input == nullptr || factor == nullptr || place == m_places.end() || place->second != Place::Constant || m_set.find(bias) != nullptr)
                continue;
            const auto encoding = biasEncoding(input->encoding, factor->encoding);
            auto constant = m_rewrite.floatsOf(bias);
            if (!encoding || !constant || constant->dims.size() != 1 ||
                (encoding->isPerChannel() && encoding->grids.size() != static_cast<std::size_t>(constant->dims[0])))
                continue;
            std::size_t ignored = 0;
            const auto written = asWritten(*encoding, ignored);
            if (const EncodingEntry *other = m_report.written.find(bias); other != nullptr) {
                if (!written || other->encoding != *written)
                    m_report.notes.push_back("bias " + bias + " is shared; it has the scale of the first layer that reads it, not that of " + name);
                continue;
            }
            const std::size_t rounded = m_report.roundedScales; // products are nobody's own numbers
            NORDLYS_TRY(addConstant(bias, *encoding));
            m_report.roundedScales = rounded;
            m_report.derived.push_back(bias);
        }
        return {};
    }

    const Graph &m_graph;
    const EncodingSet &m_set;
    const QdqOptions &m_options;
    ModelRewrite &m_rewrite;
    std::unordered_map<std::string_view, TensorId> m_tensors;
    std::map<std::string, Place> m_places;
    std::map<std::string, std::string> m_copies, m_unfolded; ///< copy: tensor; weight: BatchNormalization
    std::vector<QdqNodes> m_nodes;
    int m_opset = kOpsetPlain;
    QdqReport m_report;
};

} // namespace

Expected<QdqReport> writeQdqModel(const Model &model, const EncodingSet &set, const std::filesystem::path &target, const QdqOptions &options, const JobContext &job)
{
    if (const NodeId node = firstQdqNode(model.graph); node.isValid())
        return notSupported(model.path.string(), "it quantizes already (" + std::string(model.graph.opOf(node)) + " " + std::string(model.graph.nameOf(node)) + ")",
                            "Start from the float model.");
    auto rewrite = ModelRewrite::open(model, job);
    NORDLYS_TRY(rewrite);
    auto report = QdqWriter(model, set, options, *rewrite).run(job);
    NORDLYS_TRY(report);
    NORDLYS_TRY(rewrite->write(target, job));
    return report;
}

} // namespace nordlys::core
