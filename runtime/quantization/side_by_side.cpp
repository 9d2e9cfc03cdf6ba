// SPDX-License-Identifier: Apache-2.0
#include "side_by_side.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace nordlys::runtime {

namespace {

std::unordered_map<std::string_view, const TensorError *> byName(const Evaluation &evaluation)
{
    std::unordered_map<std::string_view, const TensorError *> result;
    for (const TensorError &error : evaluation.tensors)
        result.emplace(error.name, &error);
    return result;
}

} // namespace

core::Expected<SideBySide> evaluateSideBySide(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const EvaluationOptions &options,
                                              const core::JobContext &job)
{
    if (options.encodings.empty())
        return core::badInput("encodings", "there are none", "Float32, quantsim and integer are compared under encodings; 'nordlys calibrate' makes them");
    SideBySide result;
    EvaluationOptions each = options;
    each.reference = Precision::Float32;
    each.precision = Precision::QuantSim;
    each.keepTensors.clear();
    auto quantsim = evaluateQuantized(model, samples, each, job);
    NORDLYS_TRY(quantsim);
    result.quantsim = std::move(*quantsim);
    for (const auto &[name, entry] : options.encodings.entries) {
        if (entry.kind == core::EncodingKind::Activation)
            each.keepTensors.push_back(name);
    }
    each.precision = Precision::Integer;
    auto integer = evaluateQuantized(model, samples, each, job);
    NORDLYS_TRY(integer);
    result.integer = std::move(*integer);
    each.reference = Precision::QuantSim;
    each.labels = nullptr;
    const auto apart = evaluateQuantized(model, samples, each, job);
    if (!apart)
        return apart.error();

    // The integer plan puts an input on its grid under another name; both do it in the same way.
    std::unordered_set<std::string_view> inputs;
    for (const core::TensorId input : model->graph.inputs)
        inputs.insert(model->graph.nameOf(input));
    const auto simulated = byName(result.quantsim), computed = byName(result.integer);
    for (const TensorError &error : apart->tensors) {
        const core::EncodingEntry *entry = options.encodings.find(error.name);
        const auto a = simulated.find(error.name), b = computed.find(error.name);
        if (entry == nullptr || inputs.contains(error.name) || a == simulated.end() || b == computed.end())
            continue;
        TensorTriple triple{error.name, a->second->sqnrDb, b->second->sqnrDb, error.sqnrDb, 0};
        if (!entry->encoding.grids.empty())
            triple.apartSteps = error.maxAbsError / entry->encoding.grids[0].scale;
        else
            triple.apartSteps = error.maxAbsError > 0 ? std::numeric_limits<double>::infinity() : 0;
        // Half a step for the rounding of float32 values.
        if (!result.firstDivergence && !entry->encoding.isFloat && triple.apartSteps > 1.5)
            result.firstDivergence = result.tensors.size();
        result.tensors.push_back(std::move(triple));
    }
    return result;
}

} // namespace nordlys::runtime
