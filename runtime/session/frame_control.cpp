// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <algorithm>
#include <cstring>
#include <optional>

/// If, Loop, Scan and SequenceMap while running (ONNX operators of these names).
namespace nordlys::runtime {

namespace {

core::Expected<Value> scalarValue(core::DType type, const core::Dims &dims, std::int64_t number)
{
    auto host = core::HostTensor::create(type, dims);
    NORDLYS_TRY(host);
    if (type == core::DType::Bool)
        host->bytes()[0] = std::byte(number != 0 ? 1 : 0);
    else
        std::memcpy(host->bytes().data(), &number, sizeof(number));
    return Value::ofTensor(std::move(*host));
}

struct AxisWalk {
    std::size_t outer = 1, length = 0, innerBytes = 0; ///< the tensor seen as outer x length x inner
};

std::optional<AxisWalk> walkAlong(core::DType type, const core::Dims &dims, std::int64_t axis)
{
    const auto rank = static_cast<std::int64_t>(dims.size());
    axis += axis < 0 ? rank : 0;
    const std::size_t size = elementSize(type);
    if (axis < 0 || axis >= rank || size == 0)
        return std::nullopt;
    AxisWalk walk{1, static_cast<std::size_t>(dims[static_cast<std::size_t>(axis)]), size};
    for (std::size_t i = 0; i < dims.size(); ++i) {
        if (static_cast<std::int64_t>(i) < axis)
            walk.outer *= static_cast<std::size_t>(dims[i]);
        else if (static_cast<std::int64_t>(i) > axis)
            walk.innerBytes *= static_cast<std::size_t>(dims[i]);
    }
    return walk;
}

/// One slice of a tensor along an axis; the axis vanishes.
core::Expected<Value> sliceOf(const core::HostTensor &tensor, std::int64_t axis, std::size_t position)
{
    const auto walk = walkAlong(tensor.dtype(), tensor.dims(), axis);
    if (!walk || position >= walk->length)
        return core::badInput("scan", "a tensor of shape " + core::shapeText(tensor.dims()) + " has no slice " + std::to_string(position) + " along axis " + std::to_string(axis));
    core::Dims dims = tensor.dims();
    dims.erase(dims.begin() + (axis < 0 ? axis + static_cast<std::int64_t>(dims.size()) : axis));
    auto slice = core::HostTensor::create(tensor.dtype(), dims);
    NORDLYS_TRY(slice);
    for (std::size_t o = 0; o < walk->outer && walk->innerBytes > 0; ++o)
        std::memcpy(slice->bytes().data() + o * walk->innerBytes, tensor.bytes().data() + (o * walk->length + position) * walk->innerBytes, walk->innerBytes);
    return Value::ofTensor(std::move(*slice));
}

/// Puts equal tensors behind each other along a new axis. `fallback`: type and dims of one where there are none.
core::Expected<Value> stacked(const std::vector<Value> &parts, std::int64_t axis, bool reversed, core::DType fallbackType, const core::Dims &fallbackDims,
                              std::uint64_t byteLimit)
{
    const core::DType type = parts.empty() ? fallbackType : parts[0].elementType();
    core::Dims dims = parts.empty() ? fallbackDims : core::Dims();
    for (const Value &part : parts) {
        if (!part.isTensor() || part.elementType() != type || part.tensor().dims() != parts[0].tensor().dims())
            return core::badInput("scan output", "its slices differ in kind, type or shape");
        dims = part.tensor().dims();
    }
    for (std::int64_t &dim : dims)
        dim = std::max<std::int64_t>(dim, 0);
    const auto rank = static_cast<std::int64_t>(dims.size()) + 1;
    axis += axis < 0 ? rank : 0;
    if (axis < 0 || axis >= rank)
        return core::badInput("scan output", "axis " + std::to_string(axis) + " is outside a tensor of " + std::to_string(rank) + " dimensions");
    dims.insert(dims.begin() + axis, static_cast<std::int64_t>(parts.size()));
    auto result = core::HostTensor::create(type, dims, byteLimit);
    NORDLYS_TRY(result);
    const auto walk = walkAlong(type, dims, axis);
    if (!walk)
        return core::notSupported("scan output", "the type " + std::string(core::nameOf(type)) + " cannot be stacked");
    for (std::size_t p = 0; p < parts.size() && walk->innerBytes > 0; ++p) {
        const std::size_t at = reversed ? parts.size() - 1 - p : p;
        for (std::size_t o = 0; o < walk->outer; ++o)
            std::memcpy(result->bytes().data() + (o * walk->length + at) * walk->innerBytes, parts[p].tensor().bytes().data() + o * walk->innerBytes, walk->innerBytes);
    }
    return Value::ofTensor(std::move(*result));
}

std::int64_t listed(const AttributeMap &attributes, std::string_view name, std::size_t index)
{
    const auto it = attributes.find(name);
    const auto *list = it != attributes.end() ? std::get_if<std::vector<std::int64_t>>(&it->second) : nullptr;
    return list != nullptr && index < list->size() ? (*list)[index] : 0;
}

std::optional<std::int64_t> oneNumber(const Value &value)
{
    if (!value.isTensor() || value.tensor().elementCount() != 1)
        return std::nullopt;
    if (value.elementType() == core::DType::Int64)
        return value.tensor().as<std::int64_t>()[0];
    if (value.elementType() == core::DType::Int32)
        return value.tensor().as<std::int32_t>()[0];
    if (value.elementType() == core::DType::Bool)
        return value.tensor().bytes()[0] != std::byte(0) ? 1 : 0;
    return std::nullopt;
}

} // namespace

core::Expected<Frame *> Frame::childFrame(std::size_t step, std::size_t body)
{
    std::unique_ptr<Frame> &child = m_children[step][body];
    if (child == nullptr) {
        const BoundProgram &bound = *m_steps[step].bodies[body];
        auto made = create(*bound.program, bound.steps, m_shared);
        NORDLYS_TRY(made);
        child = std::move(*made);
    }
    return child.get();
}

core::Expected<void> Frame::runBody(std::size_t step, std::size_t bodyIndex, std::span<const Value> formals)
{
    auto found = childFrame(step, bodyIndex);
    NORDLYS_TRY(found);
    Frame &child = **found;
    const ProgramStep &source = m_program.steps[step];
    const ProgramBody &body = source.bodies[bodyIndex];
    const Program &program = *body.program;
    child.clearValues();
    for (std::size_t i = 0; i < body.formalInputs; ++i) {
        const int tensor = program.inputs[i];
        const ProgramTensor &formal = program.tensor(tensor);
        if (formal.storage == Storage::External) {
            const Value &value = formals[i];
            if (!value.isTensor() || value.tensor().dims() != formal.dims || value.tensor().dtype() != formal.dtype)
                return broken(source, "input " + std::to_string(i) + " of its body is not the planned " + std::string(core::nameOf(formal.dtype)) + " "
                                          + core::shapeText(formal.dims));
            static constexpr std::byte nothing{};
            child.setExternal(tensor, value.tensor().bytes().empty() ? &nothing : value.tensor().bytes().data());
        }
        child.setValue(tensor, formals[i]); // keeps it alive
    }
    for (std::size_t i = 0; i < body.captures.size(); ++i) {
        const int tensor = program.inputs[body.formalInputs + i];
        const int outside = source.inputs[static_cast<std::size_t>(body.captures[i])];
        if (program.tensor(tensor).storage == Storage::External)
            child.setExternal(tensor, readAddress(outside));
        else {
            auto value = valueOf(outside);
            NORDLYS_TRY(value);
            child.setValue(tensor, std::move(*value));
        }
    }
    NORDLYS_TRY(child.runAll());
    if (m_shared.valueBytes > m_shared.valueBudgetBytes) // sequences grow without a tensor that would be refused
        return broken(source, "what its body holds needs more memory than the budget");
    return {};
}

core::Expected<void> Frame::storeOutput(std::size_t step, std::size_t output, Frame &child, int childTensor)
{
    const int out = output < m_program.steps[step].outputs.size() ? m_program.steps[step].outputs[output] : -1;
    if (out < 0)
        return {};
    const ProgramTensor &target = m_program.tensor(out), &source = child.m_program.tensor(childTensor);
    if (target.isFixed() && source.isFixed() && target.dims == source.dims && target.dtype == source.dtype) {
        if (target.bytes > 0)
            std::memcpy(address(out), child.readAddress(childTensor), target.bytes);
        return {};
    }
    auto value = child.valueOf(childTensor);
    NORDLYS_TRY(value);
    return storeValue(step, output, std::move(*value));
}

core::Expected<void> Frame::runControl(std::size_t index)
{
    const ProgramStep &step = m_program.steps[index];
    core::Expected<void> done = broken(step, "it has bodies, but is no control flow");
    if (step.op == "If")
        done = runIf(index);
    else if (step.op == "Loop")
        done = runLoop(index);
    else if (step.op == "Scan")
        done = runScan(index);
    else if (step.op == "SequenceMap")
        done = runSequenceMap(index);
    NORDLYS_TRY(done);
    return quantizeLate(step);
}

core::Expected<void> Frame::runIf(std::size_t index)
{
    const ProgramStep &step = m_program.steps[index];
    auto condition = valueOf(step.inputs[0]);
    NORDLYS_TRY(condition);
    const auto truth = oneNumber(*condition);
    if (!truth || condition->elementType() != core::DType::Bool)
        return broken(step, "its condition is not one bool");
    const std::size_t body = *truth != 0 ? 0 : 1;
    NORDLYS_TRY(runBody(index, body, {}));
    Frame &child = *m_children[index][body];
    for (std::size_t i = 0; i < step.outputs.size(); ++i)
        NORDLYS_TRY(storeOutput(index, i, child, child.m_program.outputs[i]));
    child.clearValues(); // the other branch may be the next, and these count
    return {};
}

core::Expected<void> Frame::runLoop(std::size_t index)
{
    const ProgramStep &step = m_program.steps[index];
    const ProgramBody &body = step.bodies[0];
    const Program &inner = *body.program;
    const std::size_t states = body.formalInputs - 2, scans = inner.outputs.size() - 1 - states;
    std::optional<std::int64_t> trips;
    bool goesOn = true;
    if (step.inputs[0] >= 0) {
        auto value = valueOf(step.inputs[0]);
        NORDLYS_TRY(value);
        if (!value->isNothing()) {
            trips = oneNumber(*value);
            if (!trips)
                return broken(step, "its trip count is not one integer");
        }
    }
    if (step.inputs[1] >= 0) {
        auto value = valueOf(step.inputs[1]);
        NORDLYS_TRY(value);
        if (!value->isNothing()) {
            const auto truth = oneNumber(*value);
            if (!truth)
                return broken(step, "its condition is not one bool");
            goesOn = *truth != 0;
        }
    }
    std::vector<Value> formals(body.formalInputs);
    for (std::size_t i = 0; i < states; ++i) {
        if (step.inputs[2 + i] < 0)
            continue;
        auto value = valueOf(step.inputs[2 + i]);
        NORDLYS_TRY(value);
        formals[2 + i] = std::move(*value);
    }
    std::vector<std::vector<Value>> collected(scans);
    std::uint64_t collectedBytes = 0;
    for (std::int64_t trip = 0; goesOn && (!trips || trip < *trips); ++trip) {
        if (m_shared.stop.stop_requested())
            return core::interrupted("running the model");
        if (trip >= m_shared.maxLoopIterations)
            return broken(step, "it went on for " + std::to_string(trip) + " iterations, more than the limit");
        auto counter = scalarValue(core::DType::Int64, inner.tensor(inner.inputs[0]).dims, trip);
        NORDLYS_TRY(counter);
        auto condition = scalarValue(core::DType::Bool, inner.tensor(inner.inputs[1]).dims, 1);
        NORDLYS_TRY(condition);
        formals[0] = std::move(*counter);
        formals[1] = std::move(*condition);
        NORDLYS_TRY(runBody(index, 0, formals));
        Frame &child = *m_children[index][0];
        auto verdict = child.valueOf(inner.outputs[0]);
        NORDLYS_TRY(verdict);
        const auto truth = oneNumber(*verdict);
        if (!truth)
            return broken(step, "its body gives a condition that is not one bool");
        goesOn = *truth != 0;
        for (std::size_t i = 0; i < states; ++i) {
            auto value = child.valueOf(inner.outputs[1 + i]);
            NORDLYS_TRY(value);
            formals[2 + i] = std::move(*value);
        }
        for (std::size_t i = 0; i < scans; ++i) {
            auto value = child.valueOf(inner.outputs[1 + states + i]);
            NORDLYS_TRY(value);
            collectedBytes += bytesOf(*value) + sizeof(core::HostTensor);
            if (collectedBytes > m_shared.valueBudgetBytes)
                return broken(step, "what it collects needs more memory than the budget");
            collected[i].push_back(std::move(*value));
        }
    }
    for (std::size_t i = 0; i < states; ++i)
        NORDLYS_TRY(storeValue(index, i, formals[2 + i]));
    for (std::size_t i = 0; i < scans; ++i) {
        const ProgramTensor &part = inner.tensor(inner.outputs[1 + states + i]);
        auto result = stacked(collected[i], 0, false, part.dtype, part.dims, m_shared.valueBudgetBytes);
        if (!result)
            return broken(step, result.error().why);
        NORDLYS_TRY(storeValue(index, states + i, std::move(*result)));
    }
    return {};
}

core::Expected<void> Frame::runScan(std::size_t index)
{
    const ProgramStep &step = m_program.steps[index];
    const ProgramBody &body = step.bodies[0];
    const Program &inner = *body.program;
    const bool batched = step.opset < 9;
    const std::size_t first = batched ? 1 : 0;
    const auto number = step.attributes.find("num_scan_inputs");
    const auto scanInputs = static_cast<std::size_t>(std::get<std::int64_t>(number->second));
    const std::size_t states = body.formalInputs - scanInputs, scans = inner.outputs.size() - states;
    std::uint64_t collectedBytes = 0;
    std::vector<Value> inputs;
    for (std::size_t i = 0; i < body.formalInputs; ++i) {
        auto value = valueOf(step.inputs[first + i]);
        NORDLYS_TRY(value);
        if (!value->isTensor())
            return broken(step, "input " + std::to_string(first + i) + " is no tensor");
        inputs.push_back(std::move(*value));
    }
    std::vector<std::int64_t> lengths;
    if (batched && step.inputs[0] >= 0) {
        auto value = valueOf(step.inputs[0]);
        NORDLYS_TRY(value);
        if (value->isTensor() && value->elementType() == core::DType::Int64)
            lengths.assign(value->tensor().as<std::int64_t>().begin(), value->tensor().as<std::int64_t>().end());
    }
    if (batched && inputs[0].tensor().dims().empty())
        return broken(step, "its inputs need a batch dimension");
    const std::int64_t batches = batched ? inputs[0].tensor().dims()[0] : 1;
    const std::string_view inputDirections = batched ? "directions" : "scan_input_directions";
    std::vector<std::vector<Value>> batchResults(inner.outputs.size());
    for (std::int64_t batch = 0; batch < batches; ++batch) {
        std::vector<Value> mine;
        for (const Value &input : inputs) {
            if (!batched) {
                mine.push_back(input);
                continue;
            }
            auto slice = sliceOf(input.tensor(), 0, static_cast<std::size_t>(batch));
            NORDLYS_TRY(slice);
            mine.push_back(std::move(*slice));
        }
        std::optional<std::size_t> length;
        for (std::size_t i = 0; i < scanInputs; ++i) {
            const core::HostTensor &tensor = mine[states + i].tensor();
            const auto walk = walkAlong(tensor.dtype(), tensor.dims(), batched ? 0 : listed(step.attributes, "scan_input_axes", i));
            if (!walk || (length && *length != walk->length))
                return broken(step, "its scanned inputs have no common length");
            length = walk->length;
        }
        if (static_cast<std::size_t>(batch) < lengths.size() && lengths[static_cast<std::size_t>(batch)] >= 0)
            length = std::min(*length, static_cast<std::size_t>(lengths[static_cast<std::size_t>(batch)]));
        std::vector<Value> formals(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(states));
        formals.resize(body.formalInputs);
        std::vector<std::vector<Value>> collected(scans);
        for (std::size_t t = 0; t < *length; ++t) {
            if (m_shared.stop.stop_requested())
                return core::interrupted("running the model");
            for (std::size_t i = 0; i < scanInputs; ++i) {
                const bool backward = listed(step.attributes, inputDirections, i) != 0;
                auto slice = sliceOf(mine[states + i].tensor(), batched ? 0 : listed(step.attributes, "scan_input_axes", i), backward ? *length - 1 - t : t);
                NORDLYS_TRY(slice);
                formals[states + i] = std::move(*slice);
            }
            NORDLYS_TRY(runBody(index, 0, formals));
            Frame &child = *m_children[index][0];
            for (std::size_t i = 0; i < inner.outputs.size(); ++i) {
                auto value = child.valueOf(inner.outputs[i]);
                NORDLYS_TRY(value);
                if (i < states) {
                    formals[i] = std::move(*value);
                    continue;
                }
                collectedBytes += bytesOf(*value) + sizeof(core::HostTensor);
                if (collectedBytes > m_shared.valueBudgetBytes)
                    return broken(step, "what it collects needs more memory than the budget");
                collected[i - states].push_back(std::move(*value));
            }
        }
        for (std::size_t i = 0; i < inner.outputs.size(); ++i) {
            if (i < states) {
                batchResults[i].push_back(formals[i]);
                continue;
            }
            const std::size_t s = i - states;
            const ProgramTensor &part = inner.tensor(inner.outputs[i]);
            auto result = stacked(collected[s], batched ? 0 : listed(step.attributes, "scan_output_axes", s),
                                  !batched && listed(step.attributes, "scan_output_directions", s) != 0, part.dtype, part.dims, m_shared.valueBudgetBytes);
            if (!result)
                return broken(step, result.error().why);
            batchResults[i].push_back(std::move(*result));
        }
    }
    for (std::size_t i = 0; i < inner.outputs.size(); ++i) {
        if (!batched) {
            NORDLYS_TRY(storeValue(index, i, std::move(batchResults[i][0])));
            continue;
        }
        auto result = stacked(batchResults[i], 0, false, inner.tensor(inner.outputs[i]).dtype, inner.tensor(inner.outputs[i]).dims, m_shared.valueBudgetBytes);
        if (!result)
            return broken(step, result.error().why);
        NORDLYS_TRY(storeValue(index, i, std::move(*result)));
    }
    return {};
}

core::Expected<void> Frame::runSequenceMap(std::size_t index)
{
    const ProgramStep &step = m_program.steps[index];
    const ProgramBody &body = step.bodies[0];
    const Program &inner = *body.program;
    std::vector<Value> inputs;
    for (std::size_t i = 0; i < body.formalInputs; ++i) {
        if (step.inputs[i] < 0) {
            inputs.emplace_back();
            continue;
        }
        auto value = valueOf(step.inputs[i]);
        NORDLYS_TRY(value);
        inputs.push_back(std::move(*value));
    }
    if (!inputs[0].isSequence())
        return broken(step, "its first input is no sequence");
    const std::size_t count = inputs[0].elements().size();
    std::vector<Value::Elements> results(inner.outputs.size());
    std::uint64_t collectedBytes = 0;
    for (std::size_t n = 0; n < count; ++n) {
        if (m_shared.stop.stop_requested())
            return core::interrupted("running the model");
        std::vector<Value> formals;
        for (const Value &input : inputs) {
            if (input.isSequence() && input.elements().size() != count)
                return broken(step, "its sequences differ in length");
            formals.push_back(input.isSequence() ? input.elements()[n] : input);
        }
        NORDLYS_TRY(runBody(index, 0, formals));
        Frame &child = *m_children[index][0];
        for (std::size_t i = 0; i < inner.outputs.size(); ++i) {
            auto value = child.valueOf(inner.outputs[i]);
            NORDLYS_TRY(value);
            collectedBytes += bytesOf(*value) + sizeof(core::HostTensor);
            if (collectedBytes > m_shared.valueBudgetBytes)
                return broken(step, "what it collects needs more memory than the budget");
            results[i].push_back(std::move(*value));
        }
    }
    for (std::size_t i = 0; i < inner.outputs.size(); ++i) {
        const core::DType type = results[i].empty() ? inner.tensor(inner.outputs[i]).dtype : results[i][0].elementType();
        NORDLYS_TRY(storeValue(index, i, Value::ofSequence(std::move(results[i]), type)));
    }
    return {};
}

} // namespace nordlys::runtime
