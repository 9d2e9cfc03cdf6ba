// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/import/model.h>
#include <core/quantization/encoding.h>
#include <core/quantization/quantizable.h>
#include <runtime/plan/plan.h>
#include <runtime/plan/program.h>

#include <map>
#include <span>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// Biases as the optimized plan computes with them: where a BatchNormalization was folded in they are not those of the file.
class BiasValues {
public:
    BiasValues() = default;
    BiasValues(const core::Graph &graph, std::span<const core::QuantizableTensor> tensors, const Program &optimized);
    /// Those of the file.
    explicit BiasValues(const core::Graph &graph);
    /// Plans the model as calibration does.
    static core::Expected<BiasValues> of(const core::Model &model);

    /// True where the codes of the encoding reach every value of the bias (channel by channel, where it has a grid for each), and for a name that is no bias.
    [[nodiscard]] bool fit(const std::string &bias, const core::Encoding &encoding) const;

private:
    std::map<std::string, std::vector<float>> m_values;
};

/// What calibration plans with: every activation is kept, so that nothing is folded over one that has an encoding.
PlanOptions keepingActivations(const core::Graph &graph, std::span<const core::QuantizableTensor> tensors);

} // namespace nordlys::runtime
