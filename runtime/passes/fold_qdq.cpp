// SPDX-License-Identifier: Apache-2.0
#include "integer_weights.h"
#include "passes.h"

#include <algorithm>
#include <array>
#include <limits>

namespace nordlys::runtime::passes {

namespace {

constexpr std::string_view microsoft = "com.microsoft";

bool isStandard(const ProgramStep &step, std::string_view op)
{
    return step.op == op && step.domain.empty();
}

bool isQuantization(const ProgramStep &step, std::string_view op)
{
    return step.op == op && (step.domain.empty() || step.domain == microsoft) && step.inputs.size() >= 2 && step.inputs[0] >= 0 && step.inputs[1] >= 0
           && step.outputs.size() == 1 && step.outputs[0] >= 0;
}

/// What happens to a value between its operator and QuantizeLinear.
struct Tail {
    float low = -std::numeric_limits<float>::infinity(), high = std::numeric_limits<float>::infinity();
    std::vector<std::size_t> steps; ///< Relu, Clip, and QuantizeLinear as the last
    std::string label;
};

class Folder {
public:
    Folder(Program &program, const NameSet &keep) : m_program(program), m_keep(keep), m_constants(program), m_links(program), m_source(std::move(program.steps))
    {
        m_consumer.assign(program.tensors.size(), -1);
        for (std::size_t s = 0; s < m_source.size(); ++s) {
            for (const int in : m_source[s].inputs) {
                if (in >= 0)
                    m_consumer[static_cast<std::size_t>(in)] = static_cast<int>(s);
            }
        }
    }

    core::Expected<void> run()
    {
        m_dropped.assign(m_source.size(), false);
        for (std::size_t s = 0; s < m_source.size(); ++s) {
            if (m_dropped[s])
                continue;
            ProgramStep step = m_source[s];
            for (int &in : step.inputs)
                in = resolved(in);
            auto folded = fold(step);
            NORDLYS_TRY(folded);
            if (*folded)
                continue;
            if (isQuantization(step, "DequantizeLinear") && m_constants.isGrid(step))
                m_coded[step.outputs[0]] = m_constants.codedBy(step, static_cast<int>(m_steps.size()));
            m_steps.push_back(std::move(step));
        }
        dropUnusedDequantizers();
        m_program.steps = std::move(m_steps);
        return {};
    }

private:
    int resolved(int tensor) const
    {
        for (auto it = m_alias.find(tensor); it != m_alias.end(); it = m_alias.find(tensor))
            tensor = it->second;
        return tensor;
    }

    const Coded *coded(int tensor) const
    {
        const auto it = m_coded.find(tensor);
        return it == m_coded.end() ? nullptr : &it->second;
    }
    /// Input `index` of the step as codes of one grid.
    const Coded *activation(const ProgramStep &step, std::size_t index) const
    {
        const Coded *found = index < step.inputs.size() ? coded(step.inputs[index]) : nullptr;
        return found != nullptr && found->perTensor && m_constants.isCode(found->codes) ? found : nullptr;
    }

    /// Only one step reads the value, and nobody else needs it.
    int onlyConsumer(int tensor) const
    {
        const auto t = static_cast<std::size_t>(tensor);
        return t < m_consumer.size() && m_links.uses[t] == 1 && mayVanish(m_program, tensor, m_keep) ? m_consumer[t] : -1;
    }

    std::optional<Tail> tailOf(const ProgramStep &step) const
    {
        Tail tail;
        if (step.activation != FusedActivation::None) {
            tail.low = step.epilogue(nullptr).low();
            tail.high = step.epilogue(nullptr).high();
            tail.label = step.label.substr(std::min(step.label.size(), step.op.size()));
        }
        for (int value = step.outputs[0];;) {
            const int next = onlyConsumer(value);
            if (next < 0 || m_dropped[static_cast<std::size_t>(next)])
                return std::nullopt;
            const ProgramStep &consumer = m_source[static_cast<std::size_t>(next)];
            tail.steps.push_back(static_cast<std::size_t>(next));
            if (isQuantization(consumer, "QuantizeLinear") && consumer.inputs[0] == value) {
                const int codes = consumer.outputs[0];
                return m_constants.isGrid(consumer) && m_constants.isCode(codes) ? std::optional(tail) : std::nullopt;
            }
            const auto bounds = clampOf(m_program, consumer);
            if (!bounds || consumer.inputs[0] != value)
                return std::nullopt;
            // A later bound limits what the earlier ones left.
            tail.low = std::clamp(tail.low, bounds->first, bounds->second);
            tail.high = std::clamp(tail.high, bounds->first, bounds->second);
            tail.label += "+" + consumer.label;
            value = consumer.outputs[0];
        }
    }

