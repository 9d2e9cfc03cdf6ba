// SPDX-License-Identifier: Apache-2.0
#include "qdq_encodings.h"

#include "encoding_usage.h"
#include "fused_groups.h"

#include <core/tensor/float_bits.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

namespace nordlys::core {

namespace {

constexpr std::size_t kMaxGrids = std::size_t(1) << 22; // as in the other dialects

enum class Step { Quantize, Dequantize, Other };

Step stepOf(const Graph &graph, const Node &node)
{
    const std::string_view op = graph.names.text(node.opType), domain = graph.names.text(node.domain);
    if ((!domain.empty() && domain != "com.microsoft") || node.inputs.size() < 2 || node.outputs.empty() || !node.inputs[0].isValid() ||
        !node.inputs[1].isValid() || !node.outputs[0].isValid())
        return Step::Other;
    return op == "QuantizeLinear" ? Step::Quantize : op == "DequantizeLinear" ? Step::Dequantize : Step::Other;
}

bool isCodeType(DType type)
{
    switch (type) {
    case DType::Int4: case DType::UInt4: case DType::Int8: case DType::UInt8: case DType::Int16: case DType::UInt16: case DType::Int32: return true;
    default: return false;
    }
}

bool isSigned(DType type) { return type == DType::Int4 || type == DType::Int8 || type == DType::Int16 || type == DType::Int32; }

template <typename T>
T valueAt(std::span<const std::byte> bytes, std::size_t index)
{
    T value{};
    std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
    return value;
}

/// A constant as numbers; nothing for types that are neither codes nor scales.
std::optional<std::vector<double>> numbersOf(const Tensor &tensor)
{
    if (!tensor.isConstant())
        return std::nullopt;
    const auto bytes = tensor.constant->bytes();
    const auto bits = static_cast<std::size_t>(bitsOf(tensor.dtype));
    const auto stated = tensor.shape ? elementCount(*tensor.shape) : std::nullopt;
    if (bits == 0 || !stated || *stated < 0)
        return std::nullopt;
    const auto count = static_cast<std::size_t>(*stated);
    if (count > kMaxGrids || (count * bits + 7) / 8 > bytes.size())
        return std::nullopt;
    std::vector<double> values;
    values.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        switch (tensor.dtype) {
        case DType::Float32: values.push_back(static_cast<double>(valueAt<float>(bytes, i))); break;
        case DType::Float64: values.push_back(valueAt<double>(bytes, i)); break;
        case DType::Float16: values.push_back(static_cast<double>(floatFromHalf(valueAt<std::uint16_t>(bytes, i)))); break;
        case DType::BFloat16: values.push_back(static_cast<double>(floatFromBFloat16(valueAt<std::uint16_t>(bytes, i)))); break;
        case DType::Int8: values.push_back(valueAt<std::int8_t>(bytes, i)); break;
        case DType::UInt8: values.push_back(valueAt<std::uint8_t>(bytes, i)); break;
        case DType::Int16: values.push_back(valueAt<std::int16_t>(bytes, i)); break;
        case DType::UInt16: values.push_back(valueAt<std::uint16_t>(bytes, i)); break;
        case DType::Int32: values.push_back(valueAt<std::int32_t>(bytes, i)); break;
        case DType::Int4:
        case DType::UInt4: {
            const int code = (std::to_integer<int>(bytes[i / 2]) >> (i % 2 * 4)) & 15;
            values.push_back(tensor.dtype == DType::Int4 && code > 7 ? code - 16 : code);
            break;
        }
        default: return std::nullopt;
        }
    }
    return values;
}

/// How the scales of a node lie over its tensor.
struct ScaleLayout {
    int axis = -1, blockAxis = -1;
    std::int64_t blockSize = 0;
    Dims dims; ///< of the scales, where there are blocks
};

Error unreadable(std::string why) { return badInput("QDQ", std::move(why)); }

Expected<int> axisOf(std::int64_t axis, const Tensor &quantized)
{
    if (axis < 0 && quantized.shape)
        axis += static_cast<std::int64_t>(quantized.shape->size());
    if (axis < 0 || axis >= 64 || (quantized.shape && static_cast<std::size_t>(axis) >= quantized.shape->size()))
        return unreadable(fmt::format("its axis {} is not there", axis));
    return static_cast<int>(axis);
}

Expected<ScaleLayout> layoutOf(const Graph &graph, const Node &node, const Tensor &quantized, const Tensor &scale)
{
    ScaleLayout layout;
    const auto dims = scale.shape ? knownDims(*scale.shape) : std::nullopt;
    if (!dims)
        return unreadable("the shape of its scale is not known");
    const bool isStated = findAttribute(graph, node, "axis") != nullptr;
    const std::int64_t blockSize = attributeInt(graph, node, "block_size", 0);
    if (blockSize > 0 && dims->size() > 1) {
        auto axis = axisOf(attributeInt(graph, node, "axis", 1), quantized);
        NORDLYS_TRY(axis);
        if (static_cast<std::size_t>(*axis) >= dims->size() || (quantized.shape && quantized.shape->size() != dims->size()))
            return unreadable("its scales of blocks have another rank than the tensor");
        for (std::size_t d = 0; quantized.shape && d < dims->size(); ++d) {
            const std::int64_t size = (*quantized.shape)[d].value, step = d == static_cast<std::size_t>(*axis) ? blockSize : 1;
            if (size >= 0 && size / step + (size % step != 0 ? 1 : 0) != (*dims)[d])
                return unreadable(fmt::format("it has {} scales for {} values along axis {}", (*dims)[d], size, d));
        }
        layout.blockAxis = *axis;
        layout.blockSize = blockSize;
        layout.dims = *dims;
        return layout;
    }
    const std::int64_t count = elementCount(*dims).value_or(0);
    if (dims->size() > 1 && count != 1)
        return unreadable("its scale has several axes, but no block size is stated");
    if (dims->empty() || (count == 1 && !isStated))
        return layout;
    auto axis = axisOf(attributeInt(graph, node, "axis", 1), quantized);
    if (!axis && count == 1)
        return layout;
    NORDLYS_TRY(axis);
    const std::int64_t size = quantized.shape ? (*quantized.shape)[static_cast<std::size_t>(*axis)].value : -1;
    if (count == 1 && size != 1)
        return layout; // one scale for all channels
    if (size >= 0 && size != count)
        return unreadable(fmt::format("it has {} scales for {} channels", count, size));
    layout.axis = *axis;
    return layout;
}

/// Scales of blocks in ONNX lie like the tensor; ours are channels x blocks. Finds the channel axis and the position of every grid.
Expected<std::vector<std::size_t>> blockPositions(ScaleLayout &layout, const std::vector<double> &scales, const std::vector<double> &zeros)
{
    const std::size_t rank = layout.dims.size();
    std::vector<std::size_t> strides(rank, 1);
    for (std::size_t d = rank; d-- > 1;)
        strides[d - 1] = strides[d] * static_cast<std::size_t>(layout.dims[d]);
    const auto sizeOf = [&](int axis) { return axis < 0 ? std::size_t(1) : static_cast<std::size_t>(layout.dims[static_cast<std::size_t>(axis)]); };
    const auto strideOf = [&](int axis) { return axis < 0 ? std::size_t(0) : strides[static_cast<std::size_t>(axis)]; };
    const auto indexOf = [&](std::size_t position, int axis) { return axis < 0 ? 0 : position / strideOf(axis) % sizeOf(axis); };
    int differing = -1, first = -1;
    for (int d = 0; d < static_cast<int>(rank); ++d) {
        if (d == layout.blockAxis || sizeOf(d) < 2)
            continue;
        first = first < 0 ? d : first;
        for (std::size_t i = 0; i < scales.size() && differing < 0; ++i) {
            const std::size_t origin = i - indexOf(i, d) * strideOf(d);
            if (scales[i] != scales[origin] || zeros[i] != zeros[origin])
                differing = d;
        }
    }
    layout.axis = differing >= 0 ? differing : first;
    std::vector<std::size_t> positions;
    for (std::size_t channel = 0; channel < sizeOf(layout.axis); ++channel) {
        for (std::size_t block = 0; block < sizeOf(layout.blockAxis); ++block)
            positions.push_back(channel * strideOf(layout.axis) + block * strideOf(layout.blockAxis));
    }
    for (std::size_t i = 0; i < scales.size(); ++i) {
        const std::size_t grid = indexOf(i, layout.axis) * sizeOf(layout.blockAxis) + indexOf(i, layout.blockAxis);
        if (scales[i] != scales[positions[grid]] || zeros[i] != zeros[positions[grid]])
            return unreadable("the scales of its blocks differ along a third axis");
    }
    return positions;
}

/// The encoding that a node states for the tensor `quantized`, whose codes have this type.
Expected<Encoding> encodingOf(const Graph &graph, const Node &node, const Tensor &quantized, DType codes)
{
    const Tensor &scale = graph.tensor(node.inputs[1]);
    const TensorId zeroId = node.inputs.size() > 2 ? node.inputs[2] : TensorId();
    if (!scale.isConstant())
        return unreadable("its scale " + std::string(graph.nameOf(node.inputs[1])) + " is computed while the model runs");
    if (zeroId.isValid() && !graph.tensor(zeroId).isConstant())
        return unreadable("its zero point " + std::string(graph.nameOf(zeroId)) + " is computed while the model runs");
    if (zeroId.isValid())
        codes = graph.tensor(zeroId).dtype;
    if (!isCodeType(codes))
        return unreadable("codes of type " + std::string(nameOf(codes)) + " are no encoding");
    const auto scales = isFloat(scale.dtype) ? numbersOf(scale) : std::nullopt;
    auto zeros = zeroId.isValid() ? numbersOf(graph.tensor(zeroId)) : std::vector<double>(scales ? scales->size() : 0, 0.0);
    if (!scales || !zeros || scales->empty())
        return unreadable("its scale or zero point cannot be read");
    if (zeros->size() == 1 && scales->size() > 1)
        zeros->assign(scales->size(), zeros->front());
    if (zeros->size() != scales->size())
        return unreadable(fmt::format("it has {} scales and {} zero points", scales->size(), zeros->size()));
    auto layout = layoutOf(graph, node, quantized, scale);
    NORDLYS_TRY(layout);
    std::vector<std::size_t> positions(scales->size());
    for (std::size_t i = 0; i < positions.size(); ++i)
        positions[i] = i;
    if (layout->blockAxis >= 0) {
        auto found = blockPositions(*layout, *scales, *zeros);
        NORDLYS_TRY(found);
        positions = *std::move(found);
    }
    Encoding encoding;
    encoding.bitwidth = bitsOf(codes);
    encoding.axis = layout->axis;
    encoding.blockAxis = layout->blockAxis;
    encoding.blockSize = layout->blockSize;
    encoding.symmetric = isSigned(codes) && std::ranges::all_of(*zeros, [](double zero) { return zero == 0; });
    const std::int64_t shift = isSigned(codes) ? std::int64_t(1) << (encoding.bitwidth - 1) : 0;
    for (const std::size_t position : positions) {
        auto grid = gridFromScale((*scales)[position], static_cast<std::int64_t>((*zeros)[position]) + shift, encoding.bitwidth);
        if (!grid)
            return unreadable(grid.error().why);
        encoding.grids.push_back(*grid);
    }
    return encoding;
}

std::string withoutEnding(std::string_view name, std::string_view ending)
{
    return std::string(name.size() > ending.size() && name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name);
}

class Extraction {
public:
    explicit Extraction(const Graph &graph) : m_graph(graph), m_constants(constantTensors(graph)) {}

