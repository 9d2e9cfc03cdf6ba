// SPDX-License-Identifier: Apache-2.0
#include "integer_form.h"

#include "program_from_model.h"
#include "quantize_step.h"

#include <runtime/passes/passes.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nordlys::runtime {

namespace {

/// Grids that become codes; the others only act on the float values.
bool becomesCodes(const core::Encoding &encoding)
{
    return !encoding.isFloat && encoding.bitwidth <= 16;
}

core::DType codeType(const core::Encoding &encoding)
{
    return encoding.bitwidth <= 8 ? core::DType::UInt8 : core::DType::UInt16;
}

class QdqInserter {
public:
    QdqInserter(Program &program, const core::EncodingSet &encodings) : m_program(program), m_encodings(encodings) {}

    core::Expected<void> run()
    {
        const std::vector<bool> isBias = biases();
        const std::size_t count = m_program.tensors.size();
        std::vector<int> replacement(count, -1);
        core::EncodingSet simulated;
        for (std::size_t t = 0; t < count; ++t) {
            const auto tensor = static_cast<int>(t);
            const core::EncodingEntry *entry = entryOf(tensor);
            if (entry == nullptr || (m_program.isConstant(tensor) && isBias[t]))
                continue;
            if (!becomesCodes(entry->encoding))
                simulated.entries.insert_or_assign(m_program.tensor(tensor).name, *entry);
            else if (m_program.isConstant(tensor)) {
                auto made = quantizedWeight(tensor, entry->encoding);
                NORDLYS_TRY(made);
                replacement[t] = *made;
            } else if (m_program.isInput(tensor)) {
                auto made = onGrid(tensor, entry->encoding, m_front);
                NORDLYS_TRY(made);
                replacement[t] = *made;
            }
        }
        NORDLYS_TRY(applyEncodings(m_program, simulated));
        return rewrite(replacement, count);
    }

private:
    /// Every tensor once: a name may stand for several while passes work.
    const core::EncodingEntry *entryOf(int tensor) const
    {
        const ProgramTensor &found = m_program.tensor(tensor);
        return found.fromSource && found.isFixed() && found.dtype == core::DType::Float32 ? m_encodings.find(found.name) : nullptr;
    }

    /// Tensors that are nothing but the bias of Conv, ConvTranspose or Gemm.
    std::vector<bool> biases() const
    {
        std::vector<bool> isBias(m_program.tensors.size(), false), isOther(m_program.tensors.size(), false);
        for (const ProgramStep &step : m_program.steps) {
            const bool weighted = step.domain.empty() && (step.op == "Conv" || step.op == "ConvTranspose" || step.op == "Gemm");
            for (std::size_t i = 0; i < step.inputs.size(); ++i) {
                if (step.inputs[i] >= 0)
                    (weighted && i == 2 ? isBias : isOther)[static_cast<std::size_t>(step.inputs[i])] = true;
            }
        }
        for (std::size_t t = 0; t < isBias.size(); ++t)
            isBias[t] = isBias[t] && !isOther[t];
        return isBias;
    }

    int added(std::string name, core::DType type, core::Dims dims, bool fromSource = false)
    {
        ProgramTensor tensor;
        tensor.name = std::move(name);
        tensor.fromSource = fromSource;
        tensor.dtype = type;
        tensor.dims = std::move(dims);
        tensor.bytes = checkedTensorBytes(tensor.dtype, tensor.dims).value_or(0); // the dims are those of a checked, wider tensor
        return m_program.addTensor(std::move(tensor));
    }

    template <typename Fill>
    core::Expected<int> addedConstant(std::string name, core::DType type, core::Dims dims, Fill &&fill)
    {
        const int index = added(std::move(name), type, std::move(dims));
        ProgramTensor &tensor = m_program.tensor(index);
        auto buffer = makeConstantBuffer(tensor.bytes);
        NORDLYS_TRY(buffer);
        fill((*buffer)->data());
        tensor.storage = Storage::Constant;
        tensor.constant = constantFrom(std::move(*buffer));
        tensor.constant.bytes = tensor.constant.bytes.first(tensor.bytes);
        return index;
    }