    /// True when the step became another one, or vanished.
    core::Expected<bool> fold(const ProgramStep &step)
    {
        if (step.outputs.empty() || step.outputs[0] < 0 || step.inputs.empty() || step.residual >= 0 || !m_program.isFixed(step)
            || std::ranges::any_of(step.quantizers, [](const auto &quantizer) { return quantizer.has_value(); }))
            return false;
        if (isQuantization(step, "QuantizeLinear"))
            return foldRequantization(step);
        if (!step.domain.empty() && step.domain != microsoft)
            return false;
        if (isMover(step))
            return foldMover(step);
        if (step.outputs.size() != 1 || m_program.tensor(step.outputs[0]).dtype != core::DType::Float32)
            return false;
        const auto tail = tailOf(step);
        if (!tail)
            return false;
        auto made = integerStep(step);
        NORDLYS_TRY(made);
        if (!*made)
            return false;
        return finish(step, std::move(**made), *tail);
    }

    /// The step on codes, still without output, output grid and limits; nothing where there is no integer kernel for it.
    core::Expected<std::optional<ProgramStep>> integerStep(const ProgramStep &step)
    {
        if (isStandard(step, "Conv") || isStandard(step, "Gemm"))
            return weighted(step);
        ProgramStep result = step;
        result.inputs.clear();
        const auto named = [&](std::string_view op, std::string_view domain, int opset) {
            result.op = op;
            result.domain = domain;
            result.opset = opset;
        };
        const auto add = [&](const Coded &part) -> core::Expected<void> {
            auto zero = m_constants.zeroPointOf(part);
            NORDLYS_TRY(zero);
            result.inputs.insert(result.inputs.end(), {part.codes, part.scale, *zero});
            return {};
        };
        if (isStandard(step, "MatMul")) {
            const Coded *a = activation(step, 0), *b = coded(step.inputs[1]);
            const int lastAxis = static_cast<int>(m_program.tensor(step.inputs[1]).dims.size()) - 1;
            if (a == nullptr || b == nullptr || !m_constants.isCode(b->codes) || (!b->perTensor && (b->axis != lastAxis || lastAxis != 1)))
                return std::optional<ProgramStep>();
            named("QLinearMatMul", "", 21);
            NORDLYS_TRY(add(*a));
            NORDLYS_TRY(add(*b));
            return std::optional(result);
        }
        constexpr std::array<std::array<std::string_view, 2>, 8> functions{{{"Add", "QLinearAdd"}, {"Mul", "QLinearMul"}, {"AveragePool", "QLinearAveragePool"},
                                                                           {"GlobalAveragePool", "QLinearGlobalAveragePool"}, {"Sigmoid", "QLinearSigmoid"},
                                                                           {"LeakyRelu", "QLinearLeakyRelu"}, {"Relu", "QLinearConcat"}, {"Clip", "QLinearConcat"}}};
        const auto found = std::ranges::find_if(functions, [&](const auto &pair) { return isStandard(step, pair[0]); });
        const bool isConcat = isStandard(step, "Concat");
        if (found == functions.end() && !isConcat)
            return std::optional<ProgramStep>();
        const std::size_t operands = isConcat ? step.inputs.size() : found < functions.begin() + 2 ? 2 : 1;
        for (std::size_t i = 0; i < operands; ++i) {
            const Coded *part = activation(step, i);
            if (part == nullptr)
                return std::optional<ProgramStep>();
            NORDLYS_TRY(add(*part));
        }
        named(isConcat ? "QLinearConcat" : (*found)[1], microsoft, 1);
        // A change of the grid is a Concat of one part.
        if (isStandard(step, "Relu") || isStandard(step, "Clip"))
            result.attributes = {{"axis", std::int64_t(0)}};
        return std::optional(result);
    }

