// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"
#include "recurrent_activation.h"

#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::reference {

namespace {

enum class Cell { Rnn, Gru, Lstm };

/// Sizes and settings of RNN, GRU (gates z, r, h) and LSTM (gates i, o, f, c), versions 1 to 22.
struct CellShape {
    std::int64_t steps = 0, batch = 0, inputs = 0, hidden = 0, directions = 1, gates = 1;
    bool batchFirst = false, firstIsReverse = false;
    bool linearBeforeReset = false, inputForget = false;
    double clip = std::numeric_limits<double>::infinity();
    std::vector<CellActivation> activations; ///< per direction: f, g, h as the cell has them

    [[nodiscard]] bool reverse(std::int64_t direction) const { return direction == 1 || firstIsReverse; }
    [[nodiscard]] std::int64_t inputAt(std::int64_t step, std::int64_t b) const { return (batchFirst ? b * steps + step : step * batch + b) * inputs; }
    /// In Y.
    [[nodiscard]] std::int64_t sequenceAt(std::int64_t step, std::int64_t d, std::int64_t b) const
    {
        return (batchFirst ? (b * steps + step) * directions + d : (step * directions + d) * batch + b) * hidden;
    }
    /// In initial_h, initial_c, Y_h, Y_c.
    [[nodiscard]] std::int64_t stateAt(std::int64_t d, std::int64_t b) const { return (batchFirst ? b * directions + d : d * batch + b) * hidden; }
    [[nodiscard]] double clipped(double x) const { return std::clamp(x, -clip, clip); }
    /// Numbers that one sequence needs while it is computed.
    [[nodiscard]] std::int64_t scratchNumbers() const { return inputs + hidden * (3 + 2 * gates); }
};

/// Working memory of one sequence.
struct CellState {
    double *x, *h, *c, *reset, *fromInput, *fromHidden;

