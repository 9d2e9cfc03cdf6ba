// SPDX-License-Identifier: Apache-2.0
#include "value_key.h"

#include <bit>
#include <cstring>

namespace nordlys::runtime {

KeyMaker &KeyMaker::add(std::uint64_t value)
{
    m_a = std::rotl((m_a ^ value) * 0x9e3779b97f4a7c15ULL, 29);
    m_b = (std::rotl(m_b, 31) + value) * 0xc2b2ae3d27d4eb4fULL;
    m_b ^= m_b >> 32;
    return *this;
}

KeyMaker &KeyMaker::add(std::span<const std::byte> bytes)
{
    add(bytes.size());
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, 8);
        add(word);
    }
    if (i < bytes.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, bytes.size() - i);
        add(word);
    }
    return *this;
}

KeyMaker &KeyMaker::add(std::string_view text)
{
    return add(std::as_bytes(std::span(text.data(), text.size())));
}

KeyMaker &KeyMaker::add(const core::Dims &dims)
{
    add(dims.size());
    for (const std::int64_t dim : dims)
        add(static_cast<std::uint64_t>(dim));
    return *this;
}

KeyMaker &KeyMaker::add(const core::Encoding &encoding)
{
    add(static_cast<std::uint64_t>(encoding.bitwidth)).add(encoding.isFloat ? 1U : 0U).add(static_cast<std::uint64_t>(encoding.axis));
    add(static_cast<std::uint64_t>(encoding.blockAxis)).add(static_cast<std::uint64_t>(encoding.blockSize));
    add(encoding.grids.size());
    for (const core::Grid &grid : encoding.grids) {
        for (const double value : {grid.min, grid.max, grid.scale})
            add(std::bit_cast<std::uint64_t>(value));
        add(static_cast<std::uint64_t>(grid.zeroPoint));
    }
    return *this;
}

ValueKey KeyMaker::key() const
{
    KeyMaker end = *this;
    end.add(std::uint64_t(0x452821e638d01377)).add(m_b).add(m_a);
    return {end.m_a | 1, end.m_b}; // never the empty one
}

ValueKey ConstantKeys::of(const ConstantBytes &data)
{
    if (data.bytes.empty())
        return {};
    auto [it, isNew] = m_entries.try_emplace(data.bytes.data());
    Entry &entry = it->second;
    if (isNew || entry.data.bytes.size() != data.bytes.size())
        entry = {data, KeyMaker().add(data.bytes).key(), true};
    entry.used = true;
    return entry.key;
}

void ConstantKeys::dropUnused()
{
    std::erase_if(m_entries, [](const auto &item) { return !item.second.used; });
    for (auto &[place, entry] : m_entries)
        entry.used = false;
}

namespace {

void addAttribute(KeyMaker &maker, const core::AttributeValue &value)
{
    maker.add(value.index());
    if (const auto *integer = std::get_if<std::int64_t>(&value))
        maker.add(static_cast<std::uint64_t>(*integer));
    else if (const auto *real = std::get_if<double>(&value))
        maker.add(std::bit_cast<std::uint64_t>(*real));
    else if (const auto *text = std::get_if<std::string>(&value))
        maker.add(std::string_view(*text));
    else if (const auto *integers = std::get_if<std::vector<std::int64_t>>(&value))
        maker.add(std::as_bytes(std::span(*integers)));
    else if (const auto *reals = std::get_if<std::vector<double>>(&value))
        maker.add(std::as_bytes(std::span(*reals)));
    else if (const auto *texts = std::get_if<std::vector<std::string>>(&value)) {
        for (const std::string &one : *texts)
            maker.add(std::string_view(one));
    } else if (const auto *tensor = std::get_if<core::AttributeTensor>(&value))
        maker.add(static_cast<std::uint64_t>(tensor->dtype)).add(tensor->dims).add(tensor->data.bytes());
}

void addForm(KeyMaker &maker, const ProgramTensor &tensor)
{
    maker.add(static_cast<std::uint64_t>(tensor.dtype)).add(tensor.dims).add(tensor.channelsLast ? 1U : 0U);
}

} // namespace

std::vector<ValueKey> valueKeys(const Program &program, const std::vector<BoundStep> &steps, ConstantKeys &constants)
{
    std::vector<ValueKey> keys(program.tensors.size());
    for (std::size_t t = 0; t < program.tensors.size(); ++t) {
        if (program.tensors[t].storage == Storage::Constant)
            keys[t] = constants.of(program.tensors[t].constant);
    }
    for (std::size_t i = 0; i < program.inputs.size(); ++i) {
        KeyMaker maker;
        addForm(maker.add("input").add(i), program.tensor(program.inputs[i]));
        keys[static_cast<std::size_t>(program.inputs[i])] = maker.key();
    }
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const ProgramStep &step = program.steps[s];
        KeyMaker maker;
        maker.add(step.op).add(step.domain).add(static_cast<std::uint64_t>(step.opset)).add(steps[s].kernel.name);
        for (const auto &[name, value] : step.attributes)
            addAttribute(maker.add(std::string_view(name)), value);
        maker.add(static_cast<std::uint64_t>(step.activation)).add(std::bit_cast<std::uint32_t>(step.low)).add(std::bit_cast<std::uint32_t>(step.high));
        maker.add(static_cast<std::uint64_t>(step.residual)).add(step.fast ? 1U : 0U).add(constants.of(step.packed));
        for (const int in : step.inputs) {
            maker.add(static_cast<std::uint64_t>(in < 0 ? 0 : 1));
            if (in >= 0) {
                addForm(maker, program.tensor(in));
                maker.add(keys[static_cast<std::size_t>(in)]);
            }
        }
        for (std::size_t i = 0; i < step.outputs.size(); ++i) {
            const bool quantizes = i < step.quantizers.size() && step.quantizers[i];
            maker.add(step.outputs[i] >= 0 ? 1U : 0U).add(quantizes ? 1U : 0U);
            if (step.outputs[i] >= 0)
                addForm(maker, program.tensor(step.outputs[i]));
        }
        const ValueKey whole = maker.key();
        for (std::size_t i = 0; i < step.outputs.size(); ++i) {
            if (step.outputs[i] < 0)
                continue;
            KeyMaker output;
            output.add(whole).add(i);
            if (i < step.quantizers.size() && step.quantizers[i])
                output.add(*step.quantizers[i]);
            keys[static_cast<std::size_t>(step.outputs[i])] = output.key();
        }
    }
    constants.dropUnused();
    return keys;
}

} // namespace nordlys::runtime