    /// Conv and Gemm: weights with a grid per tensor or output channel, an int32 bias.
    core::Expected<std::optional<ProgramStep>> weighted(const ProgramStep &step)
    {
        const bool isConv = step.op == "Conv";
        const KernelCall call = callOf(m_program, step);
        const Coded *x = activation(step, 0), *w = step.inputs.size() > 1 ? coded(step.inputs[1]) : nullptr;
        if (x == nullptr || w == nullptr || !m_constants.isCode(w->codes))
            return std::optional<ProgramStep>();
        const int channelAxis = isConv || call.intAttribute("transB", 0) != 0 ? 0 : 1;
        const core::Dims &dims = m_program.tensor(step.inputs[1]).dims;
        if ((!w->perTensor && w->axis != channelAxis) || dims.size() < 2)
            return std::optional<ProgramStep>();
        const bool hasBias = step.inputs.size() > 2 && step.inputs[2] >= 0;
        if (!isConv && (call.floatAttribute("alpha", 1.0F) != 1.0F || (hasBias && call.floatAttribute("beta", 1.0F) != 1.0F)))
            return std::optional<ProgramStep>();
        int bias = -1;
        if (hasBias) {
            auto made = m_constants.integerBias(step.inputs[2], coded(step.inputs[2]), *x, *w, dims[static_cast<std::size_t>(channelAxis)]);
            NORDLYS_TRY(made);
            if (*made < 0)
                return std::optional<ProgramStep>();
            bias = *made;
        }
        auto zeroX = m_constants.zeroPointOf(*x), zeroW = m_constants.zeroPointOf(*w);
        NORDLYS_TRY(zeroX);
        NORDLYS_TRY(zeroW);
        ProgramStep result = step;
        result.op = isConv ? "QLinearConv" : "QGemm";
        result.domain = isConv ? "" : microsoft;
        result.opset = isConv ? 10 : 1;
        result.inputs = {x->codes, x->scale, *zeroX, w->codes, w->scale, *zeroW};
        result.inputs.push_back(bias); // finish puts it where the operator wants it
        return std::optional(std::move(result));
    }

    /// Enters output grid, limits, names; keeps the step if its kernel takes it.
    core::Expected<bool> finish(const ProgramStep &step, ProgramStep made, const Tail &tail)
    {
        ProgramStep quantize = m_source[tail.steps.back()];
        for (int &in : quantize.inputs)
            in = resolved(in);
        const Coded grid = m_constants.codedBy(quantize, -1);
        const int codes = quantize.outputs[0];
        auto zero = m_constants.zeroPointFor(grid.zero, m_program.tensor(codes).dtype);
        NORDLYS_TRY(zero);
        if (made.op == "QLinearConcat")
            made.inputs.insert(made.inputs.begin(), {grid.scale, *zero});
        else if (made.op == "QLinearConv") {
            const int bias = made.inputs.back();
            made.inputs.back() = grid.scale;
            made.inputs.insert(made.inputs.end(), {*zero, bias});
        } else
            made.inputs.insert(made.inputs.end(), {grid.scale, *zero});
        made.outputs = {codes};
        made.label = made.op + tail.label;
        made.activation = FusedActivation::None;
        made.quantizers.clear();
        if (const auto isClamp = clampOf(m_program, step)) {
            const auto joined = joinedWith(*isClamp, tail);
            m_constants.limit(made, quantize, grid, joined.first, joined.second);
        } else
            m_constants.limit(made, quantize, grid, tail.low, tail.high);
        if (!bindsTo(made))
            return false;
        for (const std::size_t s : tail.steps) {
            m_dropped[s] = true;
            made.sourceNodes.insert(made.sourceNodes.end(), m_source[s].sourceNodes.begin(), m_source[s].sourceNodes.end());
        }
        absorbed(step, m_steps.size());
        m_steps.push_back(std::move(made));
        return true;
    }

    static std::pair<float, float> joinedWith(const std::pair<float, float> &own, const Tail &tail)
    {
        return {std::clamp(own.first, tail.low, tail.high), std::clamp(own.second, tail.low, tail.high)};
    }

    bool bindsTo(const ProgramStep &step) const
    {
        const KernelEntry *entry = findReferenceKernel(step.domain, step.op, step.opset);
        return entry != nullptr && entry->bind(callOf(m_program, step)).hasValue();
    }

    /// QuantizeLinear of a value that comes from codes: the codes themselves where the grids agree, a change of the grid otherwise.
    core::Expected<bool> foldRequantization(const ProgramStep &step)
    {
        const Coded *from = activation(step, 0);
        const int codes = step.outputs[0];
        if (from == nullptr || !m_constants.isGrid(step) || !m_constants.isCode(codes))
            return false;
        const Coded grid = m_constants.codedBy(step, -1);
        if (m_constants.sameGrid(*from, grid, codes) && step.attributes.find("code_low") == step.attributes.end()) {
            if (!mayVanish(m_program, codes, m_keep))
                return false;
            m_alias[codes] = from->codes;
            auto &nodes = m_steps[static_cast<std::size_t>(from->step)].sourceNodes;
            nodes.insert(nodes.end(), step.sourceNodes.begin(), step.sourceNodes.end());
            return true;
        }
        auto zero = m_constants.zeroPointOf(*from), zeroY = m_constants.zeroPointFor(grid.zero, m_program.tensor(codes).dtype);
        NORDLYS_TRY(zero);
        NORDLYS_TRY(zeroY);
        ProgramStep made = step;
        made.op = made.label = "QLinearConcat";
        made.domain = microsoft;
        made.opset = 1;
        made.attributes = {{"axis", std::int64_t(0)}};
        made.inputs = {grid.scale, *zeroY, from->codes, from->scale, *zero};
        m_constants.limit(made, step, grid, -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity());
        if (!bindsTo(made))
            return false;
        absorbed(step, m_steps.size());
        m_steps.push_back(std::move(made));
        return true;
    }

