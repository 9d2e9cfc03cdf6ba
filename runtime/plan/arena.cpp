// SPDX-License-Identifier: Apache-2.0
#include "arena.h"

#include "arena_placement.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace nordlys::runtime {

namespace {

struct Life {
    int first = std::numeric_limits<int>::max(), last = -1;
    [[nodiscard]] bool exists() const { return last >= 0; }
};

/// First and last step (counted from 1; 0 is the feeding of inputs) in which each tensor is needed.
std::vector<Life> livesOf(const Program &program)
{
    std::vector<Life> lives(program.tensors.size());
    const auto touch = [&lives](int tensor, int when) {
        if (tensor < 0)
            return;
        Life &life = lives[static_cast<std::size_t>(tensor)];
        life.first = std::min(life.first, when);
        life.last = std::max(life.last, when);
    };
    for (const int in : program.inputs)
        touch(in, 0);
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        for (const auto *list : {&program.steps[s].inputs, &program.steps[s].outputs}) {
            for (const int tensor : *list)
                touch(tensor, static_cast<int>(s) + 1);
        }
    }
    for (const int out : program.outputs)
        touch(out, static_cast<int>(program.steps.size()) + 1);
    for (std::size_t t = 0; t < lives.size(); ++t) {
        if (program.tensors[t].storage != Storage::Arena)
            lives[t] = {};
    }
    return lives;
}

std::size_t rounded(std::size_t bytes)
{
    return (bytes + AlignedBuffer::alignment - 1) / AlignedBuffer::alignment * AlignedBuffer::alignment;
}

/// The input whose place output 0 of step `s` may take, or -1.
int inPlaceSource(const Program &program, const BoundStep &bound, std::size_t s, const std::vector<Life> &lives)
{
    const ProgramStep &step = program.steps[s];
    const int which = bound.kernel.inPlaceInput;
    if (which < 0 || static_cast<std::size_t>(which) >= step.inputs.size() || step.outputs.empty() || step.outputs[0] < 0)
        return -1;
    const int in = step.inputs[static_cast<std::size_t>(which)], out = step.outputs[0];
    if (in < 0 || in == out || program.tensor(in).storage != Storage::Arena || program.tensor(out).storage != Storage::Arena
        || rounded(program.tensor(in).bytes) != rounded(program.tensor(out).bytes))
        return -1;
    return lives[static_cast<std::size_t>(in)].last == static_cast<int>(s) + 1 ? in : -1;
}

/// Tensors that share a place by writing over each other form one block with a common life.
struct Layout {
    std::vector<int> blockOf; ///< per tensor the tensor that stands for its block
    std::vector<Life> lives;  ///< of the blocks, under the tensor that stands for them
};

Layout layoutOf(const Program &program, const std::vector<BoundStep> &bound)
{
    const std::vector<Life> lives = livesOf(program);
    Layout layout{std::vector<int>(program.tensors.size()), lives};
    std::iota(layout.blockOf.begin(), layout.blockOf.end(), 0);
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const int in = inPlaceSource(program, bound[s], s, lives);
        if (in < 0)
            continue;
        const int out = program.steps[s].outputs[0], block = layout.blockOf[static_cast<std::size_t>(in)];
        layout.blockOf[static_cast<std::size_t>(out)] = block;
        Life &life = layout.lives[static_cast<std::size_t>(block)];
        life.last = std::max(life.last, lives[static_cast<std::size_t>(out)].last);
        layout.lives[static_cast<std::size_t>(out)] = {};
    }
    return layout;
}

} // namespace

namespace {

/// Names the step whose output is the largest.
core::Error tooLarge(const Program &program, const Layout &layout, std::uint64_t budgetBytes)
{
    const ProgramStep *largest = nullptr;
    const ProgramTensor *value = nullptr;
    for (const ProgramStep &step : program.steps) {
        for (const int out : step.outputs) {
            if (out >= 0 && layout.lives[static_cast<std::size_t>(out)].exists() && (value == nullptr || program.tensor(out).bytes > value->bytes)) {
                largest = &step;
                value = &program.tensor(out);
            }
        }
    }
    std::string why = "its activations need more than " + std::to_string(budgetBytes) + " bytes";
    if (value != nullptr)
        why += "; the largest is the output of node " + largest->name + " (" + largest->op + ") with " + std::to_string(value->bytes);
    return core::badInput("model", std::move(why), "Use a smaller input size or batch, or raise the memory budget");
}

} // namespace