    EncodingFile run()
    {
        bool hasBodies = false;
        for (const Node &node : m_graph.nodes) {
            const Step step = stepOf(m_graph, node);
            if (step == Step::Quantize)
                addQuantize(node);
            else if (step == Step::Dequantize)
                addDequantize(node);
            hasBodies = hasBodies || hasQdqInBody(node);
        }
        if (hasBodies)
            m_file.notes.emplace_back("what bodies of control flow quantize is left out");
        for (const std::string &name : m_disagreeing)
            m_file.set.entries.erase(name);
        return std::move(m_file);
    }

private:
    [[nodiscard]] const Node *producerOf(TensorId id) const
    {
        const NodeId producer = m_graph.tensor(id).producer;
        return producer.isValid() ? &m_graph.node(producer) : nullptr;
    }

    [[nodiscard]] bool hasQdqInBody(const Node &node) const
    {
        return std::ranges::any_of(node.attributes, [](const Attribute &attribute) {
            const auto *body = std::get_if<std::shared_ptr<const Graph>>(&attribute.value);
            return body != nullptr && *body && firstQdqNode(**body).isValid();
        });
    }

    /// Name of what a QuantizeLinear reads, in the float model. Chains of pairs are followed to their begin; producers precede consumers, so this ends.
    [[nodiscard]] std::string nameBehind(TensorId value) const
    {
        for (;;) {
            const Node *producer = producerOf(value);
            if (producer == nullptr || stepOf(m_graph, *producer) != Step::Dequantize)
                return withoutEnding(m_graph.nameOf(value), kQuantizeInputEnding);
            const Node *quantize = producerOf(producer->inputs[0]);
            if (quantize == nullptr || stepOf(m_graph, *quantize) != Step::Quantize)
                return nameOfCodes(*producer);
            value = quantize->inputs[0];
        }
    }

