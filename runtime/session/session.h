// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/tensor/host_tensor.h>
#include <runtime/plan/plan.h>
#include <runtime/values/value.h>

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace nordlys::runtime {

class ThreadPool;

/// A tensor while it lives in the arena; valid only inside the observer call.
struct TensorView {
    std::string_view name; ///< name in the source model
    core::DType dtype = core::DType::Undefined;
    const core::Dims *dims = nullptr; ///< in the source model's order
    const std::byte *data = nullptr;
    std::size_t elementCount = 0;
    bool channelsLast = false; ///< data lies as N, spatial dims, C although dims say N, C, spatial dims

    /// Copy in the model's order.
    [[nodiscard]] core::Expected<core::HostTensor> toHost() const;
};
/// Called on the running thread after the step that produced the tensor (before any step overwrites it), also for the graph inputs.
using TensorObserver = std::function<void(const TensorView &)>;

/// Do number, types and dims of the inputs fit? BadInput names the one that does not.
core::Expected<void> checkInputs(const std::vector<PortInfo> &ports, std::span<const core::HostTensor> inputs);
core::Expected<void> checkInputs(const std::vector<PortInfo> &ports, std::span<const Value> inputs);

/// Executes a plan. Owns arena, threads and timers. One run at a time; several sessions may share a plan.
class Session {
public:
    static core::Expected<std::unique_ptr<Session>> create(std::shared_ptr<const Plan> plan, int threads = 1);
    /// With threads of others: only one of the sessions that share a pool may run at a time.
    static core::Expected<std::unique_ptr<Session>> create(std::shared_ptr<const Plan> plan, std::shared_ptr<ThreadPool> pool);
    ~Session();
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    [[nodiscard]] const Plan &plan() const;
    /// Copies the inputs in (types and dims must match inputs(); BadInput names the input) and runs all steps. Allocates nothing for plans with fixed
    /// shapes when observer is empty. A stop request ends it between two steps with Interrupted.
    core::Expected<void> run(std::span<const core::HostTensor> inputs, const TensorObserver &observer = {}, const std::stop_token &stop = {});
    /// The same for inputs that may be sequences and optionals.
    core::Expected<void> runValues(std::span<const Value> inputs, const TensorObserver &observer = {}, const std::stop_token &stop = {});
    /// Memory of input and output `index` (of fixed size; empty otherwise) in the model's order, for callers that move the data themselves: fill every input before each
    /// runPrepared() (running may overwrite them); outputs hold the last run's values.
    [[nodiscard]] std::span<std::byte> inputBytes(std::size_t index);
    [[nodiscard]] std::span<const std::byte> outputBytes(std::size_t index) const;
    core::Expected<void> runPrepared(const TensorObserver &observer = {}, const std::stop_token &stop = {});
    /// Copy of output `index` of the last run.
    [[nodiscard]] core::Expected<core::HostTensor> output(std::size_t index) const;
    /// The same for every kind of output; tensors of fixed size are copied.
    [[nodiscard]] core::Expected<Value> outputValue(std::size_t index) const;

    /// Steady-clock times of the last run: per step start (relative to the run's start) and duration, in nanoseconds.
    struct StepTime { std::int64_t offsetNs = 0, durationNs = 0; };
    [[nodiscard]] std::span<const StepTime> stepTimes() const;
    /// Time of the last run, from before the first step to after the last, without copying inputs and outputs.
    [[nodiscard]] std::int64_t lastRunNs() const;
    [[nodiscard]] std::int64_t lastRunStartNs() const; ///< CLOCK_MONOTONIC
    void setTimersEnabled(bool enabled);

    /// Test hook: makes one step busy-wait for `extraNs` (inside its timer); for tests of the measuring chain.
    void delayStep(std::size_t step, std::int64_t extraNs);

private:
    struct State;
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace nordlys::runtime
