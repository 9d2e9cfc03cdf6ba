// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>

namespace nordlys::runtime::passes {

namespace {

/// Longer constants are compared by their place only: exporters repeat small ones.
constexpr std::size_t maxComparedBytes = 4096;

void append(std::string &key, const void *data, std::size_t size)
{
    key.append(reinterpret_cast<const char *>(&size), sizeof(size));
    key.append(static_cast<const char *>(data), size);
}

void append(std::string &key, std::string_view text)
{
    append(key, text.data(), text.size());
}

void append(std::string &key, std::int64_t number)
{
    key.append(reinterpret_cast<const char *>(&number), sizeof(number));
}

/// False for values that are not compared (graphs, tensors).
bool appendValue(std::string &key, const core::AttributeValue &value)
{
    append(key, static_cast<std::int64_t>(value.index()));
    if (const auto *number = std::get_if<std::int64_t>(&value))
        append(key, *number);
    else if (const auto *real = std::get_if<double>(&value))
        append(key, real, sizeof(*real));
    else if (const auto *text = std::get_if<std::string>(&value))
        append(key, *text);
    else if (const auto *numbers = std::get_if<std::vector<std::int64_t>>(&value))
        append(key, numbers->data(), numbers->size() * sizeof(std::int64_t));
    else if (const auto *reals = std::get_if<std::vector<double>>(&value))
        append(key, reals->data(), reals->size() * sizeof(double));
    else
        return false;
    return true;
}

bool drawsNumbers(const ProgramStep &step)
{
    return step.op.starts_with("Random") || step.op == "Bernoulli" || step.op == "Multinomial" || step.op == "Dropout";
}

/// What decides the result of a step; nothing for steps that are no function of their inputs.
std::optional<std::string> keyOf(const ProgramStep &step, const std::vector<int> &sameConstant)
{
    if (drawsNumbers(step))
        return std::nullopt;
    std::string key;
    append(key, step.domain);
    append(key, step.op);
    append(key, static_cast<std::int64_t>(step.opset));
    for (const int in : step.inputs)
        append(key, in >= 0 ? static_cast<std::int64_t>(sameConstant[static_cast<std::size_t>(in)]) : -1);
    append(key, std::string_view("/"));
    for (const auto &[name, value] : step.attributes) {
        append(key, name);
        if (!appendValue(key, value))
            return std::nullopt;
    }
    append(key, std::string_view("/"));
    for (const int out : step.outputs)
        append(key, out >= 0 ? 1 : 0);
    return key;
}

/// Per tensor the first one that is the same constant, or itself.
std::vector<int> firstOfConstants(const Program &program)
{
    std::vector<int> first(program.tensors.size());
    std::unordered_map<std::string, int> seen;
    for (std::size_t t = 0; t < first.size(); ++t) {
        const ProgramTensor &tensor = program.tensors[t];
        first[t] = static_cast<int>(t);
        if (tensor.storage != Storage::Constant || tensor.constant.bytes.size() > maxComparedBytes || tensor.constant.bytes.size() != tensor.bytes)
            continue;
        std::string key;
        append(key, static_cast<std::int64_t>(tensor.dtype));
        append(key, tensor.dims.data(), tensor.dims.size() * sizeof(std::int64_t));
        append(key, tensor.constant.bytes.data(), tensor.constant.bytes.size());
        first[t] = seen.emplace(std::move(key), static_cast<int>(t)).first->second;
    }
    return first;
}

} // namespace

void mergeCommonSteps(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    const std::vector<int> sameConstant = firstOfConstants(program);
    std::unordered_map<std::string, int> seen;
    for (int s = 0; s < match.stepCount(); ++s) {
        if (!match.isOp(s))
            continue;
        const ProgramStep &step = match.step(s);
        auto key = keyOf(step, sameConstant);
        if (!key)
            continue;
        const auto [found, isNew] = seen.emplace(std::move(*key), s);
        const bool mayGo = std::all_of(step.outputs.begin(), step.outputs.end(), [&](int out) { return out < 0 || match.mayVanish(out); });
        if (isNew || !mayGo)
            continue;
        const int first = found->second;
        for (std::size_t i = 0; i < step.outputs.size(); ++i) {
            if (step.outputs[i] >= 0)
                match.replaceReaders(step.outputs[i], match.step(first).outputs[i]);
        }
        match.drop(s, first);
    }
    match.finish();
}

} // namespace nordlys::runtime::passes
