// SPDX-License-Identifier: Apache-2.0
#include "context_format.h"

#include <runtime/kernels/fast/gemm.h>

#include <cmath>

namespace nordlys::runtime {

using nlohmann::json;

json BlobWriter::place(std::span<const std::byte> bytes)
{
    const auto key = std::pair(bytes.data(), bytes.size());
    const auto known = m_known.find(key);
    if (known != m_known.end())
        return json::array({known->second, bytes.size()});
    const std::uint64_t offset = m_size;
    m_known.emplace(key, offset);
    m_pieces.push_back({offset, bytes});
    m_size = (offset + bytes.size() + 63) / 64 * 64;
    return json::array({offset, bytes.size()});
}

json numberToContextJson(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    return value;
}

json encodingToContextJson(const core::Encoding &encoding)
{
    json grids = json::array();
    for (const core::Grid &grid : encoding.grids)
        grids.push_back({numberToContextJson(grid.min), numberToContextJson(grid.max), numberToContextJson(grid.scale), grid.zeroPoint});
    // Only values that are computed have encodings in a plan, and those take no blocks (bindQuantizer): there are none to describe.
    return {{"bitwidth", encoding.bitwidth}, {"float", encoding.isFloat}, {"symmetric", encoding.symmetric}, {"axis", encoding.axis}, {"grids", grids}};
}

json attributeToContextJson(const core::AttributeValue &value, BlobWriter &blob)
{
    if (const auto *number = std::get_if<std::int64_t>(&value))
        return {{"i", *number}};
    if (const auto *real = std::get_if<double>(&value))
        return {{"f", numberToContextJson(*real)}};
    if (const auto *text = std::get_if<std::string>(&value))
        return {{"s", *text}};
    if (const auto *numbers = std::get_if<std::vector<std::int64_t>>(&value))
        return {{"is", *numbers}};
    if (const auto *reals = std::get_if<std::vector<double>>(&value)) {
        json list = json::array();
        for (const double real : *reals)
            list.push_back(numberToContextJson(real));
        return {{"fs", list}};
    }
    if (const auto *texts = std::get_if<std::vector<std::string>>(&value))
        return {{"ss", *texts}};
    if (const auto *tensor = std::get_if<core::AttributeTensor>(&value))
        return {{"t", {{"dtype", core::nameOf(tensor->dtype)}, {"dims", tensor->dims}, {"data", blob.place(tensor->data.bytes())}}}};
    return nullptr;
}

namespace {

json describeTensor(const ProgramTensor &tensor, BlobWriter &blob)
{
    json result{{"name", tensor.name}, {"source", tensor.fromSource}, {"dtype", core::nameOf(tensor.dtype)}, {"dims", tensor.dims}};
    if (tensor.channelsLast)
        result["channelsLast"] = true;
    if (tensor.storage == Storage::Arena)
        result["offset"] = tensor.arenaOffset;
    else if (tensor.storage == Storage::External)
        result["external"] = true;
    else if (tensor.storage == Storage::Dynamic)
        result["dynamic"] = true;
    else
        result["data"] = tensor.constant.bytes.empty() ? json(nullptr) : blob.place(tensor.constant.bytes);
    return result;
}

core::Expected<json> describeProgram(const Program &program, BlobWriter &blob);

core::Expected<json> describeStep(const ProgramStep &step, BlobWriter &blob)
{
    json attributes = json::object();
    for (const auto &[name, value] : step.attributes) {
        attributes[name] = attributeToContextJson(value, blob);
        if (attributes[name].is_null())
            return core::notSupported("node " + step.name, "its attribute " + name + " is a subgraph, which a context cannot hold");
    }
    json result{{"name", step.name},     {"label", step.label},   {"op", step.op},           {"domain", step.domain},          {"opset", step.opset},
                {"inputs", step.inputs}, {"outputs", step.outputs}, {"attributes", attributes}, {"sourceNodes", step.sourceNodes}, {"macs", step.macs},
                {"fast", step.fast}};
    if (step.activation != FusedActivation::None)
        result["activation"] = {{"kind", step.activation == FusedActivation::Relu ? "relu" : "clip"},
                                {"low", numberToContextJson(static_cast<double>(step.low))},
                                {"high", numberToContextJson(static_cast<double>(step.high))}};
    if (step.residual >= 0)
        result["residual"] = step.residual;
    if (!step.packed.bytes.empty())
        result["packed"] = blob.place(step.packed.bytes);
    for (const auto &quantizer : step.quantizers)
        result["quantizers"].push_back(quantizer ? encodingToContextJson(*quantizer) : json(nullptr));
    if (step.late)
        result["late"] = true;
    for (const ProgramBody &body : step.bodies) {
        auto program = describeProgram(*body.program, blob);
        NORDLYS_TRY(program);
        result["bodies"].push_back(
            {{"attribute", body.attribute}, {"formalInputs", body.formalInputs}, {"captures", body.captures}, {"program", std::move(*program)}});
    }
    return result;
}

/// Ports, tensors and steps.
core::Expected<json> describeProgram(const Program &program, BlobWriter &blob)
{
    json result{{"inputs", json::array()}, {"outputs", json::array()}, {"tensors", json::array()}, {"steps", json::array()}};
    for (std::size_t i = 0; i < program.inputs.size(); ++i)
        result["inputs"].push_back({{"name", program.inputNames[i]}, {"tensor", program.inputs[i]}});
    for (std::size_t i = 0; i < program.outputs.size(); ++i)
        result["outputs"].push_back({{"name", program.outputNames[i]}, {"tensor", program.outputs[i]}});
    for (const ProgramTensor &tensor : program.tensors)
        result["tensors"].push_back(describeTensor(tensor, blob));
    for (const ProgramStep &step : program.steps) {
        auto described = describeStep(step, blob);
        NORDLYS_TRY(described);
        result["steps"].push_back(std::move(*described));
    }
    return result;
}

} // namespace

core::Expected<json> describePlan(const Plan::Data &data, const std::string &modelName, BlobWriter &blob)
{
    const Program &program = data.program;
    auto described = describeProgram(program, blob);
    NORDLYS_TRY(described);
    json result{{"modelName", modelName},
                {"precision", nameOf(data.precision)},
                {"packedLayout", packedLayoutVersion},
                {"arenaBytes", program.arenaBytes},
                {"foldedNodes", program.foldedNodes},
                {"removedNodes", program.removedNodes}};
    result.update(*described);
    result["encodings"] = json::object();
    for (const auto &[name, entry] : data.encodings.entries) {
        result["encodings"][name] = encodingToContextJson(entry.encoding);
        result["encodings"][name]["parameter"] = entry.kind == core::EncodingKind::Parameter;
        result["encodings"][name]["locked"] = entry.locked;
    }
    return result;
}

} // namespace nordlys::runtime
