// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nordlys::runtime::passes {

Matcher::Matcher(Program &program, const NameSet &keep)
    : m_program(program), m_producer(program.producers()), m_readers(program.tensors.size()), m_mayVanish(program.tensors.size(), true),
      m_dropped(program.steps.size(), false)
{
    for (std::size_t t = 0; t < program.tensors.size(); ++t)
        m_mayVanish[t] = !keep.contains(program.tensors[t].name);
    for (const auto *list : {&program.inputs, &program.outputs}) {
        for (const int tensor : *list)
            m_mayVanish[static_cast<std::size_t>(tensor)] = false;
    }
    for (int s = 0; s < stepCount(); ++s)
        addReads(s);
}

void Matcher::addReads(int step)
{
    for (const int in : this->step(step).inputs) {
        if (in >= 0)
            m_readers[static_cast<std::size_t>(in)].push_back(step);
    }
}

void Matcher::removeReads(int step)
{
    for (const int in : this->step(step).inputs) {
        if (in < 0)
            continue;
        auto &readers = m_readers[static_cast<std::size_t>(in)];
        if (const auto it = std::find(readers.begin(), readers.end(), step); it != readers.end())
            readers.erase(it);
    }
}

bool Matcher::isOp(int step, std::string_view op) const
{
    if (step < 0 || isDropped(step))
        return false;
    const ProgramStep &s = this->step(step);
    return s.domain.empty() && (op.empty() || s.op == op) && !s.inputs.empty() && s.inputs[0] >= 0 && !s.outputs.empty() && s.outputs[0] >= 0
           && s.activation == FusedActivation::None && s.residual < 0 && m_program.isFixed(s);
}

bool Matcher::isFloatOp(int step, std::string_view op) const
{
    return isOp(step, op) && tensor(this->step(step).inputs[0]).dtype == core::DType::Float32
           && tensor(this->step(step).outputs[0]).dtype == core::DType::Float32;
}

int Matcher::producerOf(int tensor, std::string_view op) const
{
    const int s = producer(tensor);
    return isFloatOp(s, op) && step(s).outputs[0] == tensor ? s : -1;
}

std::optional<double> Matcher::scalar(int tensor) const
{
    if (!m_program.isConstant(tensor))
        return std::nullopt;
    const ProgramTensor &t = this->tensor(tensor);
    if (t.dtype != core::DType::Float32 || t.constant.bytes.size() != sizeof(float))
        return std::nullopt;
    float value = 0;
    std::memcpy(&value, t.constant.bytes.data(), sizeof(value));
    return static_cast<double>(value);
}

std::optional<std::pair<int, double>> Matcher::withScalar(int step) const
{
    if (!isOp(step) || this->step(step).inputs.size() != 2 || this->step(step).inputs[1] < 0 || this->step(step).opset < 7)
        return std::nullopt;
    const ProgramStep &s = this->step(step);
    for (const std::size_t i : {std::size_t(1), std::size_t(0)}) {
        const auto value = scalar(s.inputs[i]);
        const int other = s.inputs[1 - i];
        // A constant of more dimensions than the operand would change its shape.
        if (value && tensor(other).dims == tensor(s.outputs[0]).dims && (i == 1 || s.op == "Add" || s.op == "Mul"))
            return std::pair(other, *value);
    }
    return std::nullopt;
}

bool Matcher::isClosed(std::span<const int> steps) const
{
    const int last = *std::max_element(steps.begin(), steps.end());
    for (const int s : steps) {
        if (s == last)
            continue;
        for (const int out : step(s).outputs) {
            if (out < 0)
                continue;
            const auto &all = readers(out);
            if (!mayVanish(out) || !std::all_of(all.begin(), all.end(), [&](int r) { return std::find(steps.begin(), steps.end(), r) != steps.end(); }))
                return false;
        }
    }
    return true;
}