    static void storeCode(core::DType type, std::byte *data, std::size_t i, double code)
    {
        if (type == core::DType::UInt8)
            data[i] = static_cast<std::byte>(code);
        else {
            const auto wide = static_cast<std::uint16_t>(code);
            std::memcpy(data + 2 * i, &wide, 2);
        }
    }

    struct GridTensors {
        int scale = -1, zero = -1;
    };
    core::Expected<GridTensors> gridOf(const std::string &name, const core::Encoding &encoding)
    {
        const core::DType type = codeType(encoding);
        const core::Dims dims = encoding.isPerChannel() ? core::Dims{static_cast<std::int64_t>(encoding.grids.size())} : core::Dims{};
        auto scale = addedConstant(name + "/scale", core::DType::Float32, dims, [&](std::byte *data) {
            for (std::size_t i = 0; i < encoding.grids.size(); ++i) {
                const auto value = static_cast<float>(encoding.grids[i].scale);
                std::memcpy(data + i * sizeof(float), &value, sizeof(float));
            }
        });
        NORDLYS_TRY(scale);
        auto zero = addedConstant(name + "/zero_point", type, dims, [&](std::byte *data) {
            for (std::size_t i = 0; i < encoding.grids.size(); ++i)
                storeCode(type, data, i, static_cast<double>(encoding.grids[i].zeroPoint));
        });
        NORDLYS_TRY(zero);
        return GridTensors{*scale, *zero};
    }

    static ProgramStep quantization(std::string name, std::string op, std::vector<int> inputs, int output)
    {
        ProgramStep step;
        step.name = std::move(name);
        step.op = step.label = std::move(op);
        step.opset = 13;
        step.inputs = std::move(inputs);
        step.outputs = {output};
        return step;
    }

    /// Quantizes `tensor` and gives the value on its grid, a new tensor.
    core::Expected<int> onGrid(int tensor, const core::Encoding &encoding, std::vector<ProgramStep> &steps)
    {
        const ProgramTensor source = m_program.tensor(tensor);
        const int value = added(source.name + "/on_grid", core::DType::Float32, source.dims);
        NORDLYS_TRY(quantize(source.name, tensor, value, encoding, steps));
        return value;
    }

    core::Expected<void> quantize(const std::string &name, int real, int value, const core::Encoding &encoding, std::vector<ProgramStep> &steps)
    {
        NORDLYS_TRY(bindQuantizer(m_program.tensor(real), encoding)); // the same checks as quantsim's
        auto grid = gridOf(name, encoding);
        NORDLYS_TRY(grid);
        const int codes = added(name + "/codes", codeType(encoding), m_program.tensor(real).dims);
        ProgramStep step = quantization(name + "/quantize", "QuantizeLinear", {real, grid->scale, grid->zero}, codes);
        const core::CodeRange range = core::codeRangeOf(encoding.grids[0], encoding.bitwidth);
        step.attributes["code_low"] = range.first;
        step.attributes["code_high"] = range.last;
        if (range.first == 0 && range.last == (codeType(encoding) == core::DType::UInt8 ? 255 : 65535))
            step.attributes.clear();
        steps.push_back(std::move(step));
        steps.push_back(quantization(name + "/dequantize", "DequantizeLinear", {codes, grid->scale, grid->zero}, value));
        return {};
    }

    /// The constant as codes, and DequantizeLinear in front of everything.
    core::Expected<int> quantizedWeight(int tensor, const core::Encoding &encoding)
    {
        NORDLYS_TRY(quantizedConstant(m_program.tensor(tensor), encoding)); // the same checks as quantsim's
        if (encoding.isBlockwise())
            return core::notSupported("encoding of " + m_program.tensor(tensor).name, "integer arithmetic takes no blocks of weights",
                                      "Use one grid per channel, or precision quantsim.");
        const ProgramTensor source = m_program.tensor(tensor);
        auto grid = gridOf(source.name, encoding);
        NORDLYS_TRY(grid);
        std::int64_t inner = 1;
        for (std::size_t d = static_cast<std::size_t>(std::max(0, encoding.axis)) + 1; d < source.dims.size(); ++d)
            inner *= source.dims[d];
        const auto *values = reinterpret_cast<const float *>(source.constant.bytes.data());
        const core::DType type = codeType(encoding);
        auto codes = addedConstant(source.name + "/codes", type, source.dims, [&](std::byte *data) {
            for (std::size_t i = 0; i < source.bytes / sizeof(float); ++i) {
                const std::size_t channel = encoding.isPerChannel() ? i / static_cast<std::size_t>(inner) % encoding.grids.size() : 0;
                const core::Grid &own = encoding.grids[channel];
                const core::CodeRange range = core::codeRangeOf(own, encoding.bitwidth);
                const double code = std::nearbyint(static_cast<double>(values[i]) / own.scale) + static_cast<double>(own.zeroPoint);
                storeCode(type, data, i, std::isnan(code) ? static_cast<double>(range.first)
                                                          : std::clamp(code, static_cast<double>(range.first), static_cast<double>(range.last)));
            }
        });
        NORDLYS_TRY(codes);
        const int value = added(source.name + "/on_grid", core::DType::Float32, source.dims);
        ProgramStep step = quantization(source.name + "/dequantize", "DequantizeLinear", {*codes, grid->scale, grid->zero}, value);
        step.attributes["axis"] = static_cast<std::int64_t>(std::max(0, encoding.axis));
        m_front.push_back(std::move(step));
        return value;
    }