    [[nodiscard]] std::string nameOfCodes(const Node &dequantize) const
    {
        const std::string_view made = m_graph.nameOf(dequantize.outputs[0]), codes = m_graph.nameOf(dequantize.inputs[0]);
        if (m_graph.tensor(dequantize.outputs[0]).isGraphOutput)
            return std::string(made);
        std::string name = withoutEnding(made, kDequantizeOutputEnding);
        if (name != made || !m_graph.tensor(dequantize.inputs[0]).isConstant())
            return name;
        return withoutEnding(codes, kQuantizedEnding) != codes ? withoutEnding(codes, kQuantizedEnding) : name;
    }

    [[nodiscard]] std::string nameOfQuantized(const Node &quantize) const
    {
        for (const NodeId consumer : m_graph.tensor(quantize.outputs[0]).consumers) {
            const Node &node = m_graph.node(consumer);
            if (stepOf(m_graph, node) == Step::Dequantize && m_graph.tensor(node.outputs[0]).isGraphOutput)
                return std::string(m_graph.nameOf(node.outputs[0]));
        }
        return nameBehind(quantize.inputs[0]);
    }

    void addQuantize(const Node &node)
    {
        const Tensor &value = m_graph.tensor(node.inputs[0]), &codes = m_graph.tensor(node.outputs[0]);
        DType type = codes.dtype == DType::Undefined ? DType::UInt8 : codes.dtype;
        if (const std::int64_t stated = attributeInt(m_graph, node, "output_dtype", 0); stated != 0)
            type = dtypeFromNumber(stated);
        add(nameOfQuantized(node), m_constants[node.inputs[0].index] ? EncodingKind::Parameter : EncodingKind::Activation, encodingOf(m_graph, node, value, type));
    }

