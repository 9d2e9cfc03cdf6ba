// SPDX-License-Identifier: Apache-2.0
#include "context_format.h"

#include <runtime/kernels/fast/gemm.h>
#include <runtime/plan/fast_steps.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::runtime {

using nlohmann::json;

namespace {

core::Error wrong(const std::string &why)
{
    return core::badInput("context", why, "Build it again");
}

/// Reads members of one JSON object; the first thing that is wrong is kept in `problem` and later reads give defaults.
struct Fields {
    const json &object;
    std::string where;
    std::string problem{};

    [[nodiscard]] const json *member(const char *name, bool required)
    {
        const auto it = object.is_object() ? object.find(name) : object.end();
        if (!object.is_object() || it == object.end()) {
            if (required)
                fail(name, "is missing");
            return nullptr;
        }
        return &*it;
    }
    void fail(const std::string &name, const std::string &why)
    {
        if (problem.empty())
            problem = where + ": " + name + " " + why;
    }
    std::string text(const char *name)
    {
        const json *value = member(name, true);
        if (value != nullptr && !value->is_string())
            fail(name, "is no text");
        return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
    }
    bool flag(const char *name, bool fallback)
    {
        const json *value = member(name, false);
        if (value != nullptr && !value->is_boolean())
            fail(name, "is neither true nor false");
        return value != nullptr && value->is_boolean() ? value->get<bool>() : fallback;
    }
    std::int64_t integer(const char *name, std::int64_t low, std::int64_t high, std::optional<std::int64_t> fallback = {})
    {
        const json *value = member(name, !fallback);
        return value != nullptr ? integerOf(*value, name, low, high) : fallback.value_or(low);
    }
    std::int64_t integerOf(const json &value, const std::string &name, std::int64_t low, std::int64_t high)
    {
        const bool fits = value.is_number_integer()
                          && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
        const std::int64_t number = fits ? value.get<std::int64_t>() : low;
        if (!fits || number < low || number > high) {
            fail(name, "is no integer of " + std::to_string(low) + " to " + std::to_string(high));
            return low;
        }
        return number;
    }
    std::vector<std::int64_t> integers(const char *name, std::int64_t low, std::int64_t high)
    {
        std::vector<std::int64_t> result;
        const json *list = member(name, true);
        if (list != nullptr && !list->is_array())
            fail(name, "is no list");
        else if (list != nullptr) {
            for (const json &value : *list)
                result.push_back(integerOf(value, name, low, high));
        }
        return result;
    }
    std::vector<std::string> texts(const char *name)
    {
        std::vector<std::string> result;
        const json *list = member(name, true);
        if (list != nullptr && list->is_array() && std::all_of(list->begin(), list->end(), [](const json &v) { return v.is_string(); }))
            result = list->get<std::vector<std::string>>();
        else if (list != nullptr)
            fail(name, "is no list of texts");
        return result;
    }
    double real(const json &value, const std::string &name)
    {
        if (value.is_number())
            return value.get<double>();
        if (value == "inf" || value == "-inf")
            return value == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
        if (value != "nan")
            fail(name, "is no number");
        return std::numeric_limits<double>::quiet_NaN();
    }
    /// A range of the blob: [offset, size], 64-byte aligned.
    std::span<const std::byte> data(const json &value, const BlobView &blob, const std::string &name)
    {
        if (!value.is_array() || value.size() != 2) {
            fail(name, "is no range");
            return {};
        }
        const auto limit = static_cast<std::int64_t>(blob.bytes.size());
        const auto offset = static_cast<std::uint64_t>(integerOf(value[0], name, 0, limit));
        const auto size = static_cast<std::uint64_t>(integerOf(value[1], name, 0, limit));
        if (offset % 64 != 0 || size > blob.bytes.size() - offset) {
            fail(name, "lies outside the weights");
            return {};
        }
        return blob.bytes.subspan(offset, size);
    }
    core::DType dtype(const char *name)
    {
        const auto type = core::dtypeFromName(text(name));
        if (!type)
            fail(name, "is no element type");
        return type.value_or(core::DType::Undefined);
    }
};

core::Expected<ProgramTensor> readTensor(const json &object, std::size_t index, const BlobView &blob)
{
    Fields fields{object, "tensor " + std::to_string(index)};
    ProgramTensor tensor;
    tensor.name = fields.text("name");
    tensor.fromSource = fields.flag("source", true);
    tensor.dtype = fields.dtype("dtype");
    const bool isDynamic = fields.flag("dynamic", false);
    tensor.dims = fields.integers("dims", isDynamic ? -1 : 0, std::numeric_limits<std::int64_t>::max());
    tensor.channelsLast = fields.flag("channelsLast", false);
    const auto bytes = isDynamic ? std::optional<std::size_t>(0) : checkedTensorBytes(tensor.dtype, tensor.dims);
    if (!bytes)
        fields.fail("dims", "are too large, or the type has no kernel");
    tensor.bytes = bytes.value_or(0);
    if (tensor.channelsLast && tensor.dims.size() != 4)
        fields.fail("channelsLast", "needs four dimensions");
    if (isDynamic || fields.flag("external", false)) {
        tensor.storage = isDynamic ? Storage::Dynamic : Storage::External;
        if (tensor.channelsLast || tensor.dims.size() > maxRank)
            fields.fail("dims", "are too many, or in a layout that values do not have");
    } else if (const json *data = fields.member("data", false)) {
        tensor.storage = Storage::Constant;
        if (!data->is_null()) {
            tensor.constant = {blob.owner, fields.data(*data, blob, "data")};
            if (tensor.constant.bytes.size() != tensor.bytes)
                fields.fail("data", "has not the size of its shape");
        }
    } else
        tensor.arenaOffset = static_cast<std::size_t>(fields.integer("offset", 0, std::int64_t(1) << 46));
    if (!fields.problem.empty())
        return wrong(fields.problem);
    return tensor;
}

core::Encoding readEncoding(const json &object, Fields &outer, const std::string &where)
{
    Fields fields{object, where};
    core::Encoding encoding;
    encoding.bitwidth = static_cast<int>(fields.integer("bitwidth", 2, 32));
    encoding.isFloat = fields.flag("float", false);
    encoding.symmetric = fields.flag("symmetric", false);
    encoding.axis = static_cast<int>(fields.integer("axis", -1, static_cast<std::int64_t>(maxRank)));
    const json *grids = fields.member("grids", true);
    if (grids != nullptr && !grids->is_array())
        fields.fail("grids", "is no list");
    else if (grids != nullptr) {
        for (const json &grid : *grids) {
            if (!grid.is_array() || grid.size() != 4) {
                fields.fail("grids", "holds something that is no grid");
                break;
            }
            encoding.grids.push_back({fields.real(grid[0], "min"), fields.real(grid[1], "max"), fields.real(grid[2], "scale"),
                                      fields.integerOf(grid[3], "zeroPoint", -(std::int64_t(1) << 33), std::int64_t(1) << 33)});
        }
    }
    if (!fields.problem.empty() && outer.problem.empty())
        outer.problem = fields.problem;
    return encoding;
}

core::AttributeValue readAttribute(const json &object, Fields &outer, const std::string &name, const BlobView &blob)
{
    Fields fields{object, outer.where + ", attribute " + name};
    constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
    core::AttributeValue result = std::int64_t(0);
    if (fields.member("i", false) != nullptr)
        result = fields.integer("i", least, most);
    else if (const json *real = fields.member("f", false))
        result = fields.real(*real, "f");
    else if (fields.member("s", false) != nullptr)
        result = fields.text("s");
    else if (fields.member("is", false) != nullptr)
        result = fields.integers("is", least, most);
    else if (fields.member("ss", false) != nullptr)
        result = fields.texts("ss");
    else if (const json *reals = fields.member("fs", false); reals != nullptr && reals->is_array()) {
        std::vector<double> list;
        for (const json &value : *reals)
            list.push_back(fields.real(value, "fs"));
        result = std::move(list);
    } else if (const json *tensor = fields.member("t", false)) {
        Fields inner{*tensor, fields.where};
        core::AttributeTensor made;
        made.dtype = inner.dtype("dtype");
        made.dims = inner.integers("dims", 0, most);
        const json *data = inner.member("data", true);
        const auto bytes = data != nullptr ? inner.data(*data, blob, "data") : std::span<const std::byte>();
        if (checkedTensorBytes(made.dtype, made.dims) != bytes.size())
            inner.fail("data", "has not the size of its shape");
        made.data = core::ConstantData::owned({bytes.begin(), bytes.end()});
        if (fields.problem.empty())
            fields.problem = inner.problem;
        result = std::move(made);
    } else
        fields.fail("value", "has no known kind");
    if (!fields.problem.empty() && outer.problem.empty())
        outer.problem = fields.problem;
    return result;
}

core::Expected<void> readProgram(const json &object, const BlobView &blob, int depth, Program &program);

/// Subgraphs of control flow; what they must look like for their operator is what binding checks.
core::Expected<void> readBodies(const json &list, ProgramStep &step, const BlobView &blob, int depth)
{
    constexpr int maxDepth = 64;
    if (!list.is_array() || depth >= maxDepth)
        return wrong("step " + step.name + ": bodies are no list, or nest too deeply");
    for (const json &object : list) {
        Fields fields{object, "body of step " + step.name};
        ProgramBody body;
        body.attribute = fields.text("attribute");
        body.formalInputs = static_cast<std::size_t>(fields.integer("formalInputs", 0, 1 << 20));
        for (const std::int64_t input : fields.integers("captures", 0, static_cast<std::int64_t>(step.inputs.size()) - 1))
            body.captures.push_back(static_cast<int>(input));
        const json *program = fields.member("program", true);
        if (!fields.problem.empty())
            return wrong(fields.problem);
        body.program = std::make_shared<Program>();
        NORDLYS_TRY(readProgram(*program, blob, depth + 1, *body.program));
        step.bodies.push_back(std::move(body));
    }
    return {};
}

core::Expected<ProgramStep> readStep(const json &object, std::size_t index, std::size_t tensors, const BlobView &blob, int depth)
{
    Fields fields{object, "step " + std::to_string(index)};
    ProgramStep step;
    step.name = fields.text("name");
    step.label = fields.text("label");
    step.op = fields.text("op");
    step.domain = fields.text("domain");
    step.opset = static_cast<int>(fields.integer("opset", 0, 1 << 20));
    for (const auto &[name, list] : {std::pair("inputs", &step.inputs), std::pair("outputs", &step.outputs)}) {
        for (const std::int64_t tensor : fields.integers(name, -1, static_cast<std::int64_t>(tensors) - 1))
            list->push_back(static_cast<int>(tensor));
    }
    step.sourceNodes = fields.texts("sourceNodes");
    step.macs = fields.integer("macs", 0, std::numeric_limits<std::int64_t>::max());
    step.fast = fields.flag("fast", false);
    if (const json *attributes = fields.member("attributes", true); attributes != nullptr && attributes->is_object()) {
        for (const auto &[name, value] : attributes->items())
            step.attributes.emplace(name, readAttribute(value, fields, name, blob));
    }
    if (const json *activation = fields.member("activation", false)) {
        Fields inner{*activation, fields.where + ", activation"};
        const std::string kind = inner.text("kind");
        if (kind != "relu" && kind != "clip")
            inner.fail("kind", "is unknown");
        step.activation = kind == "relu" ? FusedActivation::Relu : FusedActivation::Clip;
        const json *low = inner.member("low", true), *high = inner.member("high", true);
        step.low = low != nullptr ? static_cast<float>(inner.real(*low, "low")) : 0;
        step.high = high != nullptr ? static_cast<float>(inner.real(*high, "high")) : 0;
        if (fields.problem.empty())
            fields.problem = inner.problem;
    }
    step.residual = static_cast<int>(fields.integer("residual", -1, 64, -1));
    if (const json *packed = fields.member("packed", false))
        step.packed = {blob.owner, fields.data(*packed, blob, "packed")};
    if (const json *quantizers = fields.member("quantizers", false)) {
        if (!quantizers->is_array() || quantizers->size() > step.outputs.size())
            fields.fail("quantizers", "is no list of at most one per output");
        else {
            for (const json &quantizer : *quantizers)
                step.quantizers.push_back(quantizer.is_null() ? std::optional<core::Encoding>() : readEncoding(quantizer, fields, fields.where + ", quantizer"));
        }
    }
    step.late = fields.flag("late", false);
    if (const json *bodies = fields.member("bodies", false); bodies != nullptr && fields.problem.empty())
        NORDLYS_TRY(readBodies(*bodies, step, blob, depth));
    if (step.outputs.empty())
        fields.fail("outputs", "is empty");
    if (!fields.problem.empty())
        return wrong(fields.problem);
    return step;
}

core::Expected<void> readPorts(const json &object, const char *name, std::size_t tensors, std::vector<int> &indices, std::vector<std::string> &names)
{
    Fields fields{object, "context"};
    const json *ports = fields.member(name, true);
    if (ports == nullptr || !ports->is_array())
        return wrong(std::string(name) + " is no list");
    for (const json &port : *ports) {
        Fields inner{port, name};
        names.push_back(inner.text("name"));
        indices.push_back(static_cast<int>(inner.integer("tensor", 0, static_cast<std::int64_t>(tensors) - 1)));
        if (!inner.problem.empty())
            return wrong(inner.problem);
    }
    return {};
}

/// Every value is written once, before it is read, and data that is not there is never read.
core::Expected<void> checkFlow(const Program &program, bool isBody)
{
    std::vector<bool> written(program.tensors.size(), false);
    const auto at = [](int tensor) { return static_cast<std::size_t>(tensor); };
    const auto readable = [&](int tensor) {
        const ProgramTensor &t = program.tensor(tensor);
        return t.storage == Storage::Constant ? t.bytes == 0 || !t.constant.bytes.empty() : static_cast<bool>(written[at(tensor)]);
    };
    for (std::size_t t = 0; t < program.tensors.size(); ++t) {
        if (program.tensors[t].storage == Storage::External && (!isBody || !program.isInput(static_cast<int>(t))))
            return wrong("tensor " + program.tensors[t].name + " belongs to nobody");
    }
    for (const int in : program.inputs) {
        if ((isBody && program.tensor(in).storage == Storage::Arena) || program.isConstant(in) || written[at(in)] || program.tensor(in).channelsLast)
            return wrong("an input is a constant, stands twice or has a layout of its own");
        written[at(in)] = true;
    }
    for (const ProgramStep &step : program.steps) {
        const bool inPlace = step.domain == planDomain && step.op == "QuantizeDequantize";
        for (std::size_t i = 0; i < step.inputs.size(); ++i) {
            const int in = step.inputs[i];
            const bool packed = usesPackedWeights(step) && (i == 1 || i == 2) && static_cast<int>(i) != step.residual && program.isConstant(in);
            if (in >= 0 && !packed && !readable(in))
                return wrong("step " + step.name + " reads " + program.tensor(in).name + " before it exists");
        }
        for (const int out : step.outputs) {
            if (out >= 0 && (program.isConstant(out) || program.tensor(out).storage == Storage::External || (written[at(out)] && !inPlace)))
                return wrong("step " + step.name + " writes " + program.tensor(out).name + ", which is constant or written already");
            if (out >= 0)
                written[at(out)] = true;
        }
    }
    for (const int out : program.outputs) {
        if (!readable(out) || program.tensor(out).channelsLast)
            return wrong("an output is never written or has a layout of its own");
    }
    return {};
}

core::Expected<core::EncodingSet> readEncodingSet(const json *object)
{
    core::EncodingSet set;
    if (object == nullptr || !object->is_object())
        return wrong("encodings is no object");
    for (const auto &[name, value] : object->items()) {
        Fields fields{value, "encoding of " + name};
        core::EncodingEntry entry;
        entry.encoding = readEncoding(value, fields, fields.where);
        entry.kind = fields.flag("parameter", false) ? core::EncodingKind::Parameter : core::EncodingKind::Activation;
        entry.locked = fields.flag("locked", false);
        if (!fields.problem.empty())
            return wrong(fields.problem);
        NORDLYS_TRY(core::checkEncoding(entry.encoding, name));
        set.entries.emplace(name, std::move(entry));
    }
    return set;
}

core::Expected<void> readProgram(const json &object, const BlobView &blob, int depth, Program &program)
{
    Fields fields{object, "context"};
    const json *tensors = fields.member("tensors", true), *steps = fields.member("steps", true);
    if (!fields.problem.empty())
        return wrong(fields.problem);
    if (!tensors->is_array() || !steps->is_array())
        return wrong("tensors or steps is no list");
    for (const json &tensor : *tensors) {
        auto read = readTensor(tensor, program.tensors.size(), blob);
        NORDLYS_TRY(read);
        program.tensors.push_back(std::move(*read));
    }
    for (const json &step : *steps) {
        auto read = readStep(step, program.steps.size(), program.tensors.size(), blob, depth);
        NORDLYS_TRY(read);
        program.steps.push_back(std::move(*read));
    }
    NORDLYS_TRY(readPorts(object, "inputs", program.tensors.size(), program.inputs, program.inputNames));
    NORDLYS_TRY(readPorts(object, "outputs", program.tensors.size(), program.outputs, program.outputNames));
    return checkFlow(program, depth > 0);
}

} // namespace