    /// Readers of replaced tensors read the replacement; encoded outputs of steps get their pair behind the step.
    core::Expected<void> rewrite(const std::vector<int> &replacement, std::size_t count)
    {
        std::vector<ProgramStep> steps = std::move(m_front);
        for (ProgramStep &step : m_program.steps) {
            for (int &in : step.inputs) {
                if (in >= 0 && static_cast<std::size_t>(in) < count && replacement[static_cast<std::size_t>(in)] >= 0 && step.domain != planDomain)
                    in = replacement[static_cast<std::size_t>(in)];
            }
            std::vector<ProgramStep> behind;
            for (int &out : step.outputs) {
                const core::EncodingEntry *entry = out >= 0 ? entryOf(out) : nullptr;
                if (entry == nullptr || !becomesCodes(entry->encoding) || step.domain == planDomain)
                    continue;
                const ProgramTensor value = m_program.tensor(out);
                const int real = added(value.name + "/real", core::DType::Float32, value.dims);
                NORDLYS_TRY(quantize(value.name, real, out, entry->encoding, behind));
                out = real;
            }
            steps.push_back(std::move(step));
            std::move(behind.begin(), behind.end(), std::back_inserter(steps));
        }
        m_program.steps = std::move(steps);
        return {};
    }

    Program &m_program;
    const core::EncodingSet &m_encodings;
    std::vector<ProgramStep> m_front;
};

/// Says in the plan where numbers are still float.
void markFloatSteps(Program &program)
{
    for (ProgramStep &step : program.steps) {
        if (step.op == "QuantizeLinear" || step.op == "DequantizeLinear" || step.op == "DynamicQuantizeLinear")
            continue;
        const bool isFloat = std::ranges::any_of(step.outputs, [&](int out) { return out >= 0 && core::isFloat(program.tensor(out).dtype); });
        if (isFloat)
            step.label += " in float32";
    }
}

} // namespace

core::Expected<Program> integerProgram(const core::Model &model, const PlanOptions &options)
{
    auto program = programFromModel(model, false); // folded weights would have lost their codes
    NORDLYS_TRY(program);
    const NameSet keep(options.keepTensors.begin(), options.keepTensors.end());
    NORDLYS_TRY(passes::foldQdq(*program, keep));
    NameSet encoded = keep;
    for (const auto &[name, entry] : options.encodings.entries)
        encoded.insert(name);
    NORDLYS_TRY(passes::foldConstants(*program, encoded));
    passes::removeIdentities(*program, encoded);
    passes::removeDeadSteps(*program, encoded);
    if (!options.encodings.empty()) {
        // The places of encodings are those of quantsim: behind folded norms and fused activations, but not behind a fused residual.
        NORDLYS_TRY(passes::foldBatchNorms(*program, encoded));
        passes::fuseActivations(*program, encoded);
        passes::removeDeadSteps(*program, encoded);
        NORDLYS_TRY(QdqInserter(*program, options.encodings).run());
        NORDLYS_TRY(passes::foldQdq(*program, keep));
        NORDLYS_TRY(passes::foldConstants(*program, keep));
        passes::removeDeadSteps(*program, keep);
    }
    markFloatSteps(*program);
    return program;
}

} // namespace nordlys::runtime
