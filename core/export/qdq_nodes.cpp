// SPDX-License-Identifier: Apache-2.0
#include "model_rewrite_state.h"
#include "raise_opset.h"

#include <core/quantization/qdq_encodings.h>

#include <cstring>
#include <utility>

namespace nordlys::core {

namespace {

/// Zero points as the tensor holds them.
std::vector<std::byte> packed(const std::vector<std::int64_t> &codes, DType type)
{
    std::vector<std::byte> bytes;
    const int bits = bitsOf(type);
    if (bits == 4)
        bytes.resize((codes.size() + 1) / 2);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto code = static_cast<std::uint64_t>(codes[i]);
        if (bits == 4) {
            bytes[i / 2] |= std::byte((code & 15U) << (i % 2 * 4));
            continue;
        }
        for (int shift = 0; shift < bits; shift += 8)
            bytes.push_back(std::byte(code >> shift & 255U));
    }
    return bytes;
}

void setInteger(onnx::NodeProto &node, const char *name, std::int64_t value)
{
    onnx::AttributeProto *attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::INT);
    attribute->set_i(value);
}

std::optional<std::vector<float>> floatsIn(const onnx::TensorProto &tensor)
{
    std::vector<float> values;
    if (tensor.has_raw_data()) {
        values.resize(tensor.raw_data().size() / sizeof(float));
        std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(float));
        if (tensor.raw_data().size() % sizeof(float) != 0)
            return std::nullopt;
    } else {
        values.assign(tensor.float_data().begin(), tensor.float_data().end());
    }
    return values;
}

} // namespace

std::string ModelRewrite::inputOf(const std::string &node, std::size_t index) const
{
    const auto found = m_state->node(node);
    return found && index < static_cast<std::size_t>((*found)->input_size()) ? (*found)->input(static_cast<int>(index)) : std::string();
}

std::map<std::string, ModelRewrite::Place> ModelRewrite::places() const
{
    std::map<std::string, Place> result;
    for (const auto &[value, origin] : m_state->origins())
        result.emplace(value, origin.place);
    return result;
}

Expected<FloatConstant> ModelRewrite::floatsOf(const std::string &value) const
{
    const auto badData = [&value] { return badInput("constant " + value, "its data do not fit its shape"); };
    const onnx::TensorProto *tensor = m_state->initializer(value);
    FloatConstant result;
    if (tensor == nullptr) {
        const int producer = m_state->producerOf(value);
        if (!m_state->isConstantNode(producer))
            return badInput("constant " + value, "the file has no such constant");
        for (const onnx::AttributeProto &attribute : m_state->graph().node(producer).attribute()) {
            if (attribute.name() == "value")
                tensor = &attribute.t();
            else if (attribute.name() == "value_float")
                result.values = {attribute.f()};
            else if (attribute.name() == "value_floats")
                result.values.assign(attribute.floats().begin(), attribute.floats().end());
        }
        if (tensor == nullptr && !result.values.empty()) {
            if (m_state->graph().node(producer).attribute(0).name() == "value_floats")
                result.dims = {static_cast<std::int64_t>(result.values.size())};
            return result;
        }
    }
    if (tensor == nullptr || tensor->data_type() != onnx::TensorProto::FLOAT)
        return notSupported("constant " + value, "it is no float32 tensor");
    result.dims.assign(tensor->dims().begin(), tensor->dims().end());
    const auto count = elementCount(result.dims);
    if (tensor->data_location() == onnx::TensorProto::EXTERNAL) {
        const auto stored = m_state->stored.find(value);
        if (stored == m_state->stored.end() || !count || stored->second.dims != result.dims ||
            stored->second.data.bytes().size() != static_cast<std::size_t>(*count) * sizeof(float))
            return badData();
        result.values.resize(static_cast<std::size_t>(*count));
        std::memcpy(result.values.data(), stored->second.data.bytes().data(), result.values.size() * sizeof(float));
        return result;
    }
    auto values = floatsIn(*tensor);
    if (!values || !count || static_cast<std::int64_t>(values->size()) != *count)
        return badData();
    result.values = *std::move(values);
    return result;
}