    CellState(double *memory, const CellShape &s)
        : x(memory), h(x + s.inputs), c(h + s.hidden), reset(c + s.hidden), fromInput(reset + s.hidden), fromHidden(fromInput + s.gates * s.hidden)
    {
    }
};

/// Sum of products; four partial sums, so that one does not wait for the other.
template <typename T>
double dot(const T *a, const double *b, std::int64_t count)
{
    double sums[4] = {0, 0, 0, 0};
    std::int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        for (std::int64_t k = 0; k < 4; ++k)
            sums[k] += static_cast<double>(widen(a[i + k])) * b[i + k];
    }
    for (; i < count; ++i)
        sums[0] += static_cast<double>(widen(a[i])) * b[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// Parameters of one direction; bias and peepholes may be null.
template <typename T>
struct CellWeights {
    const T *w, *r, *bias, *peepholes;
    const CellActivation *activations;

    [[nodiscard]] double inputBias(std::int64_t row) const { return bias != nullptr ? static_cast<double>(widen(bias[row])) : 0; }
    [[nodiscard]] double hiddenBias(const CellShape &s, std::int64_t row) const
    {
        return bias != nullptr ? static_cast<double>(widen(bias[s.gates * s.hidden + row])) : 0;
    }
    /// 0: input gate, 1: output gate, 2: forget gate.
    [[nodiscard]] double peephole(const CellShape &s, std::int64_t gate, std::int64_t unit) const
    {
        return peepholes != nullptr ? static_cast<double>(widen(peepholes[gate * s.hidden + unit])) : 0;
    }
};

template <typename T>
void stepRnn(const CellShape &s, const CellWeights<T> &p, CellState &state)
{
    for (std::int64_t j = 0; j < s.hidden; ++j)
        state.h[j] = p.activations[0](s.clipped(state.fromInput[j] + state.fromHidden[j]));
}

template <typename T>
void stepGru(const CellShape &s, const CellWeights<T> &p, CellState &state)
{
    const CellActivation &f = p.activations[0], &g = p.activations[1];
    double *z = state.fromInput, *candidate = state.fromInput + 2 * s.hidden;
    for (std::int64_t j = 0; j < s.hidden; ++j) {
        z[j] = f(s.clipped(z[j] + state.fromHidden[j]));
        const double r = f(s.clipped(state.fromInput[s.hidden + j] + state.fromHidden[s.hidden + j]));
        state.reset[j] = s.linearBeforeReset ? r * state.fromHidden[2 * s.hidden + j] : r * state.h[j];
    }
    for (std::int64_t j = 0; j < s.hidden; ++j) {
        const std::int64_t row = 2 * s.hidden + j;
        candidate[j] += s.linearBeforeReset ? state.reset[j] : dot(p.r + row * s.hidden, state.reset, s.hidden) + p.hiddenBias(s, row);
    }
    for (std::int64_t j = 0; j < s.hidden; ++j)
        state.h[j] = (1 - z[j]) * g(s.clipped(candidate[j])) + z[j] * state.h[j];
}

template <typename T>
void stepLstm(const CellShape &s, const CellWeights<T> &p, CellState &state)
{
    const CellActivation &f = p.activations[0], &g = p.activations[1], &h = p.activations[2];
    for (std::int64_t j = 0; j < s.hidden; ++j) {
        const auto sum = [&](std::int64_t gate) { return state.fromInput[gate * s.hidden + j] + state.fromHidden[gate * s.hidden + j]; };
        const double before = state.c[j];
        const double i = f(s.clipped(sum(0) + p.peephole(s, 0, j) * before));
        const double forget = s.inputForget ? 1 - i : f(s.clipped(sum(2) + p.peephole(s, 2, j) * before));
        state.c[j] = forget * before + i * g(s.clipped(sum(3)));
        const double o = f(s.clipped(sum(1) + p.peephole(s, 1, j) * state.c[j]));
        state.h[j] = o * h(s.clipped(state.c[j]));
    }
}

/// One sequence of one direction from its initial state to its last.
template <typename T, Cell cell>
void runSequence(const CellShape &s, const KernelRun &run, std::int64_t d, std::int64_t b, double *memory)
{
    const std::int64_t rows = s.gates * s.hidden;
    const CellWeights<T> p{run.input<T>(1) + d * rows * s.inputs, run.input<T>(2) + d * rows * s.hidden,
                           run.inputs[3] != nullptr ? run.input<T>(3) + d * 2 * rows : nullptr,
                           cell == Cell::Lstm && run.inputs[7] != nullptr ? run.input<T>(7) + d * 3 * s.hidden : nullptr,
                           s.activations.data() + d * (cell == Cell::Rnn ? 1 : cell == Cell::Gru ? 2 : 3)};
    CellState state(memory, s);
    const T *h0 = run.input<T>(5), *c0 = cell == Cell::Lstm ? run.input<T>(6) : nullptr;
    for (std::int64_t j = 0; j < s.hidden; ++j) {
        state.h[j] = h0 != nullptr ? static_cast<double>(widen(h0[s.stateAt(d, b) + j])) : 0;
        state.c[j] = c0 != nullptr ? static_cast<double>(widen(c0[s.stateAt(d, b) + j])) : 0;
    }
    const std::int64_t length = run.inputs[4] != nullptr ? run.input<std::int32_t>(4)[b] : s.steps;
    T *sequence = run.output<T>(0);
    for (std::int64_t t = 0; t < length; ++t) {
        const std::int64_t step = s.reverse(d) ? length - 1 - t : t;
        const T *x = run.input<T>(0) + s.inputAt(step, b);
        for (std::int64_t i = 0; i < s.inputs; ++i)
            state.x[i] = static_cast<double>(widen(x[i]));
        for (std::int64_t row = 0; row < rows; ++row) {
            state.fromInput[row] = dot(p.w + row * s.inputs, state.x, s.inputs) + p.inputBias(row);
            state.fromHidden[row] = dot(p.r + row * s.hidden, state.h, s.hidden) + p.hiddenBias(s, row);
        }
        if constexpr (cell == Cell::Rnn)
            stepRnn(s, p, state);
        else if constexpr (cell == Cell::Gru)
            stepGru(s, p, state);
        else
            stepLstm(s, p, state);
        for (std::int64_t j = 0; sequence != nullptr && j < s.hidden; ++j)
            sequence[s.sequenceAt(step, d, b) + j] = narrow<T>(state.h[j]);
    }
    for (std::int64_t step = length; sequence != nullptr && step < s.steps; ++step)
        std::fill_n(sequence + s.sequenceAt(step, d, b), s.hidden, narrow<T>(0.0));
    for (std::int64_t j = 0; j < s.hidden; ++j) {
        if (run.outputs[1] != nullptr)
            run.output<T>(1)[s.stateAt(d, b) + j] = narrow<T>(state.h[j]);
        if (cell == Cell::Lstm && run.outputs[2] != nullptr)
            run.output<T>(2)[s.stateAt(d, b) + j] = narrow<T>(state.c[j]);
    }
}

/// Optional input: shape and type where present.
core::Expected<void> checkOptional(const KernelCall &call, std::size_t input, std::string_view name, const core::Dims &dims, core::DType type)
{
    if (call.hasInput(input) && (call.inputs[input].dims != dims || call.inputs[input].dtype != type))
        return call.broken(std::string(name) + " (input " + std::to_string(input) + ") needs the shape " + core::shapeText(dims) + " and the type "
                           + std::string(core::nameOf(type)));
    return {};
}

core::Expected<void> checkTensors(const KernelCall &call, const CellShape &s, Cell cell)
{
    const core::DType type = call.inputs[0].dtype;
    const core::Dims states = s.batchFirst ? core::Dims{s.batch, s.directions, s.hidden} : core::Dims{s.directions, s.batch, s.hidden};
    const core::Dims sequence = s.batchFirst ? core::Dims{s.batch, s.steps, s.directions, s.hidden} : core::Dims{s.steps, s.directions, s.batch, s.hidden};
    NORDLYS_TRY(checkOptional(call, 1, "W", {s.directions, s.gates * s.hidden, s.inputs}, type));
    NORDLYS_TRY(checkOptional(call, 2, "R", {s.directions, s.gates * s.hidden, s.hidden}, type));
    NORDLYS_TRY(checkOptional(call, 3, "B", {s.directions, 2 * s.gates * s.hidden}, type));
    NORDLYS_TRY(checkOptional(call, 4, "sequence_lens", {s.batch}, core::DType::Int32));
    NORDLYS_TRY(checkOptional(call, 5, "initial_h", states, type));
    if (cell == Cell::Lstm) {
        NORDLYS_TRY(checkOptional(call, 6, "initial_c", states, type));
        NORDLYS_TRY(checkOptional(call, 7, "P", {s.directions, 3 * s.hidden}, type));
    }
    for (std::size_t i = 0; i < 3; ++i) {
        if (call.hasOutput(i) && (call.outputs[i].dims != (i == 0 ? sequence : states) || call.outputs[i].dtype != type))
            return call.broken("output " + std::to_string(i) + " needs the shape " + core::shapeText(i == 0 ? sequence : states) + " and the input's type");
    }
    return {};
}

core::Expected<CellShape> cellShapeOf(const KernelCall &call, Cell cell)
{
    NORDLYS_TRY(call.require(3, 0));
    const core::Dims &x = call.inputs[0].dims, &r = call.inputs[2].dims;
    if (x.size() != 3 || r.size() != 3)
        return call.broken("X (input 0) and R (input 2) need 3 dimensions");
    CellShape s;
    s.gates = cell == Cell::Rnn ? 1 : cell == Cell::Gru ? 3 : 4;
    s.batchFirst = call.intAttribute("layout", 0) != 0;
    s.steps = x[s.batchFirst ? 1 : 0];
    s.batch = x[s.batchFirst ? 0 : 1];
    s.inputs = x[2];
    s.hidden = r[2];
    if (s.hidden > (std::int64_t(1) << 32))
        return call.broken("the hidden size is out of range");
    if (call.attribute("hidden_size") != nullptr && call.intAttribute("hidden_size", 0) != s.hidden)
        return call.broken("hidden_size is " + std::to_string(call.intAttribute("hidden_size", 0)) + ", R (input 2) has " + std::to_string(s.hidden));
    const std::string direction = call.stringAttribute("direction", "forward");
    if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
        return call.broken("direction \"" + direction + "\" is unknown");
    s.directions = direction == "bidirectional" ? 2 : 1;
    s.firstIsReverse = direction == "reverse";
    s.linearBeforeReset = call.intAttribute("linear_before_reset", 0) != 0;
    s.inputForget = call.intAttribute("input_forget", 0) != 0;
    if (call.attribute("clip") != nullptr) {
        const auto clip = static_cast<double>(call.floatAttribute("clip", 0.0F));
        if (!(clip >= 0))
            return call.broken("clip is negative");
        s.clip = clip;
    }
    using Kind = CellActivation::Kind;
    std::vector<Kind> fallback{Kind::Tanh};
    if (cell != Cell::Rnn)
        fallback.insert(fallback.begin(), Kind::Sigmoid);
    if (cell == Cell::Lstm)
        fallback.push_back(Kind::Tanh);
    auto activations = cellActivations(call, fallback, static_cast<std::size_t>(s.directions));
    NORDLYS_TRY(activations);
    s.activations = std::move(*activations);
    NORDLYS_TRY(checkTensors(call, s, cell));
    return s;
}

template <Cell cell>
core::Expected<BoundKernel> bindRecurrent(const KernelCall &call)
{
    auto shape = cellShapeOf(call, cell);
    NORDLYS_TRY(shape);
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        BoundKernel kernel = bound(call, [s = *shape](const KernelRun &run) -> KernelStatus {
            for (std::int64_t b = 0; b < s.batch && run.inputs[4] != nullptr; ++b) {
                if (const std::int32_t length = run.input<std::int32_t>(4)[b]; length < 0 || length > s.steps)
                    return "an entry of sequence_lens lies outside the sequence";
            }
            run.pool->parallelFor(static_cast<std::size_t>(s.directions * s.batch), 1, [&](std::size_t begin, std::size_t end, int thread) {
                double *memory = reinterpret_cast<double *>(run.scratch) + thread * s.scratchNumbers();
                for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i)
                    runSequence<T, cell>(s, run, i / s.batch, i % s.batch, memory);
            });
            return nullptr;
        });
        kernel.scratchBytes = [numbers = shape->scratchNumbers()](int threads) {
            return static_cast<std::size_t>(threads) * static_cast<std::size_t>(numbers) * sizeof(double);
        };
        return kernel;
    });
}

constexpr KernelEntry entries[] = {
    {"", "RNN", 1, bindRecurrent<Cell::Rnn>, false},
    {"", "GRU", 1, bindRecurrent<Cell::Gru>, false},
    {"", "LSTM", 1, bindRecurrent<Cell::Lstm>, false},
};

} // namespace

std::span<const KernelEntry> recurrentKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference
