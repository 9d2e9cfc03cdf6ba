// SPDX-License-Identifier: Apache-2.0
#include "layout.h"

#include "fast_steps.h"

#include <algorithm>
#include <array>

namespace nordlys::runtime {

bool isLayoutFree(const core::Dims &dims)
{
    return dims.size() != 4 || dims[1] == 1 || dims[2] * dims[3] == 1;
}

namespace {

constexpr std::array<std::string_view, 17> plainOutputs{"Transpose", "Shape", "Size", "ArgMax", "ArgMin", "ReduceSum", "ReduceMean", "ReduceMax",
                                                        "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum",
                                                        "ReduceLogSumExp", "Expand", "Tile"};

class LayoutAssigner {
public:
    explicit LayoutAssigner(Program &program) : m_program(program), m_other(program.tensors.size(), -1) {}

    core::Expected<void> run()
    {
        std::vector<ProgramStep> steps = std::move(m_program.steps);
        m_program.steps.clear();
        for (ProgramStep &step : steps) {
            NORDLYS_TRY(place(step));
            m_program.steps.push_back(std::move(step));
        }
        for (int &out : m_program.outputs)
            NORDLYS_TRY(require(out, false));
        return {};
    }

private:
    /// Replaces `tensor` by its form in the wanted layout, making one where there is none yet.
    core::Expected<void> require(int &tensor, bool channelsLast)
    {
        if (tensor < 0)
            return {};
        const ProgramTensor source = m_program.tensor(tensor);
        if (isLayoutFree(source.dims) || source.channelsLast == channelsLast)
            return {};
        m_other.resize(m_program.tensors.size(), -1);
        if (m_other[static_cast<std::size_t>(tensor)] < 0) {
            ProgramTensor copy = source;
            copy.fromSource = false;
            copy.channelsLast = channelsLast;
            ProgramStep step;
            step.op = "Layout";
            step.label = channelsLast ? "ToNhwc" : "ToNchw";
            step.domain = planDomain;
            step.opset = 1;
            step.fast = true;
            step.name = source.name + (channelsLast ? "/to_nhwc" : "/to_nchw");
            copy.storage = Storage::Arena;
            copy.constant = {};
            const int made = m_program.addTensor(std::move(copy));
            step.inputs = {tensor};
            step.outputs = {made};
            if (source.storage == Storage::Constant)
                NORDLYS_TRY(convertConstant(source, made));
            else
                m_program.steps.push_back(std::move(step));
            m_other.resize(m_program.tensors.size(), -1);
            m_other[static_cast<std::size_t>(tensor)] = made;
        }
        tensor = m_other[static_cast<std::size_t>(tensor)];
        return {};
    }

    core::Expected<void> convertConstant(const ProgramTensor &source, int made)
    {
        auto buffer = makeConstantBuffer(source.bytes);
        NORDLYS_TRY(buffer);
        ProgramTensor &target = m_program.tensor(made);
        const Strides from = source.desc().strides(), to = target.desc().strides();
        const std::size_t size = elementSize(source.dtype);
        const core::Dims &d = source.dims;
        for (std::int64_t n = 0; n < d[0]; ++n)
            for (std::int64_t c = 0; c < d[1]; ++c)
                for (std::int64_t h = 0; h < d[2]; ++h)
                    for (std::int64_t w = 0; w < d[3]; ++w) {
                        const auto at = static_cast<std::size_t>(n * from[0] + c * from[1] + h * from[2] + w * from[3]) * size;
                        const auto put = static_cast<std::size_t>(n * to[0] + c * to[1] + h * to[2] + w * to[3]) * size;
                        std::copy_n(source.constant.bytes.begin() + static_cast<std::ptrdiff_t>(at), size, (*buffer)->data() + put);
                    }
        target.storage = Storage::Constant;
        target.constant = constantFrom(std::move(*buffer));
        return {};
    }

    [[nodiscard]] bool isChannelsLast(int tensor) const { return tensor >= 0 && m_program.tensor(tensor).channelsLast; }

    core::Expected<void> place(ProgramStep &step)
    {
        const FastKind kind = fastKindOf(m_program, step);
        step.fast = kind != FastKind::None;
        NORDLYS_TRY(placeBy(kind, step));
        if (kind == FastKind::Elementwise)
            step.fast = bindFast(m_program, step).hasValue(); // now that the layouts of its operands are settled
        return {};
    }

    core::Expected<void> placeBy(FastKind kind, ProgramStep &step)
    {
        if (kind == FastKind::ChannelsLast) {
            NORDLYS_TRY(require(step.inputs[0], true));
            if (step.residual >= 0)
                NORDLYS_TRY(require(step.inputs[static_cast<std::size_t>(step.residual)], true));
            setChannelsLast(step.outputs[0]);
            return {};
        }
        const KernelEntry *entry = findReferenceKernel(step.domain, step.op, step.opset);
        // Elements of half a byte keep the model's order: nothing converts their layout.
        const auto packed = [this](int tensor) { return tensor >= 0 && isPacked(m_program.tensor(tensor).dtype); };
        const bool anyPacked = std::ranges::any_of(step.inputs, packed) || std::ranges::any_of(step.outputs, packed);
        const bool any = kind == FastKind::Elementwise || (entry != nullptr && entry->anyLayout && step.residual < 0 && !anyPacked);
        const bool hasLast = std::any_of(step.inputs.begin(), step.inputs.end(), [this](int in) { return isChannelsLast(in); });
        if (step.domain == planDomain && step.op == "QuantizeDequantize")
            return {}; // quantize-dequantize of an input, in place
        if (!any || !m_program.isFixed(step)) {
            for (int &in : step.inputs)
                NORDLYS_TRY(require(in, false));
            return {};
        }
        if (isTransposeFromChannelsLast(step)) {
            setChannelsLast(step.outputs[0]);
            return {};
        }
        const bool plainOutput = std::find(plainOutputs.begin(), plainOutputs.end(), step.op) != plainOutputs.end();
        if (!hasLast || plainOutput)
            return {};
        for (const int out : step.outputs)
            setChannelsLast(out);
        for (int &in : step.inputs) {
            if (in >= 0 && step.outputs[0] >= 0 && m_program.tensor(in).dims == m_program.tensor(step.outputs[0]).dims)
                NORDLYS_TRY(require(in, true));
        }
        return {};
    }

    void setChannelsLast(int tensor)
    {
        if (tensor >= 0 && !isLayoutFree(m_program.tensor(tensor).dims))
            m_program.tensor(tensor).channelsLast = true;
    }

    /// N, H, W, C to N, C, H, W of a tensor in the model's order only renames the dims: the data may stay as it is.
    [[nodiscard]] bool isTransposeFromChannelsLast(const ProgramStep &step) const
    {
        if (step.op != "Transpose" || step.inputs[0] < 0 || m_program.tensor(step.inputs[0]).dims.size() != 4 || isChannelsLast(step.inputs[0]))
            return false;
        const auto it = step.attributes.find("perm");
        const auto *perm = it != step.attributes.end() ? std::get_if<std::vector<std::int64_t>>(&it->second) : nullptr;
        return perm != nullptr && *perm == std::vector<std::int64_t>{0, 3, 1, 2};
    }

    Program &m_program;
    std::vector<int> m_other; ///< the same tensor in the other layout
};

} // namespace

core::Expected<void> assignLayouts(Program &program)
{
    return LayoutAssigner(program).run();
}

} // namespace nordlys::runtime
