// SPDX-License-Identifier: Apache-2.0
#include "fused_attention.h"

#include "float_sum.h"

#include <runtime/base/aligned_buffer.h>
#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cmath>

namespace nordlys::runtime {

namespace {

/// Where the data of an operand for one row of scores lies.
struct RowOperand {
    std::vector<std::int64_t> lead; ///< element strides of the leading dimensions
    std::int64_t row = 0, column = 0;

    [[nodiscard]] std::int64_t offset(const core::Dims &dims, std::int64_t index) const
    {
        std::int64_t result = 0;
        for (std::size_t i = dims.size(); i-- > 0; index /= dims[i])
            result += index % dims[i] * lead[i];
        return result;
    }
};

/// Strides of `desc` broadcast to lead + two inner dims; the inner ones are not checked here.
RowOperand operandOf(const TensorDesc &desc, std::size_t leadRank)
{
    RowOperand result;
    result.lead.assign(leadRank, 0);
    const Strides strides = desc.strides();
    for (std::size_t i = 0; i < desc.rank(); ++i) {
        const std::int64_t stride = desc.dims[i] == 1 ? 0 : strides[i];
        const std::size_t fromEnd = desc.rank() - i;
        if (fromEnd == 1)
            result.column = stride;
        else if (fromEnd == 2)
            result.row = stride;
        else
            result.lead[leadRank + 2 - fromEnd] = stride;
    }
    return result;
}

struct Operation {
    ScoreOp kind = ScoreOp::Mul;
    std::size_t input = 0; ///< first operand; conditions come before values
    RowOperand first, second;
};

struct Attention {
    core::Dims lead;
    std::int64_t rows = 0, depth = 0, columns = 0, width = 0; ///< S, D, T, E
    RowOperand q, k, v;
    std::vector<Operation> operations;
    std::int64_t scratchFloats = 0; ///< per thread

    void score(const KernelRun &run, std::int64_t batch, std::int64_t row, float *scores) const
    {
        const float *query = run.input<float>(0) + q.offset(lead, batch) + row * depth, *keys = run.input<float>(1) + k.offset(lead, batch);
        std::fill_n(scores, columns, 0.0F);
        for (std::int64_t d = 0; d < depth; ++d) {
            reference::addProducts(true, keys + d * columns, 1, query[d], scores, columns);
        }
        for (const Operation &operation : operations)
            apply(operation, run, batch, row, scores);
    }

    void apply(const Operation &operation, const KernelRun &run, std::int64_t batch, std::int64_t row, float *scores) const
    {
        const std::int64_t start = operation.first.offset(lead, batch) + row * operation.first.row, step = operation.first.column;
        if (operation.kind == ScoreOp::WhereThen || operation.kind == ScoreOp::WhereElse) {
            const auto *condition = run.input<std::uint8_t>(operation.input) + start;
            const float *other = run.input<float>(operation.input + 1) + operation.second.offset(lead, batch) + row * operation.second.row;
            for (std::int64_t t = 0; t < columns; ++t) {
                if ((condition[t * step] != 0) == (operation.kind == ScoreOp::WhereElse))
                    scores[t] = other[t * operation.second.column];
            }
            return;
        }
        const float *operand = run.input<float>(operation.input) + start;
        for (std::int64_t t = 0; t < columns; ++t) {
            const float value = operand[t * step];
            switch (operation.kind) {
            case ScoreOp::Mul: scores[t] *= value; break;
            case ScoreOp::Div: scores[t] /= value; break;
            case ScoreOp::Add: scores[t] += value; break;
            default: scores[t] -= value; break;
            }
        }
    }

    /// exp(x - max) / sum with the sum in double, as the reference of Softmax.
    void normalize(float *scores) const
    {
        if (columns == 0)
            return;
        float most = scores[0];
        for (std::int64_t t = 1; t < columns; ++t)
            most = std::max(most, scores[t]);
        double sum = 0;
        for (std::int64_t t = 0; t < columns; ++t)
            sum += std::exp(static_cast<double>(scores[t] - most));
        for (std::int64_t t = 0; t < columns; ++t)
            scores[t] = static_cast<float>(std::exp(static_cast<double>(scores[t] - most)) / sum);
    }

