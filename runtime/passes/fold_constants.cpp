// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

#include <runtime/base/aligned_buffer.h>
#include <runtime/base/thread_pool.h>
#include <runtime/plan/evaluation_work.h>

#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

/// Folding trades memory for time; beyond this size (or twice the inputs) a value is better computed in every run.
constexpr std::size_t maxFoldedBytes = std::size_t(16) << 20;
/// What all folded values together may take beyond twice their inputs.
constexpr std::size_t maxFoldedTotal = std::size_t(64) << 20;

struct Folding {
    ThreadPool pool{1};
    AlignedBuffer scratch;
    std::size_t grownBytes = 0;
    double productsLeft = maxPlanningProducts;
};

bool isFoldable(const Program &program, const ProgramStep &step, Folding &folding)
{
    if (!program.isFixed(step) || step.domain == planDomain || step.outputs.empty())
        return false;
    const bool needsNoValues = step.op == "Shape" || step.op == "Size";
    std::size_t inputBytes = 0, outputBytes = 0;
    for (const int in : step.inputs) {
        if (in >= 0 && !program.isConstant(in) && !needsNoValues)
            return false;
        inputBytes += in >= 0 ? program.tensor(in).bytes : 0;
    }
    for (const int out : step.outputs) {
        if (out >= 0 && program.isOutput(out))
            return false; // an output lies in the arena like every other
        outputBytes += out >= 0 ? program.tensor(out).bytes : 0;
    }
    const std::size_t grown = outputBytes > 2 * inputBytes ? outputBytes : 0;
    if (grown > maxFoldedBytes || folding.grownBytes + grown > maxFoldedTotal)
        return false;
    const double products = productsOf(callOf(program, step));
    if (products > folding.productsLeft)
        return false;
    folding.productsLeft -= products;
    folding.grownBytes += grown;
    return true;
}

core::Expected<bool> fold(Program &program, const ProgramStep &step, Folding &folding)
{
    const KernelEntry *entry = findReferenceKernel(step.domain, step.op, step.opset);
    if (entry == nullptr)
        return false;
    auto kernel = entry->bind(callOf(program, step));
    if (!kernel) {
        // Reported when the step is bound for good, if it still exists then.
        return false;
    }
    const std::size_t scratchBytes = kernel->scratchBytes ? kernel->scratchBytes(folding.pool.threads()) : 0;
    if (scratchBytes > maxFoldedBytes)
        return false;
    if (scratchBytes > folding.scratch.size()) {
        auto grown = AlignedBuffer::create(scratchBytes);
        NORDLYS_TRY(grown);
        folding.scratch = std::move(*grown);
    }
    skipWithoutOutput(callOf(program, step).outputs, *kernel);
    std::vector<const std::byte *> inputs(std::max(step.inputs.size(), KernelRun::minPointers), nullptr);
    std::vector<std::byte *> outputs(std::max(step.outputs.size(), KernelRun::minPointers), nullptr);
    std::vector<std::shared_ptr<AlignedBuffer>> buffers(step.outputs.size());
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
        if (program.isConstant(step.inputs[i]))
            inputs[i] = program.tensor(step.inputs[i]).constant.bytes.data();
    }
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
        if (step.outputs[i] < 0)
            continue;
        auto buffer = makeConstantBuffer(std::max<std::size_t>(1, program.tensor(step.outputs[i]).bytes));
        NORDLYS_TRY(buffer);
        buffers[i] = std::move(*buffer);
        outputs[i] = buffers[i]->data();
    }
    if (kernel->run({inputs.data(), outputs.data(), folding.scratch.data(), &folding.pool}) != nullptr)
        return false;
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
        if (step.outputs[i] < 0)
            continue;
        ProgramTensor &tensor = program.tensor(step.outputs[i]);
        tensor.storage = Storage::Constant;
        tensor.constant = constantFrom(std::move(buffers[i]));
        tensor.constant.bytes = tensor.constant.bytes.first(tensor.bytes);
    }
    return true;
}

} // namespace

core::Expected<void> foldConstants(Program &program, const NameSet &)
{
    Folding folding;
    std::vector<ProgramStep> left;
    for (ProgramStep &step : program.steps) {
        if (isFoldable(program, step, folding)) {
            auto folded = fold(program, step, folding);
            NORDLYS_TRY(folded);
            if (*folded) {
                program.foldedNodes.insert(program.foldedNodes.end(), step.sourceNodes.begin(), step.sourceNodes.end());
                continue;
            }
        }
        left.push_back(std::move(step));
    }
    program.steps = std::move(left);
    return {};
}

} // namespace nordlys::runtime::passes