Expected<std::vector<std::string>> ModelRewrite::addQdq(std::span<const QdqNodes> values)
{
    State &state = *m_state;
    const std::map<std::string, State::Origin> origins = state.origins();
    std::set<std::string> nodeNames, outputs;
    for (const auto &[name, index] : state.place)
        nodeNames.insert(name);
    for (const onnx::ValueInfoProto &output : state.graph().output())
        outputs.insert(output.name());
    const auto freeNodeName = [&nodeNames](const std::string &wanted) {
        std::string name = wanted;
        for (int suffix = 2; !nodeNames.insert(name).second; ++suffix)
            name = wanted + "_" + std::to_string(suffix);
        return name;
    };
    std::map<std::string, std::string> redirected, renamed; ///< what nodes read; what producers and initializers are called
    std::vector<std::string> leftOver;
    for (const QdqNodes &item : values) {
        const auto origin = origins.find(item.value);
        if (origin == origins.end() || (item.stored && origin->second.place != Place::Constant))
            return badInput("value " + item.value, "the model's top graph has no such value, or it is no constant");
        const auto count = static_cast<std::size_t>(elementCount(item.scaleDims).value_or(0));
        if (item.scales.size() != count || (!item.zeroPoints.empty() && item.zeroPoints.size() != count) || (item.zeroPoints.empty() && item.codes != DType::Int32))
            return internalError("value " + item.value, "its scales do not fit");
        const std::string scale = state.freeName(item.value + "_scale"), zero = item.zeroPoints.empty() ? "" : state.freeName(item.value + "_zero_point");
        state.addInitializer(scale, DType::Float32, item.scaleDims, std::as_bytes(std::span(item.scales)));
        if (!zero.empty())
            state.addInitializer(zero, item.codes, item.scaleDims, packed(item.zeroPoints, item.codes));
        const auto complete = [&](onnx::NodeProto &node, const char *op, const std::string &in, const std::string &out) {
            node.set_op_type(op);
            node.set_name(freeNodeName(item.value + "_" + op));
            for (const std::string &input : {in, scale, zero}) {
                if (!input.empty()) {
                    node.add_input(input);
                    ++state.readers[input];
                }
            }
            node.add_output(out);
            if (!item.scaleDims.empty())
                setInteger(node, "axis", item.axis);
            if (item.blockSize > 0)
                setInteger(node, "block_size", item.blockSize);
        };
        std::vector<onnx::NodeProto> &nodes = state.inserted[origin->second.node + 1];
        if (item.stored) {
            const std::string codes = state.freeName(item.value + std::string(kQuantizedEnding));
            state.dropConstant(item.value);
            state.addInitializer(codes, item.codes, item.dims, *item.stored);
            std::vector<onnx::NodeProto> &front = state.inserted[0];
            complete(front.emplace_back(), "DequantizeLinear", codes, item.value);
            continue;
        }
        std::string before = item.value, after = item.value;
        if (!outputs.contains(item.value) && !state.captured.contains(item.value)) {
            after = state.freeName(item.value + std::string(kDequantizeOutputEnding));
            redirected.emplace(item.value, after);
            state.readers[after] = std::exchange(state.readers[item.value], 0);
        } else if (origin->second.place == Place::GraphInput) {
            leftOver.push_back(item.value);
            after = state.freeName(item.value + std::string(kDequantizeOutputEnding));
            redirected.emplace(item.value, after);
        } else {
            before = state.freeName(item.value + std::string(kQuantizeInputEnding));
            renamed.emplace(item.value, before);
        }
        const std::string codes = state.freeName(item.value + std::string(kQuantizeOutputEnding));
        complete(nodes.emplace_back(), "QuantizeLinear", before, codes);
        complete(nodes.emplace_back(), "DequantizeLinear", codes, after);
    }
    for (int i = 0; i < state.graph().node_size(); ++i) {
        onnx::NodeProto &node = *state.graph().mutable_node(i);
        for (std::string &input : *node.mutable_input()) {
            if (const auto found = redirected.find(input); found != redirected.end())
                input = found->second;
        }
        for (std::string &output : *node.mutable_output()) {
            if (const auto found = renamed.find(output); found != renamed.end())
                output = found->second;
        }
    }
    for (onnx::TensorProto &tensor : *state.graph().mutable_initializer()) {
        if (const auto found = renamed.find(tensor.name()); found != renamed.end())
            tensor.set_name(found->second);
    }
    for (onnx::ValueInfoProto &input : *state.graph().mutable_input()) {
        if (const auto found = renamed.find(input.name()); found != renamed.end())
            input.set_name(found->second);
    }
    return leftOver;
}

int ModelRewrite::opset() const { return opsetOf(m_state->model); }

Expected<void> ModelRewrite::raiseOpset(int version)
{
    return core::raiseOpset(m_state->model, version,
                            {.rankOf =
                                 [this](const std::string &value) {
                                     const auto found = m_state->ranks.find(value);
                                     return found == m_state->ranks.end() ? std::nullopt : std::optional(found->second);
                                 },
                             .freeName = [this](const std::string &wanted) { return m_state->freeName(wanted); }});
}

} // namespace nordlys::core