core::Expected<void> planArena(Program &program, const std::vector<BoundStep> &bound, std::uint64_t budgetBytes)
{
    const Layout layout = layoutOf(program, bound);
    std::vector<ArenaBlock> blocks;
    std::vector<int> indexOf(program.tensors.size(), -1);
    for (std::size_t t = 0; t < layout.lives.size(); ++t) {
        if (!layout.lives[t].exists() || program.tensors[t].bytes == 0)
            continue;
        indexOf[t] = static_cast<int>(blocks.size());
        blocks.push_back({rounded(program.tensors[t].bytes), layout.lives[t].first, layout.lives[t].last});
    }
    const auto top = placeBlocks(blocks, budgetBytes);
    if (!top)
        return tooLarge(program, layout, budgetBytes);
    for (std::size_t t = 0; t < program.tensors.size(); ++t) {
        const int index = indexOf[static_cast<std::size_t>(layout.blockOf[t])];
        program.tensors[t].arenaOffset = index >= 0 ? blocks[static_cast<std::size_t>(index)].offset : 0;
    }
    program.arenaBytes = *top;
    return {};
}

std::uint64_t arenaLowerBound(const Program &program, const std::vector<BoundStep> &bound)
{
    const Layout layout = layoutOf(program, bound);
    std::vector<ArenaBlock> blocks;
    for (std::size_t t = 0; t < layout.lives.size(); ++t) {
        if (layout.lives[t].exists())
            blocks.push_back({rounded(program.tensors[t].bytes), layout.lives[t].first, layout.lives[t].last});
    }
    return largestLiveSum(blocks);
}

core::Expected<void> checkArena(const Program &program, const std::vector<BoundStep> &bound)
{
    const std::vector<Life> lives = livesOf(program);
    struct Event {
        std::size_t offset, end;
        Life life;
        int tensor;
    };
    std::vector<Event> events;
    for (std::size_t t = 0; t < lives.size(); ++t) {
        const ProgramTensor &tensor = program.tensors[t];
        if (!lives[t].exists() || tensor.bytes == 0)
            continue;
        if (tensor.arenaOffset % AlignedBuffer::alignment != 0 || tensor.arenaOffset > program.arenaBytes
            || tensor.bytes > program.arenaBytes - tensor.arenaOffset)
            return core::badInput("tensor " + tensor.name, "its place lies outside the arena");
        events.push_back({tensor.arenaOffset, tensor.arenaOffset + tensor.bytes, lives[t], static_cast<int>(t)});
    }
    std::sort(events.begin(), events.end(), [](const Event &a, const Event &b) { return a.life.first < b.life.first; });
    const auto sharesLegally = [&](const Event &early, const Event &late) {
        // The later one starts in the step in which the earlier one dies, at the same place, and its kernel allows it.
        if (early.life.last != late.life.first || early.offset != late.offset || late.life.first < 1)
            return false;
        const auto s = static_cast<std::size_t>(late.life.first) - 1;
        return inPlaceSource(program, bound[s], s, lives) == early.tensor && program.steps[s].outputs[0] == late.tensor;
    };
    std::vector<const Event *> alive;
    for (const Event &event : events) {
        std::erase_if(alive, [&](const Event *other) { return other->life.last < event.life.first; });
        for (const Event *other : alive) {
            if (other->offset < event.end && event.offset < other->end && !sharesLegally(*other, event))
                return core::badInput("tensor " + program.tensor(event.tensor).name,
                                      "its place overlaps that of " + program.tensor(other->tensor).name + " while both are needed");
        }
        alive.push_back(&event);
    }
    return {};
}

} // namespace nordlys::runtime