    void addDequantize(const Node &node)
    {
        const TensorId codes = node.inputs[0];
        const Node *producer = producerOf(codes);
        const bool isPair = producer != nullptr && stepOf(m_graph, *producer) == Step::Quantize;
        auto encoding = encodingOf(m_graph, node, m_graph.tensor(codes), m_graph.tensor(codes).dtype);
        // The other half of a pair: it must say the same.
        if (isPair)
            return add(nameOfQuantized(*producer), m_constants[producer->inputs[0].index] ? EncodingKind::Parameter : EncodingKind::Activation, std::move(encoding));
        add(nameOfCodes(node), m_constants[codes.index] ? EncodingKind::Parameter : EncodingKind::Activation, std::move(encoding));
    }

    void add(const std::string &name, EncodingKind kind, Expected<Encoding> encoding)
    {
        if (!encoding) {
            if (m_refused.insert(name + '\n' + encoding.error().why).second)
                m_file.unread.push_back({name, encoding.error().why, false});
            m_disagreeing.insert(name);
            return;
        }
        const auto [place, isNew] = m_file.set.entries.try_emplace(name, EncodingEntry{kind, *encoding, false});
        if (isNew)
            return;
        const auto difference = differenceOf(place->second.encoding, *encoding);
        if (!difference || !m_disagreeing.insert(name).second)
            return;
        std::string words = difference->words.empty() ? fmt::format("scale x {:.6g}, zero point {:+}", difference->scaleRatio, difference->codeShift) : std::string();
        for (const std::string &word : difference->words)
            words += (words.empty() ? "" : "; ") + word;
        m_file.unread.push_back({name, "it is quantized in several ways that differ: " + words, false});
    }

    const Graph &m_graph;
    std::vector<bool> m_constants;
    EncodingFile m_file;
    std::set<std::string> m_disagreeing; ///< also those that cannot be read: half of what a file says is no encoding
    std::set<std::string> m_refused;
};

} // namespace

EncodingFile qdqEncodings(const Graph &graph)
{
    EncodingFile file = Extraction(graph).run();
    file.version = "qdq";
    return file;
}

bool isSignedSymmetric(const Grid &grid, int bitwidth)
{
    const std::int64_t middle = std::int64_t(1) << (bitwidth - 1);
    return grid.zeroPoint == middle || (grid.zeroPoint == middle - 1 && codeRangeOf(grid, bitwidth).last == 2 * middle - 2);
}

NodeId firstQdqNode(const Graph &graph)
{
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (stepOf(graph, graph.nodes[i]) != Step::Other)
            return NodeId(i);
    }
    return {};
}

} // namespace nordlys::core