core::Expected<DescribedPlan> planFromDescription(const json &object, const BlobView &blob)
{
    Fields fields{object, "context"};
    DescribedPlan result;
    result.data = std::make_unique<Plan::Data>();
    Program &program = result.data->program;
    result.modelName = fields.text("modelName");
    const auto precision = precisionFromName(fields.text("precision"));
    if (!precision)
        fields.fail("precision", "is unknown");
    result.data->precision = precision.value_or(Precision::Float32);
    if (fields.integer("packedLayout", 0, std::numeric_limits<std::uint32_t>::max()) != packedLayoutVersion && fields.problem.empty())
        return core::notSupported("context", "its weights are packed in another layout", "Build it again with this version");
    program.arenaBytes = static_cast<std::size_t>(fields.integer("arenaBytes", 0, std::int64_t(1) << 46));
    program.foldedNodes = fields.texts("foldedNodes");
    program.removedNodes = fields.texts("removedNodes");
    if (!fields.problem.empty())
        return wrong(fields.problem);
    NORDLYS_TRY(readProgram(object, blob, 0, program));
    auto encodings = readEncodingSet(fields.member("encodings", true));
    NORDLYS_TRY(encodings);
    result.data->encodings = std::move(*encodings);
    return result;
}

} // namespace nordlys::runtime