    static bool isMover(const ProgramStep &step)
    {
        constexpr std::array<std::string_view, 15> ops{"Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Gather", "DepthToSpace",
                                                       "SpaceToDepth", "Identity", "Expand", "Tile", "Split", "MaxPool", "GlobalMaxPool"};
        return step.domain.empty() && step.activation == FusedActivation::None && std::ranges::find(ops, step.op) != ops.end()
               && !(step.op == "MaxPool" && step.outputs.size() > 1 && step.outputs[1] >= 0);
    }

    /// The step moves codes; behind it DequantizeLinear gives the values that others read.
    core::Expected<bool> foldMover(const ProgramStep &step)
    {
        const Coded *from = activation(step, 0);
        if (from == nullptr)
            return false;
        const Coded source = *from;
        ProgramStep made = step;
        made.inputs[0] = source.codes;
        std::vector<ProgramStep> behind;
        for (int &out : made.outputs) {
            if (out < 0)
                continue;
            const ProgramTensor value = m_program.tensor(out);
            ProgramTensor codes;
            codes.name = value.name + "/codes";
            codes.fromSource = false;
            codes.dtype = m_program.tensor(source.codes).dtype;
            codes.dims = value.dims;
            const auto bytes = checkedTensorBytes(codes.dtype, codes.dims);
            if (!bytes)
                return false;
            codes.bytes = *bytes;
            ProgramStep dequantize;
            dequantize.name = value.name + "/dequantize";
            dequantize.op = dequantize.label = "DequantizeLinear";
            dequantize.opset = 13;
            dequantize.outputs = {out};
            out = m_program.addTensor(std::move(codes));
            dequantize.inputs = {out, source.scale};
            if (source.zero >= 0)
                dequantize.inputs.push_back(source.zero);
            behind.push_back(std::move(dequantize));
        }
        if (!bindsTo(made))
            return false; // the tensors made above stay unused and get no memory
        absorbed(step, m_steps.size());
        m_steps.push_back(std::move(made));
        for (ProgramStep &dequantize : behind) {
            m_coded[dequantize.outputs[0]] = m_constants.codedBy(dequantize, static_cast<int>(m_steps.size()));
            m_steps.push_back(std::move(dequantize));
        }
        return true;
    }

    /// Remembers which step took over the work of the DequantizeLinear before `step`.
    void absorbed(const ProgramStep &step, std::size_t by)
    {
        for (const int in : step.inputs) {
            if (const Coded *from = in >= 0 ? coded(in) : nullptr)
                m_absorbedBy.emplace(from->step, by);
        }
    }

    void dropUnusedDequantizers()
    {
        std::vector<bool> isRead(m_program.tensors.size(), false);
        for (const ProgramStep &step : m_steps) {
            for (const int in : step.inputs) {
                if (in >= 0)
                    isRead[static_cast<std::size_t>(in)] = true;
            }
        }
        std::vector<bool> drop(m_steps.size(), false);
        for (const auto &[dequantize, by] : m_absorbedBy) {
            ProgramStep &step = m_steps[static_cast<std::size_t>(dequantize)];
            const int out = step.outputs[0];
            if (isRead[static_cast<std::size_t>(out)] || !mayVanish(m_program, out, m_keep))
                continue;
            drop[static_cast<std::size_t>(dequantize)] = true;
            auto &nodes = m_steps[by].sourceNodes;
            nodes.insert(nodes.begin(), step.sourceNodes.begin(), step.sourceNodes.end());
        }
        std::vector<ProgramStep> left;
        for (std::size_t s = 0; s < m_steps.size(); ++s) {
            if (!drop[s])
                left.push_back(std::move(m_steps[s]));
        }
        m_steps = std::move(left);
    }

    Program &m_program;
    const NameSet &m_keep;
    IntegerConstants m_constants;
    Links m_links;
    std::vector<ProgramStep> m_source, m_steps;
    std::vector<int> m_consumer;  ///< per tensor, a step that reads it
    std::vector<bool> m_dropped;
    std::map<int, Coded> m_coded; ///< float tensors that come from codes
    std::map<int, int> m_alias;
    std::map<int, std::size_t> m_absorbedBy; ///< DequantizeLinear (new index) to the step (new index) that reads its codes
};

} // namespace

core::Expected<void> foldQdq(Program &program, const NameSet &keep)
{
    return Folder(program, keep).run();
}

} // namespace nordlys::runtime::passes