    void combine(const KernelRun &run, std::int64_t batch, std::int64_t row, const float *scores) const
    {
        const float *values = run.input<float>(2) + v.offset(lead, batch);
        float *out = run.output<float>(0) + (batch * rows + row) * width;
        std::fill_n(out, width, 0.0F);
        for (std::int64_t t = 0; t < columns; ++t) {
            reference::addProducts(true, values + t * width, 1, scores[t], out, width);
        }
    }
};

/// Broadcast to `to` without widening it.
bool fits(const TensorDesc &operand, const core::Dims &to)
{
    const auto dims = operand.rank() <= to.size() ? reference::broadcastDims(operand.dims, to) : std::nullopt;
    return dims && *dims == to;
}

core::Expected<void> bindOperations(const KernelCall &call, const core::Dims &scores, Attention &made)
{
    const auto program = call.intsAttribute("scores");
    if (!program)
        return call.broken("the attribute scores is no list of integers");
    std::size_t next = 3;
    for (const std::int64_t code : *program) {
        if (code < 0 || code > static_cast<std::int64_t>(ScoreOp::WhereElse))
            return call.broken("an operation on the scores is unknown");
        Operation operation;
        operation.kind = static_cast<ScoreOp>(code);
        operation.input = next;
        const bool chooses = operation.kind == ScoreOp::WhereThen || operation.kind == ScoreOp::WhereElse;
        for (std::size_t i = 0; i < (chooses ? 2U : 1U); ++i, ++next) {
            const auto type = chooses && i == 0 ? core::DType::Bool : core::DType::Float32;
            if (!call.hasInput(next) || call.inputs[next].dtype != type || !fits(call.inputs[next], scores))
                return call.broken("an operand of the scores has another type or does not broadcast to them");
            (i == 0 ? operation.first : operation.second) = operandOf(call.inputs[next], made.lead.size());
        }
        made.operations.push_back(std::move(operation));
    }
    if (next != call.inputs.size())
        return call.broken("it has more inputs than operands");
    return {};
}

} // namespace

core::Expected<BoundKernel> bindFusedAttention(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &q = call.inputs[0], &k = call.inputs[1], &v = call.inputs[2], &y = call.outputs[0];
    for (const TensorDesc *desc : {&q, &k, &v, &y}) {
        if (desc->rank() < 2 || desc->dtype != core::DType::Float32 || desc->channelsLast)
            return call.broken("Q, K, V and the output have to be float32 matrices in the model's order");
    }
    Attention made;
    const auto inner = [](const TensorDesc &desc, std::size_t fromEnd) { return desc.dims[desc.rank() - fromEnd]; };
    made.rows = inner(q, 2);
    made.depth = inner(q, 1);
    made.columns = inner(k, 1);
    made.width = inner(v, 1);
    made.lead.assign(y.dims.begin(), y.dims.end() - 2);
    core::Dims scores = made.lead;
    scores.push_back(made.rows);
    scores.push_back(made.columns);
    if (inner(k, 2) != made.depth || inner(v, 2) != made.columns || inner(y, 2) != made.rows || inner(y, 1) != made.width)
        return call.broken("the inner sizes of Q, K, V and the output do not fit");
    for (const TensorDesc *desc : {&q, &k, &v}) {
        TensorDesc outer = *desc;
        outer.dims.resize(desc->rank() - 2);
        if (!fits(outer, made.lead))
            return call.broken("the leading dimensions do not broadcast to those of the output");
    }
    made.q = operandOf(q, made.lead.size());
    made.k = operandOf(k, made.lead.size());
    made.v = operandOf(v, made.lead.size());
    NORDLYS_TRY(bindOperations(call, scores, made));
    constexpr auto floatsPerLine = static_cast<std::int64_t>(AlignedBuffer::alignment / sizeof(float));
    made.scratchFloats = (std::max<std::int64_t>(made.columns, 1) + floatsPerLine - 1) / floatsPerLine * floatsPerLine;
    TensorDesc leadOnly = y;
    leadOnly.dims = made.lead;
    const auto rows = static_cast<std::size_t>(leadOnly.elementCount() * made.rows);

    BoundKernel kernel;
    kernel.name = "reference/FusedAttention";
    kernel.scratchBytes = [floats = made.scratchFloats](int threads) {
        return static_cast<std::size_t>(floats) * sizeof(float) * static_cast<std::size_t>(std::max(1, threads));
    };
    kernel.run = [made = std::move(made), rows](const KernelRun &run) -> KernelStatus {
        auto *scratch = reinterpret_cast<float *>(run.scratch);
        run.pool->parallelFor(rows, 1, [&](std::size_t begin, std::size_t end, int thread) {
            float *line = scratch + static_cast<std::int64_t>(thread) * made.scratchFloats;
            for (std::size_t r = begin; r < end; ++r) {
                const std::int64_t batch = static_cast<std::int64_t>(r) / made.rows, row = static_cast<std::int64_t>(r) % made.rows;
                made.score(run, batch, row, line);
                made.normalize(line);
                made.combine(run, batch, row, line);
            }
        });
        return nullptr;
    };
    return kernel;
}

} // namespace nordlys::runtime