void Matcher::fuse(std::span<const int> steps, ProgramStep made)
{
    std::vector<int> ordered(steps.begin(), steps.end());
    std::sort(ordered.begin(), ordered.end());
    ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
    const int last = ordered.back();
    std::vector<std::string> sources;
    std::int64_t macs = 0;
    for (const int s : ordered) {
        sources.insert(sources.end(), step(s).sourceNodes.begin(), step(s).sourceNodes.end());
        macs += step(s).macs;
        removeReads(s);
        m_dropped[static_cast<std::size_t>(s)] = s != last;
    }
    ProgramStep &target = step(last);
    made.name = target.name;
    made.outputs = std::move(target.outputs);
    made.sourceNodes = std::move(sources);
    made.macs = macs;
    target = std::move(made);
    addReads(last);
}

void Matcher::drop(int step, int into)
{
    auto &from = this->step(step).sourceNodes;
    auto &to = into >= 0 ? this->step(into).sourceNodes : m_program.removedNodes;
    to.insert(to.end(), from.begin(), from.end());
    removeReads(step);
    m_dropped[static_cast<std::size_t>(step)] = true;
}

void Matcher::replaceReaders(int tensor, int other)
{
    if (tensor == other)
        return;
    auto &from = m_readers[static_cast<std::size_t>(tensor)];
    auto &to = m_readers[static_cast<std::size_t>(other)];
    for (const int s : from) {
        auto &inputs = step(s).inputs;
        std::replace(inputs.begin(), inputs.end(), tensor, other);
    }
    to.insert(to.end(), from.begin(), from.end());
    from.clear();
}

void Matcher::setInput(int step, std::size_t input, int tensor)
{
    removeReads(step);
    this->step(step).inputs[input] = tensor;
    addReads(step);
}

void Matcher::setOutput(int step, std::size_t output, int tensor)
{
    this->step(step).outputs[output] = tensor;
    m_producer[static_cast<std::size_t>(tensor)] = step;
}

int Matcher::addTensor(ProgramTensor tensor)
{
    m_producer.push_back(-1);
    m_readers.emplace_back();
    m_mayVanish.push_back(true);
    return m_program.addTensor(std::move(tensor));
}

int Matcher::addInner(std::string name, core::DType type, core::Dims dims)
{
    ProgramTensor made;
    made.name = std::move(name);
    made.fromSource = false;
    made.dtype = type;
    made.bytes = checkedTensorBytes(type, dims).value_or(0);
    made.dims = std::move(dims);
    return addTensor(std::move(made));
}

namespace {

template <typename T>
std::optional<ConstantBytes> constantOf(const std::vector<T> &values)
{
    auto buffer = makeConstantBuffer(std::max<std::size_t>(1, values.size() * sizeof(T)));
    if (!buffer)
        return std::nullopt;
    if (!values.empty())
        std::memcpy((*buffer)->data(), values.data(), values.size() * sizeof(T));
    ConstantBytes result = constantFrom(std::move(*buffer));
    result.bytes = result.bytes.first(values.size() * sizeof(T));
    return result;
}

} // namespace

int Matcher::addInts(std::string name, const std::vector<std::int64_t> &values)
{
    auto constant = constantOf(values);
    if (!constant)
        return -1;
    const int made = addInner(std::move(name), core::DType::Int64, {static_cast<std::int64_t>(values.size())});
    m_program.tensor(made).storage = Storage::Constant;
    m_program.tensor(made).constant = std::move(*constant);
    return made;
}

int Matcher::addFloats(std::string name, core::Dims dims, const std::vector<float> &values)
{
    auto constant = constantOf(values);
    if (!constant)
        return -1;
    const int made = addInner(std::move(name), core::DType::Float32, std::move(dims));
    m_program.tensor(made).storage = Storage::Constant;
    m_program.tensor(made).constant = std::move(*constant);
    return made;
}

void Matcher::finish()
{
    std::vector<ProgramStep> left;
    left.reserve(m_program.steps.size());
    for (int s = 0; s < stepCount(); ++s) {
        if (!isDropped(s))
            left.push_back(std::move(step(s)));
    }
    m_program.steps = std::move(left);
}

ProgramStep makeStep(std::string_view op, int opset, std::vector<int> inputs)
{
    ProgramStep made;
    made.op = made.label = op;
    made.opset = opset;
    made.inputs = std::move(inputs);
    return made;
}

bool isNear(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance * std::abs(b);
}

} // namespace nordlys::runtime::passes
