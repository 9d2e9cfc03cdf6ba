// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "equalize.h"

#include <core/quantization/encoding_set.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::runtime {

struct BiasCorrectOptions {
    core::EncodingSet encodings;
    const core::SampleSet *samples = nullptr; ///< where expected inputs are measured; null: from BatchNormalization
    int threads = 1;
};

struct CorrectedLayer {
    std::string name;
    double largestShift = 0; ///< of a bias, absolute
};
struct BiasCorrectReport {
    std::vector<CorrectedLayer> layers;
    std::vector<LeftAlone> leftAlone;
    std::vector<std::string> folded;  ///< BatchNormalization nodes that are in the weights now
    std::string expectedInputs;       ///< "samples" or "batch normalization"
};

/// Analytic bias correction: M. Nagel, M. van Baalen, T. Blankevoort, M. Welling, "Data-Free Quantization Through Weight Equalization and Bias
/// Correction", ICCV 2019 (arXiv 1906.04721), section 4.2. Quantized weights W + e shift the expected output by e E[x]; the bias gives it back:
///     b_o <- b_o - sum over i of E[x_i] * sum over the window of e_oi
/// E[x_i] is the mean of input channel i over the samples (float runs), or, without samples, the mean of the clipped normal distribution that the
/// BatchNormalization in front states (appendix C: mean beta, deviation |gamma|, clipped by Relu or Clip in between):
///     E = a P(A) + b (1 - P(B)) + beta (P(B) - P(A)) + |gamma| (p(A) - p(B)),  A = (a - beta) / |gamma|,  B = (b - beta) / |gamma|
/// with p and P the standard normal density and distribution. What padding adds (zeros at the border) is not accounted for, as in the paper.
/// BatchNormalization behind a layer is folded first; the encodings are those of the folded weights, under the weights' names.
/// Writes the new model to `target`; the source stays as it is. NotSupported where no layer can be corrected.
core::Expected<BiasCorrectReport> biasCorrectModel(const std::shared_ptr<const core::Model> &model, const std::filesystem::path &target,
                                                   const BiasCorrectOptions &options, const core::JobContext &job = {});

/// Mean of a normally distributed value that is clipped to low..high; either may be infinite.
double meanOfClippedNormal(double mean, double deviation, double low, double high);

} // namespace nordlys::runtime
