// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <array>
#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

/// Same elements in the same order under other dims. A Transpose is one when it moves nothing but dimensions of size 1.
bool isView(const Matcher &match, int s)
{
    if (!match.isOp(s))
        return false;
    const ProgramStep &step = match.step(s);
    constexpr std::array<std::string_view, 4> views{"Reshape", "Flatten", "Squeeze", "Unsqueeze"};
    if (std::find(views.begin(), views.end(), step.op) != views.end())
        return true;
    if (step.op != "Transpose")
        return false;
    const core::Dims &dims = match.tensor(step.inputs[0]).dims;
    const auto perm = callOf(match.program(), step).intsAttribute("perm");
    if (!perm || perm->size() != dims.size())
        return false;
    std::int64_t last = -1;
    for (const std::int64_t axis : *perm) {
        if (axis < 0 || static_cast<std::size_t>(axis) >= dims.size())
            return false;
        if (dims[static_cast<std::size_t>(axis)] == 1)
            continue;
        if (axis < last)
            return false;
        last = axis;
    }
    return true;
}

/// Whether the step is left as it is: views that only add or remove ones need no shape to be checked.
bool makeReshape(Matcher &match, int s, int source)
{
    const int out = match.step(s).outputs[0];
    const int shape = match.addInts(match.step(s).name + "/shape", match.tensor(out).dims);
    if (shape < 0)
        return false;
    ProgramStep made = makeStep("Reshape", 14, {source, shape});
    made.attributes["allowzero"] = std::int64_t(1); // a 0 in the shape is a size, as the dims of the output say
    match.fuse({s}, std::move(made));
    return true;
}

} // namespace

void mergeViews(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s) {
        if (!isView(match, s))
            continue;
        const int middle = match.step(s).inputs[0], before = match.producer(middle);
        if (!isView(match, before) || match.step(before).outputs[0] != middle) {
            if (match.step(s).op == "Transpose")
                makeReshape(match, s, middle);
            continue;
        }
        const int source = match.step(before).inputs[0];
        if (!makeReshape(match, s, source))
            continue;
        // Other readers may still want the value between; a view that nobody reads belongs to the one that took its place.
        if (match.mayVanish(middle) && match.readers(middle).empty()) {
            auto &sources = match.step(s).sourceNodes;
            std::vector<std::string> own = std::move(sources);
            sources.clear();
            match.drop(before, s);
            sources.insert(sources.end(), own.begin(), own.end());
        }
    }
    match.finish();
}

} // namespace nordlys::runtime::passes
